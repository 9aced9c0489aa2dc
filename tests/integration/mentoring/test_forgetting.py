"""Whoever asks to be forgotten leaves nothing in any table, in whatever order topics are read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.message import EventData
from contracts.offers import PairAnswered
from contracts.typed import DeclaredPerson
from libraries.chassis.handling import NotYet
from tests.integration.mentoring.test_single_writer import agrees_with_the_tables
from tests.integration.mentoring.transactions import Connection, Published, Writer
from tests.unit.mentoring.desk import handle, names
from tests.unit.mentoring.examples import (
    NOW,
    cleared,
    confirmed,
    enrolled,
    erasure_of,
    event,
    lead_person,
    manager_id,
    mentor_id,
    person_of_mentor,
    recused,
    released,
    revised,
    wished,
    withdrawn,
)
from tests.unit.mentoring.reports import reported
from tests.unit.mentoring.test_support import introduced

_MENTORS, _LEADS = range(1, 5), range(1, 8)
_ERASED = (1, 2)
"""The mentors and the leads of these numbers ask to be forgotten."""


def word(number: int) -> str:
    """What whoever has this number puts into all that they write."""
    return "secret" if number in _ERASED else "lasting"


class Story:
    """Topics, each in its own order, of which one after the other is read as chance has it."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.topics: dict[str, list[Event[EventData]]] = {
            "mentors": [self.sent(data) for number in _MENTORS for data in self.of_mentor(number)],
            "assignments": [self.sent(data) for number in _LEADS for data in self.of_assignment(number)],
            "reports": [self.sent(data) for number in _LEADS for data in self.reports(number)],
            "decisions": [],
            "erasures": [
                event(erasure_of(person(number)), NOW + timedelta(days=1))
                for number in _ERASED
                for person in (person_of_mentor, lead_person, manager_id)
            ],
        }

    def sent(self, data: EventData) -> Event[EventData]:
        return event(data, NOW + timedelta(hours=self.draw.randint(0, 24)))

    def of_mentor(self, number: int) -> Iterator[EventData]:
        said = word(number)
        form: dict[str, Any] = {
            "person": DeclaredPerson(person_id=person_of_mentor(number), name=said, email=f"{said}@example.invalid"),
            "role": said,
            "directorate": f"{said}-directorate",
            "skills": (f"{said}-skill",),
            "capacity": 5,
            "line_manager": DeclaredPerson(
                person_id=manager_id(number), name=said, email=f"{said}-manager@example.invalid"
            ),
            "line_manager_authorised": self.draw.random() < 0.5,
        }
        yield enrolled(number).model_copy(update=form)
        if self.draw.random() < 0.5:
            yield revised(number).model_copy(update=form)
        yield recused(number, application=number)
        if self.draw.random() < 0.2:
            yield withdrawn(number).model_copy(update={"comment": said})

    def of_assignment(self, number: int) -> Iterator[EventData]:
        said = {"organisation_name": word(number), "project_title": f"{word(number)} project"}
        yield confirmed(number, **said)
        if self.draw.random() < 0.3:
            yield released(number, **said)
            yield confirmed(number, **said)

    def reports(self, number: int) -> Iterator[EventData]:
        yield introduced(number, number, partner_name=word(number), reported_by=f"lead:{lead_person(number)}")
        mentor = self.draw.choice(_MENTORS)
        partner = {"partner_name": word(mentor), "reported_by": f"mentor:{mentor_id(mentor)}"}
        yield introduced(100 + number, self.draw.choice(_LEADS), **partner)
        yield wished(number, skills=("health",))
        yield reported(number, number, comment=word(number))

    def answer(self, happened: Published) -> None:
        """Has people answer the offers, and give the clearances, of which they have just heard."""
        for name, data in happened:
            if name == "mentor.clearance-asked":
                self.topics["decisions"].append(self.sent(cleared(data, self.draw.choice(["give", "give", "refuse"]))))
            if name == "pair.offered":
                for party in ("mentor", "lead"):
                    answer = self.draw.choice(["accept", "accept", "decline"])
                    said = {"pair_id": UUID(data["pair_id"]), "party": party, "answer": answer, "answered_at": NOW}
                    self.topics["decisions"].append(
                        self.sent(PairAnswered.model_validate({**said, "comment": "secret"}))
                    )

    def next_batch(self) -> list[Event[EventData]]:
        """Up to five records, of whatever topics; none once all was read."""
        batch: list[Event[EventData]] = []
        for _ in range(self.draw.randint(1, 5)):
            if left := [records for records in self.topics.values() if records]:
                batch.append(self.draw.choice(left).pop(0))
        return batch


