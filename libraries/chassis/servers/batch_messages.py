"""The messages of Kafka's older formats, 0 and 1: one by one, or a compressed message with a set of them inside."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from libraries.chassis.servers.batch import Limits
from libraries.chassis.servers.batch_records import Decoded, bounded
from libraries.chassis.servers.codecs import TooLarge, Undecodable, decompress

_HEAD = struct.Struct(">qiIBB")
_TIMESTAMP, _LENGTH = struct.Struct(">q"), struct.Struct(">i")
_LOG_OVERHEAD, _CHECKSUM_FROM = 12, 16
_CODEC, _LOG_APPEND_TIME = 0x07, 0x08
_NO_TIMESTAMP = -1


class _Message(NamedTuple):
    offset: int
    attributes: int
    magic: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    size: int


def is_compressed(raw: memoryview) -> bool:
    """Whether a message holds others."""
    return bool(_HEAD.unpack_from(raw)[-1] & _CODEC)


def read_messages(raw: memoryview, checked: bool, limits: Limits) -> Iterator[Decoded]:
    """The records in a message, in their order; `checked` says whether checksums are compared.

    Raises Undecodable, before the first of them.
    """
    message = _read(raw, checked)
    if not message.attributes & _CODEC:
        yield _decoded(message, limits)
        return
    if message.value is None:
        raise Undecodable("it names a codec and has no value")
    plain = decompress(message.attributes & _CODEC, memoryview(message.value), limits.batch_bytes)
    inner = [_read(view, checked) for view in _split(memoryview(plain), limits)]
    if any(part.attributes & _CODEC for part in inner):
        raise Undecodable("a compressed message lies in a compressed one")
    # From format 1 on, what is inside counts from zero, and the message around has the offset of the last.
    base = message.offset - inner[-1].offset if message.magic and inner else 0
    for part in inner:
        timestamp = message.timestamp if message.attributes & _LOG_APPEND_TIME else part.timestamp
        yield _decoded(part._replace(offset=base + part.offset, timestamp=timestamp), limits)


def _decoded(message: _Message, limits: Limits) -> Decoded:
    return bounded(Decoded(message.offset, message.timestamp, message.key, message.value), message.size, limits)


def _split(plain: memoryview, limits: Limits) -> Iterator[memoryview]:
    position = count = 0
    while position < len(plain):
        count += 1
        if count > limits.records:
            raise TooLarge(f"it has more than {limits.records} records")
        if len(plain) - position < _HEAD.size:
            raise Undecodable(f"{len(plain) - position} bytes follow the last message in it")
        size = _LOG_OVERHEAD + _HEAD.unpack_from(plain, position)[1]
        if not _HEAD.size <= size <= len(plain) - position:
            raise Undecodable(f"a message in it claims {size} bytes, and {len(plain) - position} are left")
        yield plain[position : position + size]
        position += size


def _read(raw: memoryview, checked: bool) -> _Message:
    offset, _, checksum, magic, attributes = _HEAD.unpack_from(raw)
    if checked and crc32(raw[_CHECKSUM_FROM:]) != checksum:
        raise Undecodable("its checksum is wrong")
    position, timestamp = _HEAD.size, _NO_TIMESTAMP
    try:
        if magic:
            (timestamp,) = _TIMESTAMP.unpack_from(raw, position)
            position += _TIMESTAMP.size
        key, position = _bytes(raw, position)
        value, position = _bytes(raw, position)
    except struct.error:
        raise Undecodable("a message in it ends within a number") from None
    return _Message(offset, attributes, magic, timestamp, key, value, len(raw))


def _bytes(raw: memoryview, position: int) -> tuple[bytes | None, int]:
    (length,) = _LENGTH.unpack_from(raw, position)
    start = position + _LENGTH.size
    if length < 0:
        return None, start
    if length > len(raw) - start:
        raise Undecodable(f"a message in it claims {length} bytes, and {len(raw) - start} are left")
    return bytes(raw[start : start + length]), start + length
