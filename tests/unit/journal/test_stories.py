"""Whatever order topics are read in, the same things come of them, in the same stories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from contracts.any_event import AnyData, decode_any
from contracts.applications import ApplicationContentErased
from contracts.event import Event
from services.journal.book import ERASED_FACTS, ERASED_FIELDS, Book
from services.journal.things import Thing, said_by
from tests.events import START, example
from tests.ids import identifier
from tests.unit.journal.events import Told, mentor_id, need, need_id, story, told

NAMES = ("a", "b")
LANES = [lane for name in NAMES for lane in story(name).values()] + [[need()]]
ALL = [each for lane in LANES for each in lane]


def things_of(events: Iterable[Told]) -> dict[UUID, Thing]:
    book = Book({})
    for event, _, recorded_at in events:
        book.hear(event, said_by(event, recorded_at))
    return book.things


def story_of(things: dict[UUID, Thing], identifier: UUID) -> UUID:
    seen: list[UUID] = []
    while (thing := things.get(identifier)) is not None and identifier not in seen:
        seen.append(identifier)
        identifier = thing.story_id or thing.parent_id or identifier
    return identifier


def stories_of(things: dict[UUID, Thing]) -> dict[UUID, UUID]:
    return {identifier: story_of(things, identifier) for identifier in things}


@given(st.permutations(ALL))
def test_any_order_gives_the_same_stories_and_states(shuffled: Sequence[Told]) -> None:
    wanted, found = things_of(ALL), things_of(shuffled)
    assert stories_of(found) == stories_of(wanted)
    assert {key: (thing.kind, thing.state) for key, thing in found.items()} == {
        key: (thing.kind, thing.state) for key, thing in wanted.items()
    }


@given(st.permutations([place for place, lane in enumerate(LANES) for _ in lane]))
def test_topics_that_are_read_in_turns_leave_all_the_same(turns: Sequence[int]) -> None:
    # Each partition in its order, one before the other in any way.
    lanes = [iter(lane) for lane in LANES]
    assert things_of(next(lanes[turn]) for turn in turns) == things_of(ALL)


def test_all_that_follows_from_an_application_is_its_story_and_needs_are_their_own() -> None:
    stories = stories_of(things_of(ALL))
    for name in NAMES:
        kinds = ("assignment", "pair", "obstacle", "mail", "introduction", "dead letter", "application")
        assert {stories[identifier(f"{kind} {name}")] for kind in kinds} == {identifier(f"application {name}")}
    assert stories[need_id()] == need_id()
    assert mentor_id() not in stories


def test_states_are_their_things_own() -> None:
    things = things_of(ALL)
    states = {kind: things[identifier(f"{kind} a")].state for kind in ("assignment", "pair", "obstacle", "mail")}
    assert states == {"assignment": "confirmed", "pair": "ended", "obstacle": "lifted", "mail": "sent"}, (
        "a state of a support action is none of its assignment's"
    )
    assert things[identifier("dead letter a")].state == "dead"


def test_what_is_gone_may_come_back() -> None:
    first = need()
    gone = Event(*first.event[:7], first.event.data.plain(need_id(), None), None, None)
    gone = gone._replace(time=START.replace(hour=10), id=str(identifier("gone")))
    closed = Told(gone, "needs.v1", START.replace(hour=10))
    assert things_of([first, closed])[need_id()].state == "closed"
    assert things_of([closed, first])[need_id()].state == "closed"
    again = Told(first.event._replace(id=str(identifier("again"))), "needs.v1", START.replace(hour=11))
    for order in ([first, closed, again], [again, closed, first], [closed, again, first]):
        assert things_of(order)[need_id()].state == "open"


def test_what_no_contract_knows_is_about_its_key_or_about_what_its_type_names() -> None:
    key, application_id = identifier("key"), identifier("application a")
    later = read(
        "engage.assignment.weighed.v3", key, {"assignment_id": str(key), "application_id": str(application_id)}
    )
    stranger = read("engage.weather.observed.v1", key, {"sun": True})
    other = read("something-else", key, {"application_id": str(application_id)})
    (said,) = said_by(later, START)
    assert (said.kind, said.id, said.story_id) == ("assignment", key, application_id)
    (said,) = said_by(stranger, START)
    assert (said.kind, said.id, said.story_id) == (None, key, None)
    (said,) = said_by(other, START)
    assert (said.kind, said.id, said.story_id) == (None, key, application_id)


def test_odd_values_are_passed_over() -> None:
    key = identifier("key")
    odd: dict[str, Any] = {"application_id": 5, "version": "x", "to": ["?"], "follow_ups": [None, {"occasions": 3}]}
    (said,) = said_by(read("engage.pair.offered.v1", key, odd), START)
    assert (said.id, said.story_id, said.state, said.rank.version) == (key, None, None, 0)


@given(st.permutations(ALL))
def test_what_an_application_said_goes_with_its_erasure_whatever_is_read_first(shuffled: Sequence[Told]) -> None:
    erasure = told(
        example(ApplicationContentErased, application_id=identifier("application a")), "applications.v1", name="erasure"
    )
    book = Book({})
    kept = [book.hear(event, said_by(event, at)) for event, _, at in (erasure, *shuffled)]
    of_a = {identifier(f"{kind} a") for kind in ("application", "assignment", "pair", "obstacle", "introduction")}
    for each in of_a:
        assert not set(ERASED_FACTS) & book.things[each].facts.keys()
    for payload, (event, _, _) in zip(kept[1:], shuffled, strict=True):
        said = event.data.said or {}
        is_of_a = said.get("application_id") == str(identifier("application a"))
        left = orjson.loads(payload or b"{}")
        assert bool(set(ERASED_FIELDS) & left.keys()) == (not is_of_a and bool(set(ERASED_FIELDS) & said.keys()))
    assert "title" in book.things[identifier("pair b")].facts
    assert book.erased == {identifier("application a")}


def read(event_type: str, key: UUID, data: dict[str, Any]) -> Event[AnyData]:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(identifier("event")),
        "ce_source": "urn:engage:somebody",
        "ce_type": event_type,
        "ce_time": START.isoformat(),
        "content-type": "application/json",
    }
    return decode_any(str(key).encode(), orjson.dumps(data), [(name, text.encode()) for name, text in headers.items()])
