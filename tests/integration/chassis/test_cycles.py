"""What a cycle costs and how it fails: counts that repeat on any machine, and what one failure does to others."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from libraries.chassis.operations import NotThere
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.kafka import Sending

FORMS = "forms.applications.v1"


async def test_a_cycle_costs_the_same_statements_whatever_is_in_it(system: System) -> None:
    async with system.running(gather_ms=200) as service:
        await system.send(*(titled(f"first {number}") for number in range(20)))
        await eventually(lambda: _written(system, 20))
        counts = {}
        for name, records in (("few", 4), ("many", 400)):
            statements = await _listen(service)
            await system.send(*(titled(f"{name} {number}") for number in range(records)))
            await eventually(lambda: _more(system, name, records))  # noqa: B023
            counts[name] = statements.total() / statements["BEGIN"]
            statements.clear()
    assert counts["few"] == counts["many"] == 6, "BEGIN, claim, inbox, load, pages, COMMIT; and the store's own COPY"


async def test_what_nobody_handles_costs_a_statement_now_and_then_and_none_a_record(system: System) -> None:
    withdrawn = titled("nobody's").record
    headers = [
        (name, b"engage.application.withdrawal-requested.v1" if name == "ce_type" else value)
        for name, value in withdrawn.headers
    ]
    async with system.running() as service:
        await system.send(titled("first"))
        await eventually(lambda: _written(system, 1))
        statements = await _listen(service)
        await system.send(*(Sending(FORMS, withdrawn._replace(headers=headers), 0) for _ in range(500)))
        await eventually(lambda: _at(system, 0, 500))
    assert statements["BEGIN"] <= 20, "a look at the lanes a second, and how far they came"


async def test_a_failure_of_one_lane_leaves_the_others_together(system: System) -> None:
    titles = [f"{partition}-{number}" for partition in range(4) for number in range(30)]
    broken = titled("break", on=2)
    good = [titled(title, on=int(title[0])) for title in titles]
    await system.send(*good[:70], broken, *good[70:])
    async with system.running() as service:
        await eventually(lambda: _written(system, 120))
        assert service.failed is None
    assert sorted(await system.titles()) == sorted(titles)
    assert await system.held() == {"dead": ["handler-failed"]}


async def test_an_operator_steps_over_one_record(system: System) -> None:
    first, skipped, last = (titled(title, on=0) for title in ("first", "skipped", "last"))
    await system.send(first)
    async with system.running():
        await eventually(lambda: _written(system, 1))
    await system.send(skipped, last)
    with pytest.raises(NotThere, match="the lane stands at 1"):
        await system.step_over(LaneName(FORMS, 0), 2)
    await system.step_over(LaneName(FORMS, 0), 1)
    async with system.running():
        await eventually(lambda: _written(system, 2))
    assert await system.titles() == ["first", "last"]
    rows = await system.fetch('SELECT state, reason, requested_by, requested_why, "offset" FROM held_record')
    assert [tuple(row) for row in rows] == [("discarded", "skipped", "test", "it can't be read", 1)]


async def _listen(service: Running) -> Counter[str]:
    """Counts the statements of the service's connection from now on, by their first words: those of transactions.

    What the relay asks between two cycles is as often as its broker is slow.
    """
    statements: Counter[str] = Counter()
    is_open = False

    def heard(logged: Any) -> None:
        nonlocal is_open
        word = logged.query.split("\n")[0].strip().rstrip(";").split(" ")[0]
        is_open = is_open or word == "BEGIN"
        statements[word] += is_open
        is_open = is_open and word not in ("COMMIT", "ROLLBACK")

    async with service.around.database.pool.acquire() as connection:
        connection.add_query_logger(heard)
    return statements


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _more(system: System, name: str, count: int) -> bool:
    return sum(title.startswith(name) for title in await system.titles()) >= count


async def _at(system: System, partition: int, at_least: int) -> bool:
    rows = await system.fetch("SELECT next_offset FROM lane WHERE topic = $1 AND partition = $2", FORMS, partition)
    return bool(rows[0]["next_offset"] >= at_least)
