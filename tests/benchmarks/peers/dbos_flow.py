"""The thin flow in DBOS: a workflow of four transactions, each committed with its own checkpoint.

Arguments: how many flows, and the URL of an empty PostgreSQL database. Run by the peers' own Python.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy  # type: ignore[import-not-found]
from dbos import DBOS, SetWorkflowID, SQLAlchemyDatasource  # type: ignore[import-not-found]
from flow_load import MENTORS, NEEDS, application, follow_ups, measure  # type: ignore[import-not-found]

# The rate is the best with so many: 116 flows a second of bare steps with 8, 90 with 32, 77 with coroutines.
_IN_FLIGHT = 8
_TABLES = """
CREATE TABLE application (application_id text PRIMARY KEY, text text NOT NULL);
CREATE TABLE need (need_id integer PRIMARY KEY, taken integer NOT NULL);
CREATE TABLE mentor (mentor_id integer PRIMARY KEY, taken integer NOT NULL);
CREATE TABLE assignment (application_id text PRIMARY KEY, need_id integer NOT NULL);
CREATE TABLE pair (application_id text PRIMARY KEY, mentor_id integer NOT NULL);
CREATE TABLE follow_up (application_id text, kind text, days integer NOT NULL, PRIMARY KEY (application_id, kind));
"""


def main() -> None:
    """Prints the seconds that the flows took."""
    url = sys.argv[2].replace("postgresql://", "postgresql+psycopg://")
    DBOS(config={"name": "thin-flow", "system_database_url": url, "log_level": "ERROR", "sys_db_pool_size": 20})
    source = SQLAlchemyDatasource.create(url, engine_kwargs={"pool_size": _IN_FLIGHT})
    with source.engine.begin() as connection:
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(sqlalchemy.text(statement))
        for table, count in (("need", NEEDS), ("mentor", MENTORS)):
            connection.execute(
                sqlalchemy.text(f"INSERT INTO {table} SELECT n, 0 FROM generate_series(0, {count - 1}) n")
            )
    accompany = _workflow(source)
    DBOS.launch()

    def carry_out(numbers: range) -> None:
        def one(number: int) -> None:
            form = application(number)
            with SetWorkflowID(form["application_id"]):
                accompany(form)

        with ThreadPoolExecutor(_IN_FLIGHT) as threads:
            list(threads.map(one, numbers))

    measure(carry_out)
    DBOS.destroy()


def _workflow(source: Any) -> Any:
    def execute(statement: str, values: Any) -> None:
        source.sql_session().execute(sqlalchemy.text(statement), values)

    def take_in(form: dict[str, Any]) -> str:
        execute("INSERT INTO application VALUES (:application_id, :text)", form)
        return str(form["application_id"])

    def assign(application_id: str, need_id: int) -> int:
        execute("UPDATE need SET taken = taken + 1 WHERE need_id = :need_id", {"need_id": need_id})
        values = {"application_id": application_id, "need_id": need_id}
        execute("INSERT INTO assignment VALUES (:application_id, :need_id)", values)
        return need_id

    def pair(application_id: str, mentor_id: int) -> int:
        execute("UPDATE mentor SET taken = taken + 1 WHERE mentor_id = :mentor_id", {"mentor_id": mentor_id})
        values = {"application_id": application_id, "mentor_id": mentor_id}
        execute("INSERT INTO pair VALUES (:application_id, :mentor_id)", values)
        return mentor_id

    def plan(application_id: str) -> int:
        planned = follow_ups(application_id)
        execute("INSERT INTO follow_up VALUES (:application_id, :kind, :days)", planned)
        return len(planned)

    # Serialisable, its default, has transactions on one need fail and begin again: this is what it does best.
    transaction = source.transaction(isolation_level="READ COMMITTED")
    taken_in, assigned, paired, planned = (
        transaction(take_in),
        transaction(assign),
        transaction(pair),
        transaction(plan),
    )

    def accompany(form: dict[str, Any]) -> int:
        application_id = taken_in(form)
        assigned(application_id, form["number"] % NEEDS)
        paired(application_id, form["number"] % MENTORS)
        return int(planned(application_id))

    return DBOS.workflow()(accompany)


if __name__ == "__main__":
    main()
