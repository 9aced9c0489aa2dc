"""Dead letters: records that could not be processed, kept for their repair as far as a record of Kafka can hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import MOST_COUNTED, MOST_NAME_CHARACTERS, PERSONAL, Code, Count, EventData, Message, Name
from contracts.moments import Moment

MOST_KEY_CHARACTERS: Final = 1_000
MOST_VALUE_CHARACTERS: Final = 700_000
MOST_DETAIL_CHARACTERS: Final = 1_000
MOST_HEADERS: Final = 64
MOST_HEADER_CHARACTERS: Final = 4_000
_MOST_HEADERS_BYTES: Final = 100_000
"""Together these stay below a million bytes, whatever JSON makes of them: Kafka's own bound of a record, beyond which
a dead letter could never be published, and the relay would try for ever."""

Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]


class LeftOut(Message):
    """What a dead letter does not hold, or not to its end; the service that set the record aside has it whole."""

    part: Literal["key", "value", "headers", "detail"] = Field(description="The part of the record")
    size: Count = Field(description="Its whole size, in bytes (of headers, all names and values)")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", max_length=64, description="SHA-256 of the whole, hexadecimal")


class DeadLetterRecorded(EventData):
    """A record that a service could not process, with its position, bytes and headers as far as they fit."""

    event_type: ClassVar[str] = "engage.dead-letter.recorded.v1"
    key_field: ClassVar[str] = "dead_letter_id"

    dead_letter_id: UUID = Field(description="The dead letter, the same whenever the record is set aside")
    service: Code = Field(description="The service that could not process it")
    topic: Annotated[str, Field(max_length=249)] = Field(description="The topic that the record came from")
    partition: int = Field(ge=0, le=2_147_483_647, description="Its partition")
    offset: int = Field(ge=0, le=MOST_COUNTED, description="Its offset in the partition")
    reason: Code = Field(description="Why, as a code: json, contract, handler-failed, kills-the-process …")
    detail: str = Field(
        pattern=r"^[^\x00]*$",
        max_length=MOST_DETAIL_CHARACTERS,
        description="What was wrong, without quoting the record",
    )
    recorded_at: Moment = Field(description="When the record was produced, by its own timestamp")
    key: Annotated[Base64 | None, PERSONAL] = Field(
        max_length=MOST_KEY_CHARACTERS, description="Base64 of the record's key, or of its beginning"
    )
    value: Annotated[Base64 | None, PERSONAL] = Field(
        max_length=MOST_VALUE_CHARACTERS, description="Base64 of the record's value, or of its beginning"
    )
    headers: Annotated[
        tuple[tuple[Name, Annotated[Base64, Field(max_length=MOST_HEADER_CHARACTERS)] | None], ...], PERSONAL
    ] = Field(max_length=MOST_HEADERS, description="The headers that fit, their values in base64")
    left_out: tuple[LeftOut, ...] = Field(
        default=(), max_length=4, description="The parts that are not here to their end; none where all is here"
    )


def bounded(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]], detail: str
) -> dict[str, Any]:
    """What a dead letter holds of a record, whatever its size: the fields key, value, headers, detail and left_out.

    Measured as encoded. Of a key or a value that is too large its beginning is held; a header is held whole or not.
    """
    # As JSON takes it: no text may hold half of a surrogate pair, nor U+0000.
    said = detail.encode(errors="backslashreplace").decode().replace("\0", "\\0")
    held = list(_fitting(headers))
    whole: dict[str, tuple[bool, Iterable[bytes]]] = {
        "key": (_fits(key, MOST_KEY_CHARACTERS), (key or b"",)),
        "value": (_fits(value, MOST_VALUE_CHARACTERS), (value or b"",)),
        "headers": (len(held) == len(headers), (_encoded(part) for header in headers for part in header)),
        "detail": (len(said) <= MOST_DETAIL_CHARACTERS, (said.encode(),)),
    }
    return {
        "key": _beginning(key, MOST_KEY_CHARACTERS),
        "value": _beginning(value, MOST_VALUE_CHARACTERS),
        "headers": tuple(held),
        "detail": said[:MOST_DETAIL_CHARACTERS],
        "left_out": tuple(_left_out(part, pieces) for part, (fits, pieces) in whole.items() if not fits),
    }


def _fitting(headers: Iterable[tuple[str, bytes | None]]) -> Iterable[tuple[str, str | None]]:
    """The headers that fit, as they are held, in their order."""
    count, room = 0, _MOST_HEADERS_BYTES
    for name, value in headers:
        if len(name) <= MOST_NAME_CHARACTERS and _is_text(name) and _fits(value, MOST_HEADER_CHARACTERS):
            encoded = _beginning(value, MOST_HEADER_CHARACTERS)
            # At worst JSON writes six characters for one of a name.
            room -= 6 * len(name) + len(encoded or "")
            count += 1
            if room < 0 or count > MOST_HEADERS:
                return
            yield name, encoded


def _is_text(name: str) -> bool:
    return "\0" not in name and name == name.encode(errors="replace").decode()


def _fits(value: bytes | None, most: int) -> bool:
    return len(value or b"") <= most // 4 * 3


def _beginning(value: bytes | None, most: int) -> str | None:
    return None if value is None else base64.b64encode(value[: most // 4 * 3]).decode()


def _encoded(part: str | bytes | None) -> bytes:
    return part.encode(errors="backslashreplace") if isinstance(part, str) else part or b""


def _left_out(part: Any, pieces: Iterable[bytes]) -> LeftOut:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return LeftOut(part=part, size=size, sha256=digest.hexdigest())
