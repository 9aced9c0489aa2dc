"""Kafka's four codecs, each undone in steps that end where the bound is reached, whatever the bytes claim."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import cramjam

Plain: TypeAlias = bytes | bytearray

_GZIP_WINDOW = 31  # of 15 bits, in gzip's frame
_GZIP_MAGIC = b"\x1f\x8b"
# Producers write one member. Each further one costs a copy of what is left, so that their number must have an end.
_MEMBERS = 100
# What Java's snappy writes: this, two versions of four bytes each, then blocks, each behind its length.
_XERIAL_MAGIC = b"\x82SNAPPY\0"
_XERIAL_HEADER_BYTES = 16
_LENGTH = struct.Struct(">i")
# JSON shrinks to a fifth or a tenth, so that the first guess mostly fits; each miss starts again from nothing.
_RATIO, _GROWTH, _SMALLEST = 8, 4, 16_384
_BUFFER_FULL = "failed to write whole buffer"  # cramjam has one error for all, and this text for a full buffer


class Undecodable(ValueError):
    """Bytes that are no batch of records; the text completes "it can't be read: …" and quotes nothing of them."""

    code = "undecodable-batch"


class TooLarge(Undecodable):
    """A batch that is more than one may be."""

    code = "too-large"


class _Full(Exception):
    """There is more than was asked for."""


def decompress(codec: int, data: memoryview, limit: int) -> Plain:
    """What was compressed with a codec of Kafka's numbering: 1 gzip, 2 snappy, 3 lz4, 4 zstd.

    Raises Undecodable; TooLarge once there are more than `limit` bytes, having held about twice as many at most.
    """
    undo = _CODECS.get(codec)
    if undo is None:
        raise Undecodable(f"its codec has the number {codec}, and Kafka's are 0 to 4")
    name, function = undo
    try:
        return function(data, limit)
    except _Full:
        raise TooLarge(f"it decompresses to more than {limit} bytes") from None
    except (Undecodable, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic in cramjam's Rust is no Exception
        raise Undecodable(f"what is compressed in it is not {name}") from None


def _gzip(data: memoryview, limit: int) -> Plain:
    plain, rest = bytearray(), bytes(data)
    for _ in range(_MEMBERS):
        member = zlib.decompressobj(_GZIP_WINDOW)
        plain += member.decompress(rest, limit - len(plain) + 1)
        _check_size(len(plain), limit)
        if not member.eof:
            raise Undecodable("its gzip stream ends too early")
        rest = member.unused_data
        if not rest.startswith(_GZIP_MAGIC):  # what follows the last member is passed over, as Java does
            return plain
    raise Undecodable(f"its gzip stream has more than {_MEMBERS} members")


def _snappy(data: memoryview, limit: int) -> Plain:
    if bytes(data[: len(_XERIAL_MAGIC)]) != _XERIAL_MAGIC:
        return _snappy_block(data, limit)
    plain, position = bytearray(), _XERIAL_HEADER_BYTES
    while position < len(data):
        (size,) = _LENGTH.unpack_from(data, position)
        position += _LENGTH.size
        if not 0 < size <= len(data) - position:
            raise Undecodable(f"a snappy block in it claims {size} bytes, and {len(data) - position} are left")
        plain += _snappy_block(data[position : position + size], limit - len(plain))
        position += size
    return plain


def _snappy_block(block: memoryview, limit: int) -> Plain:
    # A block begins with the size of what is in it, and memory is taken for as much.
    _check_size(cramjam.snappy.decompress_raw_len(block), limit)
    return bytes(cramjam.snappy.decompress_raw(block))


def _into(undo: Callable[[memoryview, bytearray], int]) -> Callable[[memoryview, int], Plain]:
    """A codec that writes into a buffer which doesn't grow: what doesn't fit stops it there."""

    def decompress_into(data: memoryview, limit: int) -> Plain:
        capacity = min(limit, max(len(data) * _RATIO, _SMALLEST))
        while True:
            plain = bytearray(capacity)
            try:
                size = undo(data, plain)
            except cramjam.DecompressionError as error:
                if _BUFFER_FULL not in str(error):
                    raise
                _check_size(capacity + 1, limit)
                capacity = min(limit, capacity * _GROWTH)
            else:
                del plain[size:]
                return plain

    return decompress_into


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise _Full


_CODECS: Final[Mapping[int, tuple[str, Callable[[memoryview, int], Plain]]]] = {
    1: ("gzip", _gzip),
    2: ("snappy", _snappy),
    3: ("lz4", _into(cramjam.lz4.decompress_into)),
    4: ("zstd", _into(cramjam.zstd.decompress_into)),
}
