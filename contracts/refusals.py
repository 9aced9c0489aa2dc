"""Refusals: which records of forms can't be taken, where they lie and what would be right, for whoever sent them."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.dead_letters import MOST_DETAIL_CHARACTERS
from contracts.event import PASSED_ON
from contracts.message import MOST_COUNTED, Code, EventData, Message
from contracts.moments import Moment
from contracts.violation import MOST_PROBLEMS

_Told = Annotated[str, Field(pattern=PASSED_ON, max_length=200)]
_Said = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=MOST_DETAIL_CHARACTERS)]


class Problem(Message):
    """One field or header that is not as it should be."""

    field: _Said = Field(description="The field, as a dotted path, or the header")
    expected: _Said = Field(description="What would be right")


class FormRefused(EventData):
    """A form's record that its reader can't take: it has no effect until it is sent again, corrected.

    Nothing of what it says is here. It is known by its place, which Kafka told its sender, and by what can be read of
    its ids. What a rule refuses is told under its own key on the topic of the thing instead.
    """

    event_type: ClassVar[str] = "engage.form.refused.v1"
    topic_name: ClassVar[str] = "refusals.v1"
    key_field: ClassVar[str] = "refusal_id"

    refusal_id: UUID = Field(description="The refusal; the same as the dead letter that tells operators of the record")
    service: Code = Field(description="The service that can't take it; several may read one topic")
    topic: Annotated[str, Field(max_length=249)] = Field(description="The topic that it was sent to")
    partition: int = Field(ge=0, le=2_147_483_647, description="Its partition")
    offset: int = Field(ge=0, le=MOST_COUNTED, description="Its offset in the partition")
    recorded_at: Moment = Field(description="When the record was produced, by its own timestamp")
    reason: Code = Field(description="Why, as a code: contract, json, header, key, source, id-used-again …")
    detail: _Said = Field(description="What was wrong and what would be right; its beginning where that is long")
    problems: tuple[Problem, ...] = Field(
        max_length=MOST_PROBLEMS, description="Each field or header that is wrong, as far as that can be said of one"
    )
    subject_id: UUID | None = Field(description="The record's key, where that is an id")
    ce_id: _Told | None = Field(
        description="The event's id, where that can be read; of one that is not passed on, the UUID in its place"
    )
    ce_source: _Told | None = Field(description="Its source, where that can be read and is one that is known")
    ce_type: Annotated[str, Field(max_length=200)] | None = Field(
        description="Its type, where that can be read and is one that the topic carries"
    )
