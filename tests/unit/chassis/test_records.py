"""What becomes of a partition's fetched bytes: records as aiokafka reads them, and a Received for what nobody can."""

from __future__ import annotations

import gzip
import inspect
import re
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import ConsumerRecord, TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from libraries.chassis.records.received import Received
from libraries.chassis.servers import any_bytes
from libraries.chassis.servers.any_bytes import as_received, receive_any_bytes
from libraries.chassis.servers.batch import FetchedBytes, Limits
from libraries.chassis.servers.records import PartitionRecords
from tests.batches import CONTROL, GZIP, LZ4, NONE, NOON, SNAPPY, TRANSACTIONAL, ZSTD, batch, record

FORM = TopicPartition("forms.applications.v1", 3)
COMPACTED = TopicPartition("needs.v1", 0)
CODECS = (NONE, GZIP, SNAPPY, LZ4, ZSTD)
SMALL = Limits(record_bytes=1_000, kept_bytes=100, batch_bytes=10_000, headers=5)
THEIRS = any_bytes._LIBRARY_PARTITION_RECORDS

contents = st.tuples(
    st.none() | st.binary(max_size=40),
    st.none() | st.binary(max_size=300),
    st.lists(st.tuples(st.text(max_size=8), st.none() | st.binary(max_size=20)), max_size=4),
    st.integers(min_value=0, max_value=NOON),
)


def read(data: bytes, *, at: int = 0, of: TopicPartition = FORM, **options: object) -> tuple[list[Received], int]:
    """What is received of an answer to a fetch at an offset, and where the consumer goes on."""
    partition = PartitionRecords(of, FetchedBytes(data), None, at, **options)  # type: ignore[arg-type]
    return list(partition), partition.next_fetch_offset


def values(received: list[Received]) -> list[tuple[int, bytes | str | None]]:
    """Of each its offset, and its value or the code of its violation."""
    return [(one.offset, one.violation.code if one.violation else one.value) for one in received]


def text(received: Received) -> str:
    assert received.violation is not None
    return str(received.violation)


