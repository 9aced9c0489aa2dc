"""Dead letters: which records could not be processed and why, without a word of what they said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import MOST_COUNTED, Code, Count, EventData, Message
from contracts.moments import Moment

MOST_DETAIL_CHARACTERS: Final = 1_000


class Part(Message):
    """A part of a record that was set aside: enough to know it again, and nothing of what it says."""

    part: Literal["key", "value", "headers"] = Field(description="The part of the record")
    size: Count = Field(description="Its size, in bytes (of headers, all names and values)")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", max_length=64, description="SHA-256 of it, hexadecimal")


class DeadLetterRecorded(EventData):
    """A record that a service could not process, by its position, what can be read of its ids, and its digests.

    What it says may be personal, so it is not here: who was forgotten would go on being named for as long as the topic
    is kept. The service that set it aside keeps it, for its repair, in its own tables, where an erasure reaches it.
    """

    event_type: ClassVar[str] = "engage.dead-letter.recorded.v1"
    key_field: ClassVar[str] = "dead_letter_id"
    minor: ClassVar[int] = 1

    dead_letter_id: UUID = Field(description="The dead letter, the same whenever the record is set aside")
    service: Code = Field(description="The service that could not process it")
    topic: Annotated[str, Field(max_length=249)] = Field(description="The topic that the record came from")
    partition: int = Field(ge=0, le=2_147_483_647, description="Its partition")
    offset: int = Field(ge=0, le=MOST_COUNTED, description="Its offset in the partition")
    reason: Code = Field(description="Why, as a code: json, contract, handler-failed, kills-the-process …")
    detail: str = Field(
        pattern=r"^[^\x00]*$",
        max_length=MOST_DETAIL_CHARACTERS,
        description="What was wrong, without quoting the record; its beginning where that is long",
    )
    recorded_at: Moment = Field(description="When the record was produced, by its own timestamp")
    subject_id: UUID | None = Field(default=None, description="The record's key, where that is an id")
    event_id: UUID | None = Field(default=None, description="The event's id, where that can be read and is a UUID")
    parts: tuple[Part, ...] = Field(
        default=(), max_length=3, description="The record's parts; none of what has no record"
    )
    ce_id: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="The event's id, any text, where that can be read and be passed on"
    )
    ce_source: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="Its source, where that can be read and is one that is known"
    )
    ce_type: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="Its type, where that can be read and is one that the topic carries"
    )


def said_of(detail: str) -> str:
    """What a dead letter says of what was wrong: as JSON takes it, and no longer than it may be."""
    # No text may hold half of a surrogate pair, nor U+0000.
    text = detail.encode(errors="backslashreplace").decode().replace("\0", "\\0")
    return text[:MOST_DETAIL_CHARACTERS]


def parts_of(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
) -> tuple[Part, Part, Part]:
    """The parts of a record, by their sizes and digests; what is missing counts as empty."""
    told = (_encoded(part) for header in headers for part in header)
    return _part("key", (key or b"",)), _part("value", (value or b"",)), _part("headers", told)


def id_in(key: bytes | None) -> UUID | None:
    """The id that a record's key is, if it is one in its usual form."""
    if key is None or len(key) != _UUID_CHARACTERS:
        return None
    try:
        found = UUID(key.decode())
    except ValueError:  # of which a UnicodeDecodeError is one
        return None
    # UUID() takes other ways to write one, too, which may hide anything.
    return found if str(found).encode() == key.lower() else None


_UUID_CHARACTERS: Final = 36


def _encoded(part: str | bytes | None) -> bytes:
    return part.encode(errors="backslashreplace") if isinstance(part, str) else part or b""


def _part(part: Literal["key", "value", "headers"], pieces: Iterable[bytes]) -> Part:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return Part(part=part, size=size, sha256=digest.hexdigest())
