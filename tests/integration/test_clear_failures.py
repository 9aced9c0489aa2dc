"""Commands whose server is away, whose right is missing, whose terminal is no UTF-8: a sentence, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from deploy.local.postgresql import PostgreSQL
from tests.command_line import Outcome, type_in

NOWHERE = {
    "ENGAGE_DATABASE_URL": "postgresql://somebody:geheim@127.0.0.1:1/engage",
    "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
}
AWAY = (
    "PostgreSQL can't be reached at 127.0.0.1:1 (nothing listens there): see whether it runs, and whether "
    "ENGAGE_DATABASE_URL names it"
)
AN_ID = "0c0b6e5e-8a55-4f7e-9d6b-6a1f0a7b1c2d"
OF_THE_DATABASE = [
    ("dead-letters", "list"),
    ("lanes", "list"),
    ("follow-ups", "list"),
    ("needs",),
    ("obstacles",),
    ("explain", AN_ID),
    ("migrate",),
    ("roles",),
]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    with PostgreSQL() as server:
        server.create_database("empty")
        yield server


def engage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A process of its own, where what its libraries say or what its streams can show is tested."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.command_line", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def told(answer: Outcome | subprocess.CompletedProcess[bytes]) -> str:
    """The one sentence at the end; a service has said something in its log before."""
    stdout, stderr = (text if isinstance(text, str) else text.decode() for text in (answer.stdout, answer.stderr))
    assert "Traceback" not in stderr + stdout
    assert "geheim" not in stderr + stdout
    return stderr.splitlines()[-1]


@pytest.mark.parametrize("command", OF_THE_DATABASE, ids=" ".join)
def test_a_database_that_is_away(command: tuple[str, ...]) -> None:
    answer = type_in(*command, environment=NOWHERE)
    assert answer.stderr.strip() == told(answer) == AWAY
    assert answer.returncode == 3


def test_a_database_that_is_away_from_a_service() -> None:
    answer = engage("run", "matching", **NOWHERE)
    assert (told(answer), answer.returncode) == (AWAY, 3)


@pytest.mark.parametrize("command", [("topics", "plan"), ("erasure", "show", AN_ID)], ids=" ".join)
def test_a_broker_that_is_away(command: tuple[str, ...]) -> None:
    answer = engage(*command, **NOWHERE)
    assert answer.stderr.decode().strip() == told(answer), "aiokafka's own words about it add nothing"
    assert told(answer).startswith("Kafka can't be reached")
    assert answer.returncode == 3


def test_a_database_without_tables_or_of_another_name(postgresql: PostgreSQL) -> None:
    empty = type_in("dead-letters", "list", environment={"ENGAGE_DATABASE_URL": postgresql.database_url("empty")})
    assert (empty.returncode, "engage migrate" in told(empty)) == (5, True)
    missing = type_in("needs", environment={"ENGAGE_DATABASE_URL": postgresql.database_url("nowhere")})
    assert (missing.returncode, "no database of this name" in told(missing)) == (5, True)


def test_a_right_that_is_missing(postgresql: PostgreSQL) -> None:
    made = type_in("roles", environment={"ENGAGE_DATABASE_URL": postgresql.database_url("empty")})
    assert made.returncode == 0, made.stderr
    answer = type_in("migrate", environment={"ENGAGE_DATABASE_URL": postgresql.database_url("empty", "engage_intake")})
    assert (answer.returncode, "engage_migrations" in told(answer)) == (4, True)


def test_a_service_before_its_tables_and_tables_before_their_logins(postgresql: PostgreSQL) -> None:
    url = postgresql.database_url("empty")
    kafka = {"ENGAGE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ENGAGE_HEALTH_PORT": "0", "ENGAGE_HTTP_PORT": "0"}
    service = engage("run", "intake", ENGAGE_DATABASE_URL=url, **kafka)
    assert (service.returncode, "engage migrate" in told(service)) == (5, True)
    with PostgreSQL() as without_logins:
        without_logins.create_database("empty")
        tables = type_in("migrate", environment={"ENGAGE_DATABASE_URL": without_logins.database_url("empty")})
    assert (tables.returncode, "engage roles" in told(tables)) == (5, True)


def test_a_login_that_may_not_see_what_is_asked_is_not_sent_to_migrate_alone(postgresql: PostgreSQL) -> None:
    made = type_in("roles", environment={"ENGAGE_DATABASE_URL": postgresql.database_url("empty")})
    assert made.returncode == 0, made.stderr
    url = postgresql.database_url("empty", "engage_intake")
    answer = type_in(
        "restore", "reconcile", "--to", "2026-03-01T12:00:00Z", environment={**NOWHERE, "ENGAGE_DATABASE_URL": url}
    )
    assert "see the login in ENGAGE_DATABASE_URL" in told(answer)


def test_the_traceback_comes_on_request() -> None:
    answer = type_in("--debug", "needs", environment=NOWHERE)
    assert "Traceback" in answer.stderr
    assert answer.returncode == 3


def test_json_is_utf_8_whatever_the_terminal_is_taken_for() -> None:
    answer = engage("privacy", "register", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert answer.returncode == 0, answer.stderr
    assert "vérifier" in str(json.loads(answer.stdout.decode("utf-8")))


def test_text_shows_what_a_terminal_can() -> None:
    answer = engage("privacy", "register", "--language", "fr", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert answer.returncode == 0, answer.stderr
    assert "activit?s" in answer.stdout.decode("ascii")


def test_it_says_which_version_it_is() -> None:
    answer = engage("--version")
    assert answer.stdout.decode().split()[0] == "engage"
    assert answer.returncode == 0


def test_to_keep_data_takes_a_broker_that_keeps_it() -> None:
    answer = type_in("up", "--data", "kept")
    assert told(answer) == "--data: the broker that comes along keeps nothing: add --kafka apache"
    assert answer.returncode == 2
