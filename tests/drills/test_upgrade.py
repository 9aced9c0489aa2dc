"""A system is upgraded under traffic and taken back, and nothing is lost, doubled or refused meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from contracts.catalogue import SERVICES
from tests.drills.fleet import Fleet
from tests.drills.next_version import TAKEN_BY, next_version
from tests.drills.upgrade import Outcome, drill, summary, told_by_time
from tests.drills.versions import PRESENT, checked_out, last_release
from tests.faults.evidence import of, read_topics

pytestmark = pytest.mark.timeout(900)


def assert_well(outcome: Outcome) -> None:
    print(summary(outcome))
    assert outcome.verdict.violations == []
    assert outcome.taken > 0
    # Up and down.
    assert sorted(moved.service for moved in outcome.moved) == sorted(2 * SERVICES)


async def test_from_the_last_release_and_back(tmp_path: Path) -> None:
    reference = last_release()
    if reference is None:
        pytest.skip("no release is there to come from")
    assert_well(await drill(checked_out(reference, tmp_path / "old"), PRESENT, tmp_path / "system", told_by_time()))


async def test_to_a_version_with_other_tables_and_contracts_and_back(tmp_path: Path) -> None:
    new = await asyncio.to_thread(next_version, tmp_path / "new")
    seen = list[tuple[list[bool], set[object], bool]]()

    async def look(it: Fleet) -> None:
        told = of(read_topics(it.stack.broker.bootstrap_servers)["applications.v1"], "application.registered")
        by_the_next = [event.data.get("taken_by") == TAKEN_BY for event in told]
        seen.append((by_the_next, *await at_the_door(it.stack.addresses()["database_url"])))

    outcome = await drill(PRESENT, new, tmp_path / "system", told_by_time(), look)
    assert_well(outcome)
    ((said, rows, is_whole),) = seen
    assert set(said) == {True, False}, "both versions told of applications"
    assert rows == {TAKEN_BY, None}, "both versions wrote into the table"
    assert is_whole, "the index was built while forms came in"
    before = [moved.service for moved in outcome.moved[: len(SERVICES)]]
    # What intake says anew is read by these.
    assert before.index("intake") > max(before.index(name) for name in ("matching", "notifications", "journal"))
    assert [moved.service for moved in outcome.moved[len(SERVICES) :]] == before[::-1]


async def at_the_door(url: str) -> tuple[set[object], bool]:
    """What the column says of forms that came over HTTP, and whether its index is whole."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT DISTINCT taken_by FROM intake.door_message")
    is_whole = await connection.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'intake.door_message_by_version'::regclass"
    )
    await connection.close()
    return {row[0] for row in rows}, bool(is_whole)