class TestSoundBatches:
    @pytest.mark.parametrize("compression", CODECS)
    @given(contents=st.lists(contents, min_size=1, max_size=30), base=st.integers(0, 2**50), data=st.data())
    def test_reads_what_aiokafka_reads(
        self,
        compression: int,
        contents: list[tuple[bytes, bytes, list[tuple[str, bytes]], int]],
        base: int,
        data: st.DataObject,
    ) -> None:
        builder = DefaultRecordBatchBuilder(2, compression, 0, -1, -1, -1, 1 << 20)
        for offset, (key, value, headers, timestamp) in enumerate(contents):
            builder.append(offset, timestamp, key, value, headers)
        encoded = base.to_bytes(8) + bytes(builder.build())[8:]
        at = base + data.draw(st.integers(0, len(contents) - 1))

        theirs = THEIRS(FORM, MemoryRecords(encoded), [], at, None, None, True, fetcher.READ_COMMITTED)
        expected = [(one.offset, one.timestamp, one.key, one.value, list(one.headers)) for one in theirs]
        for limits in (Limits(), Limits(record_bytes=500)):  # with aiokafka's reader, and with our own
            ours, position = read(encoded, at=at, limits=limits)
            assert [(one.offset, one.timestamp, one.key, one.value, list(one.headers)) for one in ours] == expected
            assert all(one.violation is None and one.topic.name == FORM.topic for one in ours)
            assert position == theirs.next_fetch_offset

    def test_a_null_value_an_absent_key_and_times_at_the_edges(self) -> None:
        edge = 2**63 - 1
        data = batch([record(0, None, key=None), record(1, b"", later_ms=1)], first_timestamp=edge, max_timestamp=edge)
        for limits in (Limits(), Limits(record_bytes=20)):
            received, _ = read(data, limits=limits)
            assert [(one.key, one.value, one.timestamp) for one in received] == [
                (None, None, edge),
                (b"key", b"", -edge - 1),  # as Java and C have it
            ]

    def test_what_lies_before_the_fetched_offset_is_left_out(self) -> None:
        data = batch([record(n, b"%d" % n) for n in range(5)], base=10)
        assert values(read(data, at=13)[0]) == [(13, b"3"), (14, b"4")]

    def test_what_compaction_took_is_stepped_over(self) -> None:
        data = batch([record(2, b"a")], base=10, last_offset_delta=7) + batch([], base=18, last_offset_delta=3)
        received, position = read(data, at=10, of=COMPACTED)
        assert (values(received), position) == ([(12, b"a")], 22)

    def test_control_batches_are_nothing_and_no_gap(self) -> None:
        marker = batch([record(0, b"\0\0\0\0\0\0", key=b"\0\0\0\1")], base=1, attributes=CONTROL | TRANSACTIONAL)
        data = batch([record(0, b"a")]) + marker + batch([record(0, b"b")], base=2)
        received, position = read(data)
        assert (values(received), position) == ([(0, b"a"), (2, b"b")], 3)

    @pytest.mark.parametrize("isolation", [fetcher.READ_COMMITTED, fetcher.READ_UNCOMMITTED])
    def test_what_a_transaction_took_back_is_nothing(self, isolation: int) -> None:
        def written(base: int, value: bytes, producer: int) -> bytes:
            return batch([record(0, value)], base=base, attributes=TRANSACTIONAL, producer_id=producer)

        def mark(base: int, producer: int, kind: int) -> bytes:
            key = b"\0\0" + kind.to_bytes(2)
            return batch([record(0, key=key)], base=base, attributes=TRANSACTIONAL | CONTROL, producer_id=producer)

        data = b"".join(
            (
                *(written(0, b"back", 7), written(1, b"kept", 8), written(2, b"back", 7)),
                *(mark(3, 7, 0), mark(4, 8, 1), written(5, b"after", 7), mark(6, 7, 1)),
            )
        )
        aborted = [(7, 0)]
        theirs = THEIRS(FORM, MemoryRecords(data), aborted, 0, None, None, True, isolation)
        ours = PartitionRecords(FORM, FetchedBytes(data), aborted, 0, isolation_level=isolation)
        assert values(list(ours)) == [(one.offset, one.value) for one in theirs]
        assert ours.next_fetch_offset == theirs.next_fetch_offset == 7

    def test_a_last_batch_that_the_broker_cut_off_waits_for_the_next_fetch(self) -> None:
        first, second = batch([record(0, b"a")]), batch([record(0, b"b")], base=1)
        for cut in range(len(second)):
            assert values(read(first + second[:cut])[0]) == [(0, b"a")]

    def test_records_may_be_taken_in_portions(self) -> None:
        partition = PartitionRecords(FORM, FetchedBytes(batch([record(n, b"%d" % n) for n in range(4)])), None, 0)
        assert next(partition).value == b"0"
        for received in partition:
            assert (received.value, partition.next_fetch_offset) == (b"1", 2)
            break
        assert [received.value for received in partition] == [b"2", b"3"]

    def test_no_more_is_decompressed_for_one_fetch_than_may_be(self) -> None:
        data = b"".join(batch([record(0, bytes(900))], base=n, compression=GZIP) for n in range(10))
        received, position = read(data, limits=Limits(fetch_bytes=2_000))
        assert (len(received), position) == (3, 3)


