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

    dead_letter_id: UUID
    service: Code
    topic: str
    partition: int
    offset: int
    reason: Code
    detail: str = Field(description="What was wrong, without quoting the record")
    recorded_at: AwareDatetime
    key: Annotated[str | None, PERSONAL] = Field(description="Base64 of the record's key")
    value: Annotated[str | None, PERSONAL] = Field(description="Base64 of the record's value; null where it is large")
    headers: Annotated[tuple[tuple[str, str | None], ...], PERSONAL] = Field(description="Values in base64")
