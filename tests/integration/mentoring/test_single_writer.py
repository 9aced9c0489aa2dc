"""The state that a writer keeps is the state of the tables, whatever happens, in whatever batches."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.unit_of_work import UnitOfWork
from services.mentoring.app import SERVICE
from services.mentoring.due import DueDates
from services.mentoring.flows import offers
from services.mentoring.store import MentoringStore
from tests.drawing import drawn
from tests.integration.conftest import connect
from tests.integration.mentoring.transactions import Connection, Overheard, Unit, Writer, state_of, take
from tests.unit.mentoring.desk import handle, names, values_of
from tests.unit.mentoring.examples import NOW, answered, confirmed, enrolled, erasure_of, event, lead_person, revised
from tests.unit.mentoring.reports import met, reported, updated
from tests.unit.mentoring.stories import any_event, handle_what_can_be
from tests.unit.mentoring.test_support import impact, introduced, said

_CHAPTERS = 12
_EVENTS = 14


def batches_of(events: list[Event[EventData]], draw: random.Random, most: int) -> Iterator[list[Event[EventData]]]:
    while events:
        size = draw.randint(1, most)
        yield events[:size]
        events = events[size:]


async def agrees_with_the_tables(writer: Writer) -> None:
    store = MentoringStore(writer.connection)
    assert writer.state is not None
    assert values_of(writer.state) == values_of(await store.read_state())


@pytest.mark.drawn
@pytest.mark.parametrize("seed", range(drawn(8)))
async def test_what_is_kept_is_what_the_tables_have_in_any_batches(postgresql: Any, seed: int) -> None:
    """Three writers, one that reads everything anew each time: the same events, and not one word differs."""
    draw = random.Random(seed)
    databases = [f"mentoring_{seed}_{number}" for number in range(3)]
    for name in databases:
        postgresql.clone_database("engage_template", name)
    connections = [await connect(postgresql.database_url(name), "mentoring") for name in databases]
    one_by_one, in_batches, whole = writers = [Writer(it, forgetful=it is connections[0]) for it in connections]
    sizes = {one_by_one: 1, in_batches: 5, whole: _EVENTS}
    try:
        now, number = NOW, 0
        for _ in range(_CHAPTERS):
            pairs = [UUID(data["pair_id"]) for name, data in one_by_one.published if name == "pair.offered"]
            events = []
            for _ in range(_EVENTS):
                number += 1
                # Lanes differ in time: it does not only go forward.
                at = now + timedelta(hours=draw.randint(-48, 48))
                events.append(event(any_event(draw, pairs, at), at, 1000 * seed + number))
            for writer in writers:
                writer.now = now
                for batch in batches_of(events, random.Random(seed), sizes[writer]):
                    async with writer.unit_of_work(batch) as unit:
                        handle_what_can_be(unit, batch)
                    await agrees_with_the_tables(writer)
            now += timedelta(days=draw.choice([0, 0, 1, 3, 45]))
            for writer in writers:
                writer.now = now
                await DueDates(lambda now=now: now).perform(writer)  # type: ignore[misc]
                await agrees_with_the_tables(writer)
            assert one_by_one.published == in_batches.published == whole.published
        assert await state_of(connections[0]) == await state_of(connections[1]) == await state_of(connections[2])
        assert "pair.offered" in names(whole.published)
    finally:
        for connection, name in zip(connections, databases, strict=True):
            await connection.close()
            postgresql.drop_database(name)


async def test_what_cannot_be_done_holds_back_nothing_else(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(connection)
    await writer.take(enrolled(1, capacity=9), enrolled(2, capacity=9))
    await writer.take(*(confirmed(number) for number in range(1, 6)), reported(1))
    broken = sorted(it.pair_id for it in writer.state.pairs.values())[2] if writer.state else None

    def expire(unit: Unit, pair: Any) -> None:
        if pair.pair_id == broken:
            raise ZeroDivisionError
        whole(unit, pair)

    whole = offers.expire
    monkeypatch.setattr(offers, "expire", expire)
    now = NOW + timedelta(days=60)
    duty = DueDates(lambda: now)
    writer.published.clear()
    assert await duty.perform(writer) == now
    assert writer.set_aside == [f"expiry of {broken}"]
    assert names(writer.published).count("pair.expired") == 4
    assert names(writer.published).count("obstacle.escalated") == 1
    next_deadline = await duty.perform(writer)
    assert next_deadline is not None
    assert next_deadline > now, "what was set aside is not tried without end"
    assert writer.deadline is not None
    assert writer.deadline < now, "it is still due"
    monkeypatch.undo()
    writer.set_aside.clear()
    await duty.perform(writer)
    assert names(writer.published).count("pair.expired") == 5


async def test_what_was_set_aside_in_great_number_is_stepped_over(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.mentoring.due._PORTION", 2)
    writer = Writer(connection)
    await writer.take(*(confirmed(number) for number in range(1, 6)))
    await writer.take(*(reported(number, assignment=number) for number in range(1, 6)))
    assert writer.state is not None
    due = writer.state.escalations.due(NOW + timedelta(days=60))
    writer.set_aside = [f"escalation of {obstacle} after version 1" for obstacle in due[:4]]
    duty = DueDates(lambda: NOW + timedelta(days=60))
    deadlines = [await duty.perform(writer) for _ in range(3)]
    assert deadlines == [NOW + timedelta(days=60)] * 3
    assert [data["obstacle_id"] for name, data in writer.published if name == "obstacle.escalated"] == [str(due[4])]


async def test_nothing_is_asked_for_that_memory_has(connection: Connection) -> None:
    writer = Writer(connection)
    await writer.take(enrolled(1), confirmed(1), reported(1))
    assert writer.state is not None
    (pair,) = writer.state.pairs

    async def asked(*data: EventData) -> int:
        overheard = Overheard(connection)
        store = MentoringStore(cast("Connection", overheard))
        assert writer.state is not None
        store.state = writer.state
        events = [event(each) for each in data]
        await store.load(events, SERVICE.handlers.named(events))
        return len(overheard.statements)

    assert await asked(answered(pair, "lead", "accept"), updated("take")) == 0
    # Who ever asked to be forgotten, and whether an assignment is new or had ended, only tables know.
    assert await asked(revised(1)) == 1
    assert await asked(*(confirmed(number) for number in range(2, 500))) == 2
    # The second time the lead who reports has asked to be forgotten, and what they wrote is looked at as well.
    for count, statements in ((1, 8), (50, 10)):
        numbers = range(1, 1 + count)
        unknown = [UUID(int=number) for number in numbers]
        assert await asked(
            *(confirmed(100 + number) for number in numbers),
            *(answered(it, "lead", "accept") for it in unknown),
            *(met(it, NOW.date(), number=it.int) for it in unknown),
            *(reported(100 + number) for number in numbers),
            *(introduced(number) for number in numbers),
            *(said("rooting", "start") for _ in numbers),
            *(impact(1, jobs=number) for number in numbers),
        ) == statements  # fmt: skip
        assert await asked(*(erasure_of(lead_person(number)) for number in numbers)) == 5


async def test_a_cycle_writes_each_table_once(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=9), *(confirmed(number) for number in range(1, 4)))
    store = MentoringStore(connection)
    overheard = Overheard(connection)
    writing = MentoringStore(cast("Connection", overheard))
    writing.state = await store.read_state()
    answers = [answered(pair, party, "accept") for pair in writing.state.pairs for party in ("lead", "mentor")]
    events = [event(each) for each in (*answers, *(confirmed(number) for number in range(4, 40)))]
    events += [event(reported(1, 4)), event(enrolled(2, capacity=9))]
    await writing.load(events, SERVICE.handlers.named(events))
    asked = len(overheard.statements)
    handle(UnitOfWork("mentoring", writing), events)
    await writing.save()
    assert overheard.statements[asked:] == [
        "COPY mentor",
        "UPDATE mentor",
        "COPY lead",
        "UPDATE pair",
        "COPY pair",
        "COPY obstacle",
        "COPY support_action",
    ]
    overheard.statements.clear()
    await writing.save()
    assert overheard.statements == [], "once"
