"""Whatever a batch's bytes become: nothing raises, nothing comes twice or out of order, and its neighbours come."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libraries.chassis.servers.batch import FetchedBytes, Limits
from libraries.chassis.servers.records import PartitionRecords
from tests.batches import batch, record, repaired
from tests.drawing import drawn
from tests.unit.chassis.test_records import CODECS, COMPACTED, FORM, old_batch, read

pytestmark = pytest.mark.drawn

BASE, COUNT = 100, 6
LIMITS = Limits(batch_bytes=1 << 20, record_bytes=1 << 18)
_FIRST_AFTER_LENGTH = 12

values = st.binary(max_size=60) | st.just(bytes(3_000)) | st.none()
headers = st.lists(st.tuples(st.binary(max_size=6), st.none() | st.binary(max_size=6)), max_size=3)


@st.composite
def good_batches(draw: st.DrawFn) -> bytes:
    records = [record(n, draw(values), headers=draw(headers), later_ms=n) for n in range(COUNT)]
    return batch(records, base=BASE, compression=draw(st.sampled_from(CODECS)))


@st.composite
def mutated(draw: st.DrawFn, first: int = 0) -> bytes:
    """A batch in which some bytes from a place on were changed, taken out or put in."""
    data = bytearray(draw(good_batches()))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(first, len(data) - 1))
        kind = (
            draw(st.sampled_from(["change", "change", "cut", "insert"])) if first >= _FIRST_AFTER_LENGTH else "change"
        )
        if kind == "change":
            data[place] = draw(st.integers(0, 255))
        elif kind == "cut" and len(data) > first + 20:
            del data[place : place + draw(st.integers(1, 9))]
        else:
            data[place:place] = draw(st.binary(min_size=1, max_size=9))
    return bytes(data)


def check(data: bytes, at: int) -> list[int]:
    """The offsets of what is received of an answer, having seen that they are in order and that we come on."""
    offsets: list[int] = []
    for topic in (FORM, COMPACTED):
        partition = PartitionRecords(topic, FetchedBytes(data), None, at, limits=LIMITS)
        position, offsets = at, []
        for received in partition:
            assert position <= received.offset < partition.next_fetch_offset
            assert received.violation is None or "Error" not in str(received.violation)  # which none was meant to be
            assert received.value is None or len(received.value) <= LIMITS.record_bytes
            position = partition.next_fetch_offset
            offsets.append(received.offset)
        assert partition.next_fetch_offset >= position
        assert partition.next_fetch_offset > at
    return offsets


@settings(max_examples=drawn(150))
@given(data=mutated(), at=st.integers(BASE, BASE + COUNT - 1))
def test_a_batch_whose_checksum_says_so(data: bytes, at: int) -> None:
    assert check(data, at)


@settings(max_examples=drawn(150))
@given(data=mutated(first=_FIRST_AFTER_LENGTH), at=st.integers(BASE, BASE + COUNT - 1))
def test_a_batch_whose_checksum_is_right(data: bytes, at: int) -> None:
    check(repaired(data), at)


@settings(max_examples=drawn(150))
@given(data=mutated(first=_FIRST_AFTER_LENGTH), right=st.booleans())
def test_the_batches_before_and_after_it_come_whole(data: bytes, right: bool) -> None:
    length = (len(data) - _FIRST_AFTER_LENGTH).to_bytes(4)
    middle = repaired(data) if right else data[:8] + length + data[_FIRST_AFTER_LENGTH:]
    before = batch([record(n) for n in range(4)], base=BASE - 4)
    after = batch([record(n) for n in range(4)], base=BASE + COUNT)
    offsets = check(before + middle + after, BASE - 4)
    assert offsets[:4] == [BASE - 4, BASE - 3, BASE - 2, BASE - 1]
    assert offsets[-4:] == [BASE + COUNT + n for n in range(4)]


@given(data=st.binary(min_size=1, max_size=200), at=st.integers(0, 2**40))
def test_no_batch_at_all(data: bytes, at: int) -> None:
    check(data, at)


@given(
    magic=st.sampled_from([0, 1]),
    compression=st.sampled_from([0, 1, 2]),
    place=st.integers(0, 300),
    byte=st.integers(0, 255),
    checked=st.booleans(),
)
def test_messages_of_older_formats(magic: int, compression: int, place: int, byte: int, checked: bool) -> None:
    data = bytearray(old_batch(magic, compression, count=4))
    data[place % len(data)] = byte
    received, position = read(bytes(data), check_crcs=checked)
    offsets = [one.offset for one in received]
    assert offsets == sorted(set(offsets))
    assert position > max(offsets, default=0)


@settings(max_examples=drawn(60))
@given(data=mutated())
def test_no_mutation_takes_much_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        read(data, at=BASE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20
