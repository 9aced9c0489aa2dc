"""Dead letters: records that could not be processed, kept whole for their repair."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import PERSONAL, Code, EventData


class DeadLetterRecorded(EventData):
    """A record that a service could not process, with its position, bytes and headers."""

    event_type: ClassVar[str] = "engage.dead-letter.recorded.v1"
    key_field: ClassVar[str] = "dead_letter_id"

    dead_letter_id: UUID = Field(description="The dead letter, the same whenever the record is set aside")
    service: Code = Field(description="The service that could not process it")
    topic: str = Field(description="The topic that the record came from")
    partition: int = Field(description="Its partition")
    offset: int = Field(description="Its offset in the partition")
    reason: Code = Field(description="Why, as a code: json, contract, handler-failed, kills-the-process …")
    detail: str = Field(description="What was wrong, without quoting the record")
    recorded_at: AwareDatetime = Field(description="When the record was produced, by its own timestamp")
    key: Annotated[str | None, PERSONAL] = Field(description="Base64 of the record's key")
    value: Annotated[str | None, PERSONAL] = Field(description="Base64 of the record's value; null where it is large")
    headers: Annotated[tuple[tuple[str, str | None], ...], PERSONAL] = Field(description="Values in base64")
