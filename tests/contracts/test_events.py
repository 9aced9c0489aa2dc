"""The factory of example events gives one of every event, valid as it is read."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.codec import decode, encode, newest
from contracts.event import Event
from contracts.message import EventData
from contracts.offers import PairAnswered, PairDeclined, PairOffered
from publication.versions import Version, versions
from tests.events import START, event_of, example
from tests.ids import identifier


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
def test_every_event_has_an_example_that_is_read_as_it_was_written(version: Version) -> None:
    for data in (example(version.model), example(version.model, smallest=True)):
        record = encode(event_of(data, at=START))
        read = decode(version.topic, *record)
        assert isinstance(read, Event)
        assert read.data == newest(data)


def test_examples_tell_of_the_same_things_unless_a_test_says_otherwise() -> None:
    assert example(PairAnswered).pair_id == example(PairOffered).pair_id
    other = example(PairDeclined, pair_id=identifier("another pair"), from_state=None, to_state="declined")
    assert (other.pair_id, other.from_state, other.to_state) == (identifier("another pair"), None, "declined")
    assert other.assignment_id == example(PairOffered).assignment_id


def test_what_is_no_field_or_no_value_of_it_is_a_mistake_of_the_test() -> None:
    with pytest.raises(TypeError, match="PairAnswered has no field pair"):
        example(PairAnswered, pair=identifier("pair"))
    with pytest.raises(ValidationError):
        example(PairAnswered, party="somebody")
    with pytest.raises(LookupError, match="no topic carries Unlisted"):
        example(Unlisted)


class Unlisted(EventData):
    """An event that no topic carries."""

    event_type: ClassVar[str] = "engage.nothing.listed.v1"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID


def test_an_event_has_the_same_id_by_the_same_name_and_is_caused_by_another() -> None:
    data = example(PairAnswered)
    first, again = (event_of(data, at=START, name="answer") for _ in range(2))
    assert first == again
    assert event_of(data, at=START).id != event_of(data, at=START).id
    after = event_of(example(PairDeclined), because_of=first)
    assert (after.causation_id, after.correlation_id) == (first.id, first.correlation_id)
