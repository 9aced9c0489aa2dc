"""Records and batches that no producer makes: one bad one hurts no other, and none takes more than its bound."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from hashlib import sha256

import cramjam
import pytest

from libraries.chassis.servers import records
from libraries.chassis.servers.batch import Limits
from tests.batches import GZIP, LZ4, NONE, SNAPPY, ZSTD, batch, compressed, number, raw_batch, record
from tests.unit.chassis.test_records import CODECS, COMPACTED, SMALL, old_batch, read, text, values

AFTER = batch([record(0, b"after")], base=3)
XERIAL = b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)
THREE = b"".join(record(n) for n in range(3))


class TestABadRecordAmongGoodOnes:
    @pytest.mark.parametrize("compression", CODECS)
    def test_a_header_name_that_is_no_text(self, compression: int) -> None:
        bad = record(1, b"bad", headers=[(b"ce_id", b"1"), (b"caf\xe9", b"2"), (b"\xff", None)])
        received, position = read(batch([record(0, b"before"), bad, record(2, b"after")], compression=compression))
        assert (values(received), position) == ([(0, b"before"), (1, "header"), (2, b"after")], 3)
        assert list(received[1].headers) == [("ce_id", b"1"), ("caf\\xe9", b"2"), ("\\xff", None)]
        assert (received[1].key, received[1].value) == (b"key", b"bad")
        assert text(received[1]) == "the name of header 2 must be UTF-8"

    def test_more_headers_than_are_read(self) -> None:
        many = record(1, headers=[(b"h%d" % n, b"") for n in range(2_000)])
        received, position = read(batch([record(0, b"before"), many, record(2, b"after")]))
        assert (values(received), position) == ([(0, b"before"), (1, "header"), (2, b"after")], 3)
        assert len(received[1].headers) == 1_000
        assert "2000 headers" in text(received[1])

    def test_a_record_that_is_too_large_is_cut_and_known_by_its_hash(self) -> None:
        large = record(1, bytes(5_000), key=bytes(300), headers=[(b"a", b"b"), (b"c", bytes(200))])
        received, position = read(batch([record(0, b"before"), large, record(2, b"after")]), limits=SMALL)
        assert (values(received), position) == ([(0, b"before"), (1, "too-large"), (2, b"after")], 3)
        assert (received[1].key, received[1].value) == (bytes(100), bytes(100))
        assert list(received[1].headers) == [("a", b"b")]
        assert f"its value has 5000 bytes with the SHA-256 {sha256(bytes(5_000)).hexdigest()}" in text(received[1])

    @pytest.mark.parametrize(
        "broken",
        [
            pytest.param(record(1, header_count=-1), id="headers below zero"),
            pytest.param(record(1, header_count=2**31), id="headers without end"),
            pytest.param(record(1, headers=[(b"a", b"b")], header_count=2), id="a header too few"),
            pytest.param(record(1, header_count=1, tail=number(-1) + number(-1)), id="a header without a name"),
            pytest.param(record(1, tail=b"more"), id="bytes after the last header"),
            pytest.param(number(200) + record(1)[1:], id="longer than the batch"),
            pytest.param(number(-3) + record(1)[1:], id="a length below zero"),
            pytest.param(number(0), id="nothing in it"),
            pytest.param(number(3) + b"\xff\xff\xff", id="a number that does not end"),
            pytest.param(number(20) + b"\0" + b"\xff" * 19, id="a number of twenty bytes"),
            pytest.param(number(4) + b"\0\0\2" + number(63), id="a key beyond the record"),
            pytest.param(number(12) + b"\0\0\2" + number(2**62), id="a key beyond all memory"),
            pytest.param(record(0), id="an offset twice"),
            pytest.param(record(-5), id="an offset before the batch"),
            pytest.param(record(2**40), id="an offset beyond the batch"),
        ],
    )
    @pytest.mark.parametrize("compression", [NONE, ZSTD])
    def test_what_is_no_record_ends_its_batch_and_nothing_else(self, broken: bytes, compression: int) -> None:
        data = batch([record(0, b"before"), broken, record(2, b"lost")], compression=compression)
        received, position = read(data + AFTER)
        assert (values(received), position) == ([(0, b"before"), (1, "undecodable-batch"), (3, b"after")], 4)
        assert "the offsets 1 to 2 are stepped over" in text(received[1])
        assert received[1].value == data

    def test_what_follows_the_last_record_costs_none_of_them(self) -> None:
        data = raw_batch(THREE + b"more", 3)
        assert values(read(data + AFTER)[0]) == [(0, b"{}"), (1, b"{}"), (2, b"{}"), (3, b"after")]


class TestABatchThatCannotBeRead:
    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            pytest.param(raw_batch(THREE, 3)[:-1] + b"?", "its checksum is wrong", id="checksum"),
            pytest.param(raw_batch(THREE, 3, attributes=5), "its codec has the number 5", id="codec 5"),
            pytest.param(raw_batch(THREE, 3, attributes=7), "its codec has the number 7", id="codec 7"),
            pytest.param(raw_batch(THREE, 3, magic=3), "its message format has the number 3", id="format 3"),
            pytest.param(raw_batch(THREE, 3, magic=-1), "its message format has the number 255", id="format 255"),
            pytest.param(raw_batch(THREE, -1, last_offset_delta=2), "claims -1 records", id="records below zero"),
            pytest.param(raw_batch(THREE[1:], 3), "its record 0", id="no records"),
            pytest.param(raw_batch(b"", 3), "its record 0 ends within a number", id="nothing in it"),
            pytest.param(raw_batch(b"\0\0\0", 3, compression=GZIP), "is not gzip", id="no gzip"),
            pytest.param(
                raw_batch(compressed(GZIP, THREE)[:-9], 3, compression=GZIP), "gzip stream ends", id="half a gzip"
            ),
            pytest.param(raw_batch(b"\0\0\0", 3, compression=SNAPPY), "is not snappy", id="no snappy"),
            pytest.param(
                raw_batch(XERIAL + b"\xff" * 4, 3, compression=SNAPPY), "claims -1 bytes", id="a block below 0"
            ),
            pytest.param(
                raw_batch(XERIAL + b"\0\0\0\x09\0", 3, compression=SNAPPY), "claims 9 bytes", id="half a block"
            ),
            pytest.param(raw_batch(XERIAL + b"\0\0", 3, compression=SNAPPY), "is not snappy", id="half a length"),
            pytest.param(raw_batch(b"\0\0\0", 3, compression=LZ4), "is not lz4", id="no lz4"),
            pytest.param(raw_batch(compressed(LZ4, THREE)[:-5], 3, compression=LZ4), "is not lz4", id="half an lz4"),
            pytest.param(raw_batch(b"\0\0\0", 3, compression=ZSTD), "is not zstd", id="no zstd"),
            pytest.param(raw_batch(compressed(ZSTD, THREE)[:-2], 3, compression=ZSTD), "is not zstd", id="half a zstd"),
            pytest.param(
                # A frame that wants a window of two terabytes.
                raw_batch(b"\x28\xb5\x2f\xfd\0" + bytes([31 << 3]) + b"\1\0\0", 3, compression=ZSTD),
                "is not zstd",
                id="a window beyond memory",
            ),
            pytest.param(
                raw_batch(gzip.compress(b"") * 101 + compressed(GZIP, THREE), 3, compression=GZIP),
                "more than 100 members",
                id="members without end",
            ),
        ],
    )
    def test_is_one_dead_letter_and_is_stepped_over(self, data: bytes, problem: str) -> None:
        received, position = read(data + AFTER)
        assert (values(received), position) == ([(0, "undecodable-batch"), (3, b"after")], 4)
        assert problem in text(received[0])
        assert f"of {len(data)} bytes with the SHA-256 {sha256(data).hexdigest()}" in text(received[0])
        assert "the offsets 0 to 2 are stepped over" in text(received[0])
        assert (received[0].key, received[0].value, list(received[0].headers)) == (None, data, [])

    def test_is_never_put_before_the_fetched_offset(self) -> None:
        received, position = read(raw_batch(b"?", 3, base=5) + batch([record(0, b"after")], base=8), at=6)
        assert (values(received), position) == ([(6, "undecodable-batch"), (8, b"after")], 9)

    def test_what_nobody_thought_of_is_no_different(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise RecursionError

        monkeypatch.setattr(records, "read_messages", fail)
        old = old_batch(1, NONE, count=1)
        received, position = read(old + batch([record(0, b"after")], base=1))
        assert (values(received), position) == ([(0, "undecodable-batch"), (1, b"after")], 2)
        assert "can't be read: RecursionError" in text(received[0])

    def test_is_kept_up_to_a_bound(self) -> None:
        received, _ = read(raw_batch(bytes(9_000), 3, attributes=6), limits=SMALL)
        assert received[0].value == raw_batch(bytes(9_000), 3, attributes=6)[:100]

    @pytest.mark.parametrize("claimed", [100_001, 2**31 - 1])
    def test_of_more_records_than_are_read(self, claimed: int) -> None:
        received, position = read(raw_batch(THREE, claimed, last_offset_delta=2) + AFTER)
        assert (values(received), position) == ([(0, "too-large"), (3, b"after")], 4)
        assert f"it claims {claimed} records" in text(received[0])

    @pytest.mark.parametrize("claimed", [-5, 999, 2**31 - 1])
    @pytest.mark.parametrize("spoilt", [False, True])
    def test_no_header_carries_past_the_next_batch(self, claimed: int, spoilt: bool) -> None:
        data = raw_batch(b"?" if spoilt else THREE, 3, last_offset_delta=claimed)
        received, position = read(data + AFTER, of=COMPACTED)
        assert (values(received)[-1], position) == ((3, b"after"), 4)
        assert len(received) == (2 if spoilt else 4)

    def test_no_header_carries_far_past_the_end_of_the_log(self) -> None:
        assert read(raw_batch(b"?", 2**31 - 1, last_offset_delta=2**31 - 1))[1] == 1
        assert read(raw_batch(b"?", 3, last_offset_delta=900))[1] == 3

    def test_a_record_may_not_reach_into_the_next_batch(self) -> None:
        data = batch([record(0, b"a"), record(3, b"b")], last_offset_delta=9) + AFTER
        received, position = read(data, of=COMPACTED)
        assert (values(received), position) == ([(0, b"a"), (1, "undecodable-batch"), (3, b"after")], 4)

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"\0", id="one byte"),
            pytest.param(bytes(12), id="a length of nothing"),
            pytest.param(bytes(8) + b"\xff" * 50, id="a length below zero"),
            pytest.param(bytes(8) + b"\x7f" * 50, id="a length beyond the answer"),
            pytest.param(bytes(8) + b"\0\0\0\x20" + bytes(4) + b"\2" + bytes(27), id="shorter than a header"),
            pytest.param(batch([record(0)])[:-1], id="cut off"),
            pytest.param(batch([record(0)], base=-9), id="before all offsets"),
        ],
    )
    def test_an_answer_that_is_none_moves_on_by_one(self, data: bytes) -> None:
        received, position = read(data)
        assert (values(received), position) == ([(0, "undecodable-batch")], 1)

    def test_an_answer_with_earlier_records_alone_moves_on(self) -> None:
        received, position = read(batch([record(0), record(1)]), at=40)
        assert (values(received), position) == ([(40, "undecodable-batch")], 41)
        assert "ends before the offset that was asked for" in text(received[0])


class TestUnusualButSound:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(gzip.compress(THREE[:9]) + gzip.compress(THREE[9:]), id="two members"),
            pytest.param(gzip.compress(THREE) + b"no gzip", id="bytes after the last member"),
        ],
    )
    def test_gzip(self, body: bytes) -> None:
        assert values(read(raw_batch(body, 3, compression=GZIP))[0]) == [(n, b"{}") for n in range(3)]

    def test_snappy_without_a_frame(self) -> None:
        body = bytes(cramjam.snappy.compress_raw(THREE))
        assert values(read(raw_batch(body, 3, compression=SNAPPY))[0]) == [(n, b"{}") for n in range(3)]

    @pytest.mark.parametrize("compression", [GZIP, SNAPPY, LZ4, ZSTD])
    def test_exactly_as_much_as_may_be(self, compression: int) -> None:
        body = record(0, bytes(5_000))
        data = raw_batch(compressed(compression, body), 1, compression=compression)
        most = Limits(batch_bytes=len(body))
        assert values(read(data, limits=most)[0]) == [(0, bytes(5_000))]
        assert values(read(data, limits=Limits(batch_bytes=len(body) - 1))[0]) == [(0, "too-large")]

    def test_zstd_with_the_widest_window_that_kafka_takes(self) -> None:
        # A frame that doesn't say how much it holds, of 128 megabytes' window, and a plain block in it.
        head = b"\x28\xb5\x2f\xfd\0" + bytes([17 << 3]) + (len(THREE) << 3 | 1).to_bytes(3, "little")
        assert values(read(raw_batch(head + THREE, 3, compression=ZSTD))[0]) == [(n, b"{}") for n in range(3)]


MEGABYTE = bytes(1 << 20)


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([*(packer.compress(MEGABYTE) for _ in range(300)), packer.flush()])


def streamed(compressor: cramjam.lz4.Compressor | cramjam.zstd.Compressor) -> bytes:
    for _ in range(300):
        compressor.compress(MEGABYTE)
    return bytes(compressor.finish())


def snappy_bomb() -> bytes:
    block = bytes(cramjam.snappy.compress_raw(MEGABYTE))
    return XERIAL + (len(block).to_bytes(4) + block) * 300


class TestBombs:
    @pytest.mark.parametrize(
        ("compression", "bomb"),
        [
            pytest.param(GZIP, gzip_bomb, id="gzip"),
            pytest.param(SNAPPY, snappy_bomb, id="snappy"),
            pytest.param(LZ4, lambda: streamed(cramjam.lz4.Compressor()), id="lz4"),
            pytest.param(ZSTD, lambda: streamed(cramjam.zstd.Compressor()), id="zstd"),
            # 16 bytes that claim four gigabytes, in a frame and without one.
            pytest.param(SNAPPY, lambda: b"\xff\xff\xff\xff\x0f" + bytes(11), id="snappy's claim"),
            pytest.param(
                SNAPPY, lambda: XERIAL + b"\0\0\0\x07\xff\xff\xff\xff\x0f\0\0", id="snappy's claim in a frame"
            ),
        ],
    )
    def test_300_megabytes_in_a_small_batch_are_not_unpacked(self, compression: int, bomb: Callable[[], bytes]) -> None:
        data = raw_batch(bomb(), 3, compression=compression) + AFTER
        tracemalloc.start()
        try:
            received, position = read(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (values(received), position) == ([(0, "too-large"), (3, b"after")], 4)
        assert "decompresses to more than 16777216 bytes" in text(received[0])
        assert peak < 40 << 20

    def test_what_is_too_much_at_once_comes_in_portions(self) -> None:
        small = Limits(fetch_bytes=20_000, record_bytes=2_000)
        headers = [(b"", b"")] * 100
        data = batch([record(n, headers=headers) for n in range(20)], compression=ZSTD) + raw_batch(
            compressed(ZSTD, bytes(1 << 25)), 5, base=20, compression=ZSTD
        )
        portions, position = [], 0
        while position < 25:
            received, position = read(data, at=position, limits=small)
            portions.append([one.offset for one in received])
        assert [offset for portion in portions for offset in portion] == list(range(21))
        assert max(len(portion) for portion in portions) < 5

    def test_headers_are_counted_before_they_are_made(self) -> None:
        headers = 2_000_000
        data = batch([record(0, header_count=headers, tail=bytes(2 * headers))], compression=ZSTD)
        tracemalloc.start()
        try:
            received, _ = read(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert values(received) == [(0, "too-large")]
        assert peak < 40 << 20
