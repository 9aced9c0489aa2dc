"""One writer's pool from commit to commit: however events are split, whoever goes on, whatever fails."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Literal

import pytest

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from services.matching.settings.rules import Rules, TerritoryBound
from tests.forms import form_event
from tests.integration.conftest import connect
from tests.integration.matching.conftest import Crash, Matching, read_anew, values_of
from tests.integration.matching.programmes import Programme
from tests.unit.matching.events import (
    declared,
    registered,
    round_requested,
    rules_with,
    types_of,
    withdrawn,
)

_TABLES = (
    "need",
    "candidate",
    "former_candidate",
    "assignment",
    "forbidden",
    "recusal",
    "contest_verdict",
    "officer",
    "deputy",
    "erased_person",
)


@pytest.mark.parametrize("publication", ["rolling", "in-rounds"])
@pytest.mark.parametrize("seed", range(6))
async def test_any_split_leads_to_the_same_events_and_the_same_pool_kept_or_read_anew(
    connection: Connection, seed: int, publication: Literal["rolling", "in-rounds"]
) -> None:
    rules = rules_with(publication=publication, equity=(TerritoryBound(territory="13201", at_least=0, at_most=2),))
    chance, programme = random.Random(seed), Programme(seed)
    one_by_one = Matching(connection, rules=rules)
    await one_by_one.cycle([])
    events: list[Event[EventData]] = []
    for _ in range(60):
        assert one_by_one.state is not None
        for event in programme.events(one_by_one.state, 1):
            await one_by_one.cycle([event])
            events.append(event)
    rows = await _rows(connection)

    async def played(split: Sequence[int], *, crashes: random.Random | None = None) -> list[OutboxRow]:
        await connection.execute(f"TRUNCATE {', '.join(_TABLES)}")
        matching = Matching(connection, rules=rules)
        await _play(matching, events, split, rules=rules, crashes=crashes)
        return matching.published

    assert await played([len(events)]) == one_by_one.published
    assert await _rows(connection) == rows
    split = [chance.randint(0, 6) for _ in range(40)] + [len(events)]
    assert await played(split, crashes=chance) == one_by_one.published
    assert await _rows(connection) == rows


async def _play(
    matching: Matching,
    events: Sequence[Event[EventData]],
    split: Sequence[int],
    *,
    rules: Rules,
    crashes: random.Random | None,
) -> None:
    """All events in batches of these sizes, some of which fail once; what is kept is always what would be read."""
    left = list(events)
    for size in split:
        batch, left = left[:size], left[size:]
        if crashes and crashes.random() < 0.3:
            matching.crash = True
            with pytest.raises(Crash):
                await matching.cycle(batch)
        await matching.cycle(batch)
        assert matching.state is not None
        assert values_of(matching.state) == values_of(await read_anew(matching.connection, rules))
    assert not left


async def _rows(connection: Connection) -> list[list[Any]]:
    return [
        await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in _TABLES
        if table != "former_candidate"
    ]


async def test_a_crash_before_the_commit_changes_no_result(matching: Matching) -> None:
    await matching.on(declared("n", capacity=2), registered("a"))
    events = [form_event(registered("b")), form_event(round_requested())]
    matching.crash = True
    with pytest.raises(Crash):
        await matching.cycle(events)
    assert len(await matching.places()) == 1
    assert types_of(await matching.cycle(events)) == ["assignment.proposed", "round.completed"]
    assert len(await matching.places()) == 2


async def test_a_standby_goes_on_from_what_the_writer_left(database_url: str, matching: Matching) -> None:
    await matching.on(declared("n"), registered("a"))
    standby_connection = await connect(database_url, "matching")
    try:
        standby = Matching(standby_connection)
        assert types_of(await standby.on(withdrawn("a"), registered("b"))) == [
            "assignment.released",
            "assignment.proposed",
        ]
    finally:
        await standby_connection.close()
