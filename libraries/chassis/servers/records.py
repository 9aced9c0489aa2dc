"""Fetched batches as what was received: any bytes, and none of them stop their partition, or others with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.structs import TopicPartition

from contracts.catalogue import TOPIC_BY_NAME
from contracts.violation import ContractViolation
from libraries.chassis.records.received import Received
from libraries.chassis.servers.batch import CONTROL, TRANSACTIONAL, Batch, FetchedBytes, Header, Limits, body
from libraries.chassis.servers.batch_messages import is_compressed, read_messages
from libraries.chassis.servers.batch_records import Decoded, read_records
from libraries.chassis.servers.batch_transactions import Transactions
from libraries.chassis.servers.codecs import TooLarge, Undecodable

LIMITS: Final = Limits()
_FORMAT_2 = 2
# A header has two bytes at the least and becomes an object of these. aiokafka's reader makes them however many there
# are, so that one record of a larger batch could fill the memory; ours counts them first.
_HEADER_BYTES = 64
_FAST_BYTES = 1 << 20
_NO_TIMESTAMP = -1


class _Enough(Exception):
    """What was taken of one answer is as much as may be at once: the rest is fetched again."""


class PartitionRecords:
    """The records of one partition in a broker's answer, in the order of their offsets.

    Means what aiokafka's class of this name means: `next_fetch_offset` is where the consumer goes on, and what a
    transaction took back, or the broker's own marks, are nothing at all. A record that is too large or whose headers
    are none comes with a violation; a batch that can't be read is one Received, with a violation and its own bytes
    as the value, for the offsets that nobody will get.
    """

    def __init__(
        self,
        partition: TopicPartition,
        fetched: FetchedBytes,
        aborted_transactions: Sequence[tuple[int, int]] | None,
        fetch_offset: int,
        check_crcs: bool = True,
        isolation_level: int = fetcher.READ_COMMITTED,
        limits: Limits = LIMITS,
    ) -> None:
        self.next_fetch_offset = fetch_offset
        self._topic, self._partition = TOPIC_BY_NAME[partition.topic], partition.partition
        self._check_crcs, self._limits = check_crcs, limits
        self._transactions = Transactions(aborted_transactions if isolation_level == fetcher.READ_COMMITTED else None)
        self._taken = 0
        self._received = self._receive(fetched)

    def __iter__(self) -> Iterator[Received]:
        # The generator itself, which saves a call for each record.
        return self._received

    def __next__(self) -> Received:
        return next(self._received)

    def _receive(self, fetched: FetchedBytes) -> Iterator[Received]:
        start, first = self.next_fetch_offset, None
        for batch in fetched.batches():
            first = first or batch
            before = self.next_fetch_offset
            try:
                yield from self._read(batch)
                # Compaction may have taken the last records, and their offsets are behind us nevertheless.
                if (end := self._end(batch)) is not None and end > self.next_fetch_offset:
                    self.next_fetch_offset = end
            except _Enough:
                return
            except Exception as error:  # whatever a stranger sent, it must not stop the partition
                yield from self._step_over(batch, _said_anew(error), self.next_fetch_offset > before)
            if self._taken > self._limits.fetch_bytes and self.next_fetch_offset > start:
                return
        if first is not None and self.next_fetch_offset == start:
            # The broker would answer the same again, for ever.
            behind = Undecodable("it ends before the offset that was asked for")
            yield self._stepped_over(first, behind, start, start + 1)

    def _read(self, batch: Batch) -> Iterable[Received]:
        if batch.magic < _FORMAT_2:
            self._taken += self._limits.batch_bytes if is_compressed(batch.raw) else 0
            messages = read_messages(batch.raw, self._check_crcs, self._limits)
            return self._deliver(messages, self._last(batch, batch.offset))
        header = batch.header
        if header is None:
            raise Undecodable("it is shorter than a batch's header")
        if self._check_crcs and not batch.is_sound(header):
            raise Undecodable("its checksum is wrong")
        if header.attributes & (CONTROL | TRANSACTIONAL) and self._transactions.leave_out(batch, header):
            return ()
        if header.records < 0:
            raise Undecodable(f"it claims {header.records} records")
        if header.records > self._limits.records:
            raise TooLarge(f"it claims {header.records} records, and at most {self._limits.records} are read")
        plain = self._decompress(batch, header) if header.codec else batch.raw
        return self._deliver_plain(header, plain, self._last(batch, header.last))

    def _decompress(self, batch: Batch, header: Header) -> memoryview:
        # Counted as the most that there may be until it is known: what can't be decompressed may have taken as long.
        self._taken += self._limits.batch_bytes
        plain = batch.decompressed(header, self._limits.batch_bytes)
        self._taken += len(plain) - self._limits.batch_bytes
        return plain

    def _deliver_plain(self, header: Header, plain: memoryview, last: int) -> Iterator[Received]:
        if len(plain) <= _FAST_BYTES and len(plain) <= self._limits.record_bytes:
            try:
                yield from self._deliver_fast(DefaultRecordBatch(plain), last)
                return
            except Exception:  # noqa: S110
                pass  # what aiokafka's reader stumbles over, ours reads once more, from where this one has come to
        records = read_records(header, body(plain), self.next_fetch_offset, self._limits)
        yield from self._deliver(records, last)

    def _deliver_fast(self, records: Iterable[Any], last: int) -> Iterator[Received]:
        topic, partition, most_headers = self._topic, self._partition, self._limits.headers
        first = position = self.next_fetch_offset
        count = 0
        for record in records:
            offset, headers = record.offset, record.headers
            if position <= offset <= last and len(headers) <= most_headers:
                count += len(headers)
                timestamp = _NO_TIMESTAMP if (chosen := record.timestamp) is None else chosen
                self.next_fetch_offset = position = offset + 1
                yield Received(topic, partition, offset, timestamp, record.key, record.value, headers)
            elif offset >= position or position > first:  # what was already read lies before all that is delivered
                raise Undecodable("a record in it needs a closer look")
        self._taken += count * _HEADER_BYTES

    def _deliver(self, records: Iterable[Decoded], last: int) -> Iterator[Received]:
        least = 0
        for offset, timestamp, key, value, headers, violation in records:
            if not least <= offset <= last:
                raise Undecodable(f"a record in it has the offset {offset}, and {least} to {last} are left")
            least = offset + 1
            if offset < self.next_fetch_offset:
                continue
            self.next_fetch_offset = offset + 1
            yield Received(self._topic, self._partition, offset, timestamp, key, value, headers, violation=violation)
            self._taken += len(headers) * _HEADER_BYTES
            if self._taken > self._limits.fetch_bytes:
                raise _Enough

    def _last(self, batch: Batch, last: int) -> int:
        """The greatest offset that a record of a batch may have: what reached into the next would hide its records."""
        following = batch.following
        return following - 1 if following is not None and self.next_fetch_offset <= following <= last else last

    def _end(self, batch: Batch) -> int | None:
        """The offset after a batch, as far as its header and the next batch in the answer can be believed."""
        end, following = batch.end(self._topic.compacted), batch.following
        if following is None or following < self.next_fetch_offset:
            return end
        return following if end is None else min(end, following)

    def _step_over(self, batch: Batch, problem: Undecodable, delivered: bool) -> Iterator[Received]:
        position, end = self.next_fetch_offset, self._end(batch)
        if end is not None and end <= position:
            # Either what can't be read follows the last of its offsets, or none of it was ours to read.
            if delivered or batch.following is not None:
                return
            end = None
        if end is None:
            end = position + 1
        first = max(position, batch.offset)
        yield self._stepped_over(batch, problem, first if first < end else position, end)

    def _stepped_over(self, batch: Batch, problem: Undecodable, first: int, end: int) -> Received:
        self.next_fetch_offset = end
        header, size = batch.header, len(batch.raw)
        text = (
            f"the batch of {size} bytes with the SHA-256 {sha256(batch.raw).hexdigest()} can't be read: {problem}; "
            f"the offsets {first} to {end - 1} are stepped over, at most the first {self._limits.kept_bytes} bytes kept"
        )
        return Received(
            self._topic,
            self._partition,
            first,
            _NO_TIMESTAMP if header is None else header.max_timestamp,
            None,
            bytes(batch.raw[: self._limits.kept_bytes]),
            (),
            violation=ContractViolation(problem.code, text),
            offsets=end - first,
        )


def _said_anew(error: Exception) -> Undecodable:
    """Why a batch can't be read, without the frames where that was found.

    They hold what was decompressed, and each other: megabytes that would wait for the collector, which looks seldom.
    """
    if isinstance(error, Undecodable):
        return type(error)(str(error))
    return Undecodable(type(error).__name__)