class TestOlderFormats:
    @pytest.mark.parametrize(
        ("magic", "compression"),
        # Format 0 had a frame of its own for lz4, which no library reads any more.
        [(0, NONE), (0, GZIP), (0, SNAPPY), (1, NONE), (1, GZIP), (1, SNAPPY), (1, LZ4)],
    )
    def test_reads_what_aiokafka_reads(self, magic: int, compression: int) -> None:
        data = old_batch(magic, compression, count=4)
        theirs = THEIRS(FORM, MemoryRecords(data), [], 1, None, None, True, fetcher.READ_COMMITTED)
        expected = [(one.offset, -1 if one.timestamp is None else one.timestamp, one.key, one.value) for one in theirs]
        received, position = read(data, at=1)
        assert [(one.offset, one.timestamp, one.key, one.value) for one in received] == expected
        assert (len(received), position) == (3, theirs.next_fetch_offset)

    @pytest.mark.parametrize("magic", [0, 1])
    def test_a_bomb_is_not_lit(self, magic: int) -> None:
        data = old_batch(magic, GZIP, count=4, size=9_000) + batch([record(0, b"after")], base=4)
        received, position = read(data, limits=SMALL)
        assert (values(received), position) == ([(3, "too-large"), (4, b"after")], 5)

    def test_a_message_that_is_too_large_is_cut(self) -> None:
        received, position = read(old_batch(1, GZIP, count=2, size=2_000), limits=SMALL)
        assert (values(received), position) == ([(0, "too-large"), (1, "too-large")], 2)
        assert received[0].value == bytes(100)

    @pytest.mark.parametrize("compression", [NONE, GZIP])
    def test_a_message_that_is_cut_short(self, compression: int) -> None:
        whole = old_batch(1, compression, count=1, size=30)
        after = batch([record(0, b"after")], base=1)
        for cut in range(26, len(whole)):
            data = whole[:8] + (cut - 12).to_bytes(4) + whole[12:cut]
            received, position = read(data + after, check_crcs=False)
            assert (values(received), position) == ([(0, "undecodable-batch"), (1, b"after")], 2)

    @pytest.mark.parametrize("magic", [0, 1])
    def test_a_wrong_checksum(self, magic: int) -> None:
        data = old_batch(magic, NONE, count=2)
        received, position = read(data[:-1] + b"?")
        assert (values(received), position) == ([(0, bytes(10)), (1, "undecodable-batch")], 2)

    def test_compressed_in_compressed(self) -> None:
        builder = LegacyRecordBatchBuilder(1, NONE, 1 << 20)
        builder.append(0, NOON, None, gzip.compress(old_batch(1, GZIP, count=2)))
        # The message says that what it holds is compressed, once; the checksum no longer fits.
        data = bytearray(builder.build())
        data[17] |= GZIP
        received, position = read(bytes(data), check_crcs=False)
        assert (values(received), position) == ([(0, "undecodable-batch")], 1)
        assert "lies in a compressed one" in text(received[0])


def old_batch(magic: int, compression: int, *, count: int, size: int = 10) -> bytes:
    builder = LegacyRecordBatchBuilder(magic, compression, 1 << 20)
    for offset in range(count):
        builder.append(offset, NOON + offset, b"key", bytes(size))
    data = bytes(builder.build())
    # The message around a compressed set has the offset of the last that is in it, which the broker gives.
    return (count - 1).to_bytes(8) + data[8:] if compression else data


class TestWhatAiokafkaDoes:
    """What a new release of aiokafka must still do, or `receive_any_bytes` no longer does what it says."""

    def test_the_fetcher_finds_both_classes_by_their_names_in_its_module(self) -> None:
        names = fetcher.Fetcher._proc_fetch_request.__code__.co_names
        assert {"MemoryRecords", "PartitionRecords"} <= set(names)

    def test_gives_them_what_it_gave(self) -> None:
        assert list(inspect.signature(THEIRS).parameters) == [
            "tp",
            "records",
            "aborted_transactions",
            "fetch_offset",
            "key_deserializer",
            "value_deserializer",
            "check_crcs",
            "isolation_level",
        ]

    def test_asks_of_them_what_it_asked(self) -> None:
        source = inspect.getsource(fetcher.FetchResult)
        asked = set(re.findall(r"_partition_records\.(\w+)", source))
        assert asked == {"next_fetch_offset"}
        assert set(re.findall(r"\brecords\.(\w+)", inspect.getsource(fetcher.Fetcher._proc_fetch_request))) == {
            "has_next",
            "size_in_bytes",
        }

    def test_ours_are_for_our_consumers_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetcher, "MemoryRecords", fetcher.MemoryRecords)
        monkeypatch.setattr(fetcher, "PartitionRecords", fetcher.PartitionRecords)
        receive_any_bytes(SMALL)

        def fetched(keys: object) -> list[object]:
            answer = fetcher.MemoryRecords(batch([record(0, bytes(2_000))]))
            assert (answer.has_next(), answer.size_in_bytes() > 2_000) == (True, True)
            arguments: tuple[Any, ...] = (answer, [], 0, keys, lambda value: len(value), True, fetcher.READ_COMMITTED)
            return list(fetcher.PartitionRecords(TopicPartition(FORM.topic, 0), *arguments))

        (ours,), (theirs,) = fetched(as_received), fetched(None)
        assert isinstance(ours, Received)
        assert ours.violation is not None
        assert isinstance(theirs, ConsumerRecord)
        assert theirs.value == 2_000
        assert not fetcher.MemoryRecords(None).has_next()
