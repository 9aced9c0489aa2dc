"""The batches in a partition's fetched bytes: where each begins and ends, and what its header says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from aiokafka.record.util import calc_crc32c

from libraries.chassis.servers.codecs import Undecodable, decompress

_HEADER = struct.Struct(">qiibIhiqqqhii")
_OFFSET, _LENGTH = struct.Struct(">q"), struct.Struct(">i")
# All message formats begin with an offset of 8 bytes and a length of 4, and have the format's number at 16.
_BEFORE_LENGTH, _LOG_OVERHEAD, _MAGIC_AT = 8, 12, 16
_SMALLEST_LENGTH = 14  # of a message of format 0 with neither key nor value
_CHECKSUM_FROM = 21  # the attributes: what comes before is the broker's to change
_CODEC, _LOG_APPEND_TIME, TRANSACTIONAL, CONTROL = 0x07, 0x08, 0x10, 0x20
# No producer makes batches of so many; a header that claims more must not carry us past the end of the log.
_MOST_OFFSETS = 1_000_000
# aiokafka's reader looks a few bytes past the end of a batch whose last number is cut off.
_PADDING = bytes(32)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken of what a sender made: beyond `kept_bytes`, a key or value that is set aside is cut off."""

    batch_bytes: int = 16 << 20
    record_bytes: int = 2 << 20
    # Our smallest records have about 300 bytes, so that a batch within its bytes never has as many.
    records: int = 100_000
    headers: int = 1_000
    kept_bytes: int = 64 << 10
    # A fetched megabyte may be a hundred such batches: what is beyond these bytes is fetched again, later. It must be
    # well above a batch's, or a large one would be fetched, decompressed and read anew for every few records.
    fetch_bytes: int = 32 << 20


class Header(NamedTuple):
    """What a batch of message format 2 says of itself, in the order of its bytes."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    checksum: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    records: int

    @property
    def codec(self) -> int:
        """The number of its codec; 0 for none."""
        return self.attributes & _CODEC

    @property
    def appended_at(self) -> int | None:
        """The timestamp that the broker gave all its records, in milliseconds; None where producers choose."""
        return self.max_timestamp if self.attributes & _LOG_APPEND_TIME else None

    @property
    def last(self) -> int:
        """The greatest offset that a record in it may have: in doubt the greater, so that none is left out."""
        span = self.last_offset_delta + 1
        return self.base_offset + (span if self.records <= span <= _MOST_OFFSETS else self.records) - 1


class Batch:
    """A batch's bytes; `following` is the offset at which the next one in the answer begins, if there is one.

    `header` is what it says of itself in message format 2, where there are bytes enough for it, whatever the number
    of its format; `offset` is the one that it begins with: of a batch its first, of a message of an older format its
    last.
    """

    __slots__ = ("following", "header", "offset", "raw", "whole")

    def __init__(self, raw: memoryview, following: int | None = None, whole: bool = True) -> None:
        self.raw, self.following, self.whole = raw, following, whole
        self.header = Header._make(_HEADER.unpack_from(raw)) if len(raw) >= _HEADER.size else None
        self.offset = self.header.base_offset if self.header else _first_offset(raw) or 0

    @property
    def magic(self) -> int:
        """The number of its message format; raises Undecodable where there are too few bytes for any."""
        if not self.whole:
            raise Undecodable("it does not end where its length says")
        magic = self.raw[_MAGIC_AT]
        if magic > 2:
            raise Undecodable(f"its message format has the number {magic}, and Kafka's are 0 to 2")
        return magic

    def is_sound(self, header: Header) -> bool:
        """Whether its checksum is right."""
        return bool(calc_crc32c(self.raw[_CHECKSUM_FROM:]) == header.checksum)

    def decompressed(self, header: Header, limit: int) -> memoryview:
        """The same batch without its codec, for a reader that looks at neither its length nor its checksum.

        Raises Undecodable.
        """
        head = _HEADER.pack(*header._replace(attributes=header.attributes & ~_CODEC))
        plain = decompress(header.codec, self.raw[_HEADER.size :], limit)
        return memoryview(b"".join((head, plain, _PADDING)))[: -len(_PADDING)]

    def end(self, compacted: bool) -> int | None:
        """The offset after its last one, as its header says; None where that is not to be believed."""
        if self.whole and self.raw[_MAGIC_AT] < 2:
            return self.offset + 1
        header = self.header
        if header is None or header.base_offset < 0:
            return None
        span = header.last_offset_delta + 1
        # Only compaction leaves gaps: elsewhere both are the same, and the smaller is the safer.
        if not compacted and header.records < span:
            span = header.records
        return header.base_offset + span if 0 < span <= _MOST_OFFSETS else None


def body(uncompressed: memoryview) -> memoryview:
    """The records of an uncompressed batch, without its header."""
    return uncompressed[_HEADER.size :]


class FetchedBytes:
    """What a broker answered for one partition; stands where aiokafka has its MemoryRecords."""

    def __init__(self, data: bytes | None) -> None:
        self.data = data or b""

    def has_next(self) -> bool:
        """Whether there is anything: a first batch that doesn't end is ours to report and to step over, too."""
        return bool(self.data)

    def size_in_bytes(self) -> int:
        """How many bytes were answered."""
        return len(self.data)

    def batches(self) -> Iterator[Batch]:
        """The batches, in their order.

        A broker cuts its answer off where it is long enough. So a last batch that doesn't end is no matter: it is
        fetched again, as the first. As the first it is all that there is, up to the end of the answer.
        """
        view, position = memoryview(self.data + _PADDING)[: len(self.data)], 0
        while (end := _end(view, position)) is not None:
            yield Batch(view[position:end], _first_offset(view, end))
            position = end
        if position == 0 and view:
            yield Batch(view, whole=False)


def _end(view: memoryview, position: int) -> int | None:
    if len(view) - position < _LOG_OVERHEAD:
        return None
    length: int = _LENGTH.unpack_from(view, position + _BEFORE_LENGTH)[0]
    end = position + _LOG_OVERHEAD + length
    return end if length >= _SMALLEST_LENGTH and end <= len(view) else None


def _first_offset(view: memoryview, position: int = 0) -> int | None:
    offset: int | None = _OFFSET.unpack_from(view, position)[0] if len(view) - position >= _OFFSET.size else None
    return offset
