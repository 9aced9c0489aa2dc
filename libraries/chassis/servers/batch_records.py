"""The records in a batch of message format 2, read one by one with doubt: what one is made of spoils no other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from contracts.headers import Headers
from contracts.violation import ContractViolation
from libraries.chassis.servers.batch import Header, Limits
from libraries.chassis.servers.codecs import Undecodable

_INT64 = 1 << 64
_LONGEST_NUMBER = 10  # bytes, of seven bits each


class Decoded(NamedTuple):
    """One record of a batch, and why it is none that a contract allows."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    violation: ContractViolation | None = None


def read_records(header: Header, body: memoryview, first: int, limits: Limits) -> Iterator[Decoded]:
    """The records of a batch from an offset on, in their order; `body` is what follows its header, uncompressed.

    Raises Undecodable where a record, or what follows the last one, is none; those before it are good.
    """
    position, least = 0, header.base_offset
    for number in range(header.records):
        try:
            length, start = _number(body, position)
            if not 0 < length <= len(body) - start:
                raise Undecodable(f"claims {length} bytes, and {len(body) - start} are left")
            position = start + length
            timestamp_delta, place = _number(body, start + 1)  # the first byte is for attributes, and there are none
            offset_delta, place = _number(body, place)
            offset = header.base_offset + offset_delta
            if offset < least:
                raise Undecodable(f"has the offset {offset}, and {least} was the least")
            least = offset + 1
            if offset < first:
                continue
            record = _read_record(offset, _timestamp(header, timestamp_delta), body[place:position], limits)
        except Undecodable as problem:
            raise Undecodable(f"its record {number} {problem}") from None
        yield bounded(record, length, limits)
    if position != len(body):
        raise Undecodable(f"{len(body) - position} bytes follow the last of its {header.records} records")


def bounded(record: Decoded, size: int, limits: Limits) -> Decoded:
    """A record, cut down where its `size` in bytes is more than one may have."""
    if size <= limits.record_bytes:
        return record
    value = record.value or b""
    problem = (
        f"the record has {size} bytes, and at most {limits.record_bytes} are taken; its value has {len(value)} bytes "
        f"with the SHA-256 {sha256(value).hexdigest()}, and at most the first {limits.kept_bytes} are kept"
    )
    return record._replace(
        key=None if record.key is None else record.key[: limits.kept_bytes],
        value=None if record.value is None else record.value[: limits.kept_bytes],
        headers=_within(record.headers, limits.kept_bytes),
        violation=ContractViolation("too-large", problem),
    )


def _timestamp(header: Header, delta: int) -> int:
    if header.appended_at is not None:
        return header.appended_at
    # Whoever chose a time at the edge of 64 bits gets what Java and C make of it.
    return (header.first_timestamp + delta + _INT64 // 2) % _INT64 - _INT64 // 2


def _read_record(offset: int, timestamp: int, rest: memoryview, limits: Limits) -> Decoded:
    key, position = _bytes(rest, 0)
    value, position = _bytes(rest, position)
    count, position = _number(rest, position)
    if count < 0:
        raise Undecodable(f"claims {count} headers")
    headers, violation, position = _read_headers(rest, position, min(count, limits.headers))
    if count > limits.headers:
        problem = f"the record claims {count} headers, and at most {limits.headers} are read"
        violation = ContractViolation("header", problem)
    elif position != len(rest):
        raise Undecodable(f"has {len(rest) - position} bytes after its last header")
    return Decoded(offset, timestamp, key, value, headers, violation)


def _read_headers(
    rest: memoryview, position: int, count: int
) -> tuple[list[tuple[str, bytes | None]], ContractViolation | None, int]:
    headers: list[tuple[str, bytes | None]] = []
    violation = None
    for number in range(1, count + 1):
        name, position = _bytes(rest, position)
        if name is None:
            raise Undecodable(f"has a header {number} without a name")
        value, position = _bytes(rest, position)
        try:
            headers.append((name.decode(), value))
        except UnicodeDecodeError:
            headers.append((name.decode(errors="backslashreplace"), value))
            violation = violation or ContractViolation("header", f"the name of header {number} must be UTF-8")
    return headers, violation, position


def _within(headers: Headers, limit: int) -> Headers:
    kept = []
    for name, value in headers:
        limit -= len(name) + len(value or b"")
        if limit < 0:
            break
        kept.append((name, value))
    return kept


def _bytes(view: memoryview, position: int) -> tuple[bytes | None, int]:
    """Bytes behind their length, and where they end; None where the length is negative."""
    length, start = _number(view, position)
    if length < 0:
        return None, start
    if length > len(view) - start:
        raise Undecodable(f"claims {length} bytes for a part of it, and {len(view) - start} are left")
    return bytes(view[start : start + length]), start + length


def _number(view: memoryview, position: int) -> tuple[int, int]:
    """A signed number of up to 64 bits in zigzag and seven bits a byte, and where it ends."""
    if position < len(view) and (value := view[position]) < 0x80:  # as nearly all are
        return (value >> 1) ^ -(value & 1), position + 1
    value = shift = 0
    for byte in view[position : position + _LONGEST_NUMBER]:
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            value %= _INT64
            return (value >> 1) ^ -(value & 1), position
        shift += 7
    raise Undecodable("ends within a number")