async def read(writer: Writer, batch: list[Event[EventData]]) -> tuple[Published, list[Event[EventData]]]:
    """Handles a batch; returns what it published and what has to wait."""
    waiting, before = [], len(writer.published)
    async with writer.unit_of_work(batch) as unit:
        for each in batch:
            try:
                handle(unit, [each])
            except NotYet:
                waiting.append(each)
    return writer.published[before:], waiting


async def everything(connection: Connection) -> str:
    """Each row of each table of the schema, as text."""
    tables = await connection.fetch("SELECT table_name FROM information_schema.tables WHERE table_schema = 'mentoring'")
    rows = [row[0] for (name,) in tables for row in await connection.fetch(f'SELECT t::text FROM "{name}" AS t')]
    return "\n".join(rows)


@pytest.mark.parametrize("seed", range(25))
async def test_nothing_is_left_of_who_was_forgotten_in_any_order(connection: Connection, seed: int) -> None:
    story, writer = Story(seed), Writer(connection, forgetful=seed % 2 == 0)
    erased = {str(mentor_id(number)) for number in _ERASED}
    forgotten: set[str] = set()
    waiting: list[Event[EventData]] = []
    while batch := [*waiting, *story.next_batch()]:
        happened, waiting = await read(writer, batch)
        assert len(waiting) < len(batch) or any(story.topics.values()), "nothing waits for ever"
        for name, data in happened:
            if name == "person.forgotten":
                forgotten.add(data["person_id"])
            if name == "pair.offered" and data["mentor_id"] in erased:
                assert str(_person_of(data["mentor_id"])) not in forgotten, "nobody is offered who was forgotten"
        story.answer(happened)
        await agrees_with_the_tables(writer)
    assert len(forgotten) == 6
    assert writer.state is not None
    managed = writer.state.roster.involvement.managed_by
    assert not any(managed(manager_id(number)) for number in _ERASED), "nobody who was forgotten is asked again"
    left = await everything(connection)
    assert "secret" not in left
    assert left.count("lasting") > 10, "of whom nobody forgot, all is kept"
    active = await connection.fetch("SELECT mentor_id FROM mentor WHERE active")
    assert not {str(row[0]) for row in active} & erased
    assert "pair.offered" in names(writer.published)


def _person_of(mentor: str) -> UUID:
    return next(person_of_mentor(number) for number in _MENTORS if str(mentor_id(number)) == mentor)


@pytest.mark.parametrize("later_first", [True, False])
async def test_what_is_said_after_it_is_kept_in_either_order(connection: Connection, later_first: bool) -> None:
    writer = Writer(connection)
    await writer.take(enrolled(1), confirmed(1))
    asked = event(erasure_of(person_of_mentor(1)), NOW + timedelta(hours=1))
    later = event(enrolled(1, capacity=7), NOW + timedelta(hours=2))
    writer.now = NOW + timedelta(hours=3)
    for each in (later, asked) if later_first else (asked, later):
        await writer.commit([each])
        await agrees_with_the_tables(writer)
    rows = await connection.fetch("SELECT active, capacity, told_at FROM mentor")
    assert [tuple(row) for row in rows] == [(True, 7, later.time)]
    kept: datetime = await connection.fetchval("SELECT erased_at FROM erased_person")
    assert kept == asked.time


async def test_a_form_that_is_dated_into_the_future_is_forgotten_with_the_others(connection: Connection) -> None:
    writer = Writer(connection)
    await writer.commit([event(enrolled(1), NOW + timedelta(days=25_000))])
    await writer.commit([event(confirmed(1), NOW)])
    await writer.commit([event(erasure_of(person_of_mentor(1)), NOW + timedelta(hours=1))])
    assert names(writer.published)[-4:] == [
        "contact.retracted",
        "pair.ended",
        "pair.no-mentor-found",
        "person.forgotten",
    ]
    assert await connection.fetchval("SELECT active FROM mentor") is False


async def test_what_is_held_of_them_is_emptied_and_told(connection: Connection) -> None:
    form = revised(1).model_dump_json().encode()
    await connection.execute(
        """
        INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, value,
                                 headers, recorded_at, held_at)
        VALUES ('forms.mentors.v1', 0, 0, gen_random_uuid(), 'dead', 'failed', '', false, $1, '[]', $2, $2)
        """,
        form,
        NOW,
    )
    happened = await Writer(connection).take(erasure_of(person_of_mentor(1)))
    ((_, told),) = [it for it in happened if it[0] == "person.forgotten"]
    assert told["removed"] == [{"what": "held-record", "count": 1}]
    assert "mentor1@" not in await everything(connection)
