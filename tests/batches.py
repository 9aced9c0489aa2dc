"""Batches of records as bytes, sound ones and such as no producer makes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import codec
from aiokafka.record.util import calc_crc32c

HEADER = struct.Struct(">qiibIhiqqqhii")
NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
TRANSACTIONAL, CONTROL = 0x10, 0x20
NOON = 1_795_867_200_000  # in milliseconds
_CHECKSUM_AT, _CHECKSUM_FROM, _LENGTH_AT, _LENGTH_FROM = 17, 21, 8, 12


def number(value: int) -> bytes:
    """A signed number in zigzag, seven bits a byte."""
    rest, encoded = (value << 1) ^ (value >> 63), bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def sized(data: bytes | None) -> bytes:
    """Bytes behind their length, or the sign that there are none."""
    return number(-1) if data is None else number(len(data)) + data


def record(
    offset: int,
    value: bytes | None = b"{}",
    *,
    key: bytes | None = b"key",
    headers: Sequence[tuple[bytes, bytes | None]] = (),
    header_count: int | None = None,
    later_ms: int = 0,
    tail: bytes = b"",
) -> bytes:
    """A record, whose offset counts from its batch's first; `tail` is put after its last header."""
    count = len(headers) if header_count is None else header_count
    named = b"".join(sized(name) + sized(value) for name, value in headers)
    return sized(b"\0" + number(later_ms) + number(offset) + sized(key) + sized(value) + number(count) + named + tail)


def batch(records: Iterable[bytes], *, base: int = 0, compression: int = NONE, **fields: Any) -> bytes:
    """A batch with the right checksum; `fields` stand in its header in place of what is true."""
    whole = list(records)
    return raw_batch(compressed(compression, b"".join(whole)), len(whole), base=base, compression=compression, **fields)


def raw_batch(
    body: bytes,
    count: int,
    *,
    base: int = 0,
    compression: int = NONE,
    magic: int = 2,
    attributes: int = 0,
    last_offset_delta: int | None = None,
    first_timestamp: int = NOON,
    max_timestamp: int = NOON,
    producer_id: int = -1,
) -> bytes:
    """A batch around bytes that say they are so many records, compressed."""
    last = count - 1 if last_offset_delta is None else last_offset_delta
    times = first_timestamp, max_timestamp
    head = HEADER.pack(base, 0, 0, magic, 0, attributes | compression, last, *times, producer_id, 0, 0, count)
    return repaired(head + body)


def repaired(data: bytes) -> bytes:
    """A batch with its length and its checksum made right."""
    fixed = bytearray(data)
    fixed[_LENGTH_AT:_LENGTH_FROM] = struct.pack(">i", len(fixed) - _LENGTH_FROM)
    fixed[_CHECKSUM_AT:_CHECKSUM_FROM] = struct.pack(">I", calc_crc32c(bytes(fixed[_CHECKSUM_FROM:])))
    return bytes(fixed)


def compressed(compression: int, data: bytes) -> bytes:
    """Bytes as Kafka's codec of that number has them."""
    encoders = {GZIP: codec.gzip_encode, SNAPPY: codec.snappy_encode, LZ4: codec.lz4_encode, ZSTD: codec.zstd_encode}
    return bytes(encoders[compression](data)) if compression else data
