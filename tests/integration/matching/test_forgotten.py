"""Of whoever asks to be forgotten no table and no memory of matching keeps a word, in any order of arrival."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from contracts.assignments import AssignmentConfirmed
from contracts.contacts import ContactPublished
from contracts.erasures import PersonForgotten
from contracts.event import Event
from contracts.message import EventData
from contracts.typed import DeclaredPerson
from libraries.chassis.erasures import fetch_erasures
from libraries.chassis.handling import NotYet
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from tests.forms import form_event, identifier
from tests.integration.matching.conftest import Crash, Matching, read_anew, values_of
from tests.unit.matching.events import (
    OFFICER,
    START,
    amended,
    application_id,
    closed,
    data_of,
    decided,
    declared,
    erased,
    named_deputy,
    placed,
    registered,
    revised,
)

_NEEDS = ("n1", "n2")
_APPLICATIONS = ("a1", "a2", "a3")
_DEPUTIES = ("d1", "d2")
_STRANGER = identifier("stranger")
_ASKED = START + timedelta(days=1)


class Words:
    """Whatever a person writes in this test: each word is made once and can be looked for."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.all: list[str] = []

    def new(self) -> str:
        """Six letters, which stay whole where words are cut to compare them."""
        word = "".join(self._chance.choices("bcdfghjklmnpqrstvwxz", k=6))
        self.all.append(word)
        return word


def _person(person_id: UUID, words: Words) -> DeclaredPerson:
    telephone = f"06{len(words.all):08d}"
    words.all.append(telephone)
    return DeclaredPerson(
        person_id=person_id, name=words.new(), email=f"{words.new()}@{words.new()}.invalid", telephone=telephone
    )


def _said(words: Words, chance: random.Random) -> Iterator[EventData]:
    """All that owners, deputies and leads say before any of them asks to be forgotten."""
    for need in _NEEDS:
        owner_id = identifier(f"owner {need}")
        yield declared(need, owner=_person(owner_id, words), evidence=words.new(), capacity=2)
        yield revised(need, owner=_person(owner_id, words), evidence=words.new(), capacity=2)
        yield named_deputy(need, _person(identifier(chance.choice(_DEPUTIES)), words))
        yield named_deputy(need, chance.choice((None, _person(identifier(chance.choice(_DEPUTIES)), words))))
        yield closed(need).model_copy(update={"comment": words.new()})
    for name in _APPLICATIONS:
        for form in (registered, amended):
            written = form(name, title=words.new(), summary=f"{words.new()} {words.new()}")
            organisation = written.organisation.model_copy(update={"name": words.new()})
            yield written.model_copy(update={"organisation": organisation, "project_title": written.project.title})
    for need in _NEEDS:
        by = chance.choice((OFFICER, identifier(f"owner {need}"), *map(identifier, _DEPUTIES), _STRANGER))
        decision = chance.choice(("pin", "forbid", "lift"))
        said = placed(chance.choice(_APPLICATIONS), need, decision, by=by)
        yield said.model_copy(update={"comment": words.new()})


def _people() -> list[UUID]:
    owners = [identifier(f"owner {need}") for need in _NEEDS]
    return [*owners, *map(identifier, _DEPUTIES), *(identifier(f"lead {name}") for name in _APPLICATIONS)]


def _interleaved(chance: random.Random, words: Words) -> list[Event[EventData]]:
    """What is said, all of it before what is asked, in any order of arrival whatever."""
    said = [form_event(data, at=START + timedelta(minutes=n)) for n, data in enumerate(_said(words, chance))]
    asked = [form_event(erased(person_id), at=_ASKED) for person_id in _people()]
    events = [*said, *asked]
    chance.shuffle(events)
    return events


async def _take(matching: Matching, events: Sequence[Event[EventData]], chance: random.Random) -> None:
    """Each as it comes, and anew where it has to wait; decisions of anybody in between, and crashes."""
    waiting = list(events)
    while waiting:
        later: list[Event[EventData]] = []
        for event in waiting:
            matching.crash = chance.random() < 0.1
            try:
                await matching.cycle([event])
            except NotYet:
                matching.crash = False
                later.append(event)
            except Crash:
                await matching.cycle([event])
            await _decide(matching, chance)
        assert len(later) < len(waiting), "something waits for ever"
        waiting = later


async def _decide(matching: Matching, chance: random.Random) -> None:
    if matching.state is None:
        return  # what had to wait left nothing in memory
    proposed = sorted(it.assignment_id for it in matching.state.live if it.state == "proposed")
    if proposed and chance.random() < 0.5:
        by = chance.choice([OFFICER, _STRANGER, *_people()])
        await matching.cycle([form_event(decided(chance.choice(proposed), "confirm", by=by), at=_ASKED)])


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_is_left_of_whoever_asked_however_all_is_interleaved(
    matching: Matching, connection: Connection, seed: int
) -> None:
    chance = random.Random(seed)
    words = Words(chance)
    await _take(matching, _interleaved(chance, words), chance)
    assert matching.state is not None
    left = [*await _everything_in_tables(connection), repr(values_of(matching.state))]
    assert [word for word in words.all for text in left if word in text] == []
    assert values_of(matching.state) == values_of(await read_anew(connection))
    assert set(await fetch_erasures(connection, _people())) == set(_people())
    assert _reachable(matching.published) == set()
    confirmed = [row.key for row in matching.published if row.type == PersonForgotten.event_type]
    assert sorted(confirmed) == sorted(map(str, _people()))
    assert {application_id(name) for name in _APPLICATIONS} == set(matching.state.candidates), "the bare fact stays"


@pytest.mark.parametrize("seed", range(12))
async def test_only_an_owner_a_deputy_or_a_head_confirms_and_none_of_them_once_forgotten(
    matching: Matching, seed: int
) -> None:
    chance = random.Random(seed)
    await _take(matching, _interleaved(chance, Words(chance)), chance)
    forgotten: set[str] = set()
    for row in matching.published:
        if row.type == PersonForgotten.event_type:
            forgotten.add(f"officer:{row.key}")
        if row.type == AssignmentConfirmed.event_type:
            actor = data_of(row)["actor"]
            assert actor not in forgotten
            need = next(it for it in _NEEDS if data_of(row)["need_title"] == f"Besoin {it}")
            may = (OFFICER, identifier(f"owner {need}"), *map(identifier, _DEPUTIES))
            assert actor in {f"officer:{person_id}" for person_id in may}


async def _everything_in_tables(connection: Connection) -> list[str]:
    """Each row of each table of the schema, as text."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'matching'")
    assert len(tables) > 9
    found = []
    for (table,) in tables:
        found += [row[0] for row in await connection.fetch(f'SELECT t::text FROM "{table}" AS t')]
    return found


def _reachable(published: Sequence[OutboxRow]) -> set[str]:
    """Whose contact a reader has who has read all."""
    contacts = [row for row in published if row.type == ContactPublished.event_type]
    latest = {row.key: row for row in contacts}
    return {key for key, row in latest.items() if row.payload is not None}
