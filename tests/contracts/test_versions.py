"""Two versions of one event side by side: the old one is brought up when it is read, the new one is written."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import Field, ValidationError

from contracts.codec import ContractViolation, Record, data_schema, decode, encode, newest
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.topic import Topic
from tests.events import START, event_of

KEY = UUID("5a0f6f3e-2b61-4c55-9d6c-0d2a4f9f9b10")


class ReportedThird(EventData):
    """A meeting was held: its minutes and who was there."""

    event_type: ClassVar[str] = "engage.meeting.reported.v3"
    key_field: ClassVar[str] = "meeting_id"
    minor: ClassVar[int] = 2

    meeting_id: UUID
    minutes: int = Field(ge=1)
    present: tuple[str, ...]


class ReportedSecond(EventData):
    """The version before: one person was named."""

    event_type: ClassVar[str] = "engage.meeting.reported.v2"
    key_field: ClassVar[str] = "meeting_id"

    meeting_id: UUID
    minutes: int
    person: str

    def upcast(self) -> EventData:
        return ReportedThird(meeting_id=self.meeting_id, minutes=self.minutes, present=(self.person,))


class ReportedFirst(EventData):
    """The first version: hours, and nobody named."""

    event_type: ClassVar[str] = "engage.meeting.reported.v1"
    key_field: ClassVar[str] = "meeting_id"

    meeting_id: UUID
    hours: int

    def upcast(self) -> EventData:
        return ReportedSecond(meeting_id=self.meeting_id, minutes=60 * self.hours, person="somebody")


MEETINGS = Topic(
    name="meetings.v1",
    description="Meetings",
    key="meeting id",
    compacted=True,
    privacy="public",
    producers=("mentoring",),
    events=(ReportedThird,),
    earlier=(ReportedSecond, ReportedFirst),
)
THIRD = ReportedThird(meeting_id=KEY, minutes=120, present=("somebody",))


def sent(data: EventData) -> Record:
    return encode(event_of(data, at=START))


@pytest.mark.parametrize(
    "data",
    [
        ReportedFirst(meeting_id=KEY, hours=2),
        ReportedSecond(meeting_id=KEY, minutes=120, person="somebody"),
        THIRD,
    ],
    ids=lambda data: data.event_type[-2:],
)
def test_every_version_is_read_as_the_newest(data: EventData) -> None:
    event = decode(MEETINGS, *sent(data))
    assert isinstance(event, Event)
    assert event.data == THIRD
    assert event.type == "engage.meeting.reported.v3"
    assert newest(data) == THIRD


def test_a_record_names_the_schema_of_its_own_version() -> None:
    assert dict(sent(THIRD).headers)["ce_dataschema"] == b"urn:engage:meeting:reported:v3.2"
    first = sent(ReportedFirst(meeting_id=KEY, hours=2))
    assert dict(first.headers)["ce_dataschema"] == data_schema("engage.meeting.reported.v1", 0).encode()


def test_what_a_version_can_not_be_brought_up_to_is_a_violation_with_its_field() -> None:
    with pytest.raises(ContractViolation, match="minutes: Input should be greater than or equal to 1"):
        decode(MEETINGS, *sent(ReportedFirst(meeting_id=KEY, hours=0)))
    with pytest.raises(ValidationError):
        newest(ReportedFirst(meeting_id=KEY, hours=0))


def test_a_version_that_nobody_knows_is_refused_with_those_that_are() -> None:
    record = sent(THIRD)
    headers = [(name, b"engage.meeting.reported.v4" if name == "ce_type" else value) for name, value in record.headers]
    with pytest.raises(ContractViolation, match=r"these are: .*v1, .*v2, .*v3") as caught:
        decode(MEETINGS, record.key, record.value, headers)
    assert caught.value.code == "unknown-type"


def test_a_tombstone_of_any_version_ends_the_thing() -> None:
    record = sent(ReportedFirst(meeting_id=KEY, hours=2))
    gone = decode(MEETINGS, record.key, None, record.headers)
    assert isinstance(gone, Tombstone)
    assert gone.retracted is ReportedThird
