"""What strangers can put on a form's topic: records that no form would send, and batches that are none."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, TypeAlias

from contracts.codec import Record
from contracts.envelope import STRUCTURED
from tests.batches import GZIP, LZ4, NONE, SNAPPY, ZSTD, batch, compressed, number, raw_batch, record, sized

Headers: TypeAlias = tuple[tuple[bytes, bytes | None], ...]

EDGES: Final = (
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "2099-12-31T23:59:59-12:00",
    "1999-12-31T23:59:59Z",
    "2024-02-30T00:00:00Z",
    "-0001-01-01T00:00:00Z",
)
"""Times that some library takes, and no contract of ours."""

_CODECS: Final = (NONE, GZIP, SNAPPY, LZ4, ZSTD)
_A_BATCH: Final = 50
_A_BATCH_BYTES: Final = 400_000  # well below what a broker takes of a batch without a codec
_BOMB_BYTES: Final = 64 << 20
_LONG: Final = 100_000


@dataclass(frozen=True, slots=True)
class Wild:
    """A record as it may come: nothing of it need be right."""

    key: bytes | None
    value: bytes | None
    headers: Headers

    def with_header(self, name: bytes, value: bytes | None) -> Wild:
        """The same with one header in place of all of its name."""
        others = tuple(header for header in self.headers if header[0] != name)
        return replace(self, headers=(*others, (name, value)))

    def without_header(self, name: bytes) -> Wild:
        """The same without a header."""
        return replace(self, headers=tuple(header for header in self.headers if header[0] != name))


Spoiling: TypeAlias = Callable[[Wild, random.Random], Wild]


def wild(whole: Record) -> Wild:
    """A record of ours, still right."""
    return Wild(whole.key, whole.value, tuple((name.encode(), value) for name, value in whole.headers))


def spoilt(whole: Record, kind: str, chance: random.Random) -> Wild:
    """A record of a form, made hostile in a way of `SPOILINGS`."""
    return SPOILINGS[kind](wild(whole), chance)


def batches(records: Sequence[Wild], chance: random.Random) -> Iterator[bytes]:
    """Sound batches of these records, in their order, each of another codec."""
    part: list[bytes] = []
    for it in records:
        one = record(len(part), it.value, key=it.key, headers=it.headers)
        if part and (len(part) == _A_BATCH or sum(map(len, part)) + len(one) > _A_BATCH_BYTES):
            yield batch(part, compression=chance.choice(_CODECS))
            part = []
            one = record(0, it.value, key=it.key, headers=it.headers)
        part.append(one)
    if part:
        yield batch(part, compression=chance.choice(_CODECS))


def broken_batches(whole: Record) -> dict[str, bytes]:
    """Batches that nobody can read, or only in part; Apache Kafka refuses some of them."""
    it = wild(whole)
    one = record(0, it.value, key=it.key, headers=it.headers)
    return {
        **_bombs(),
        "too many headers": batch([record(0, headers=[(b"a", b"")] * 2_000)]),
        "headers without end": batch([record(0, header_count=2**31 - 1)]),
        "a checksum": batch([one])[:-1] + b"?",
        "a codec that is none": batch([one], attributes=6),
        "no gzip": raw_batch(b"no gzip", 2, compression=GZIP),
        "no snappy": raw_batch(b"no snappy", 2, compression=SNAPPY),
        "no lz4": raw_batch(b"no lz4", 2, compression=LZ4),
        "no zstd": raw_batch(b"no zstd", 2, compression=ZSTD),
        "fewer records than it says": raw_batch(one, 3),
        "more bytes than it says": raw_batch(one + b"more", 1),
        "a negative length": raw_batch(number(-5) + b"rest", 1),
        "a length without end": raw_batch(b"\xff" * 20, 1),
        "a key longer than the record": raw_batch(sized(b"\0" + number(0) + number(0) + number(10**6)), 1),
    }


@cache
def _bombs() -> dict[str, bytes]:
    return {
        "a bomb": batch([record(0, bytes(_BOMB_BYTES))], compression=ZSTD),
        "a bomb of many": raw_batch(compressed(GZIP, record(0, bytes(100)) * 400_000), 400_000, compression=GZIP),
        "a large record": batch([record(0, bytes(3 << 20))], compression=LZ4),
    }


def _value(change: Callable[[Any, random.Random], Any]) -> Spoiling:
    """Changes the JSON of a record."""

    def change_value(whole: Wild, chance: random.Random) -> Wild:
        document = json.loads(whole.value or b"{}")
        return replace(whole, value=json.dumps(change(document, chance)).encode())

    return change_value


def _bytes(make: Callable[[random.Random], bytes]) -> Spoiling:
    return lambda whole, chance: replace(whole, value=make(chance))


def _wrong_type(document: Any, chance: random.Random) -> Any:
    odd: tuple[Any, ...] = (None, True, -1, 1.5, 10**30, "", "x" * 300, [], {}, [None], [[[]]], "not-a-uuid")
    return {**document, chance.choice(sorted(document)): chance.choice(odd)}


def _edge_in_a_field(document: Any, chance: random.Random) -> Any:
    times = [name for name in document if name.endswith(("_at", "_on", "_until"))]
    return {**document, **dict.fromkeys(times, chance.choice(EDGES))}


def _huge_text(document: Any, chance: random.Random) -> Any:
    texts = [name for name, value in document.items() if isinstance(value, str)]
    return {**document, chance.choice(texts): "é" * _LONG}


def _structured(envelope: Callable[[Wild], bytes]) -> Spoiling:
    mode = ((b"content-type", STRUCTURED.encode()),)
    return lambda whole, chance: replace(whole, value=envelope(whole), headers=mode)


def _envelope(whole: Wild, **changes: Any) -> bytes:
    told = {name.decode().removeprefix("ce_"): (value or b"").decode() for name, value in whole.headers}
    return json.dumps({**told, "data": json.loads(whole.value or b"{}"), **changes}).encode()


SPOILINGS: Final[Mapping[str, Spoiling]] = {
    "no JSON": _bytes(lambda chance: chance.randbytes(chance.randint(0, 200))),
    "half of it": lambda whole, chance: replace(whole, value=(whole.value or b"")[:-9]),
    "no object": _bytes(lambda chance: chance.choice((b"null", b"[]", b'"text"', b"1e999", b"NaN", b"9" * 5_000))),
    "nested without end": _bytes(lambda _: b"[" * 100_000),
    "a wrong type": _value(_wrong_type),
    "half a surrogate pair": _value(lambda document, _: {**document, "comment": "\ud800", "reason": "\ud800"}),
    "U+0000": _value(lambda document, chance: {**document, chance.choice(sorted(document)): "\0"}),
    "an edge in a field": _value(_edge_in_a_field),
    "a huge text": _value(_huge_text),
    "another's key": lambda whole, _: replace(whole, value=b"{}"),
    "a null key": lambda whole, _: replace(whole, key=None),
    "an empty key": lambda whole, _: replace(whole, key=b""),
    "a huge key": lambda whole, _: replace(whole, key=b"k" * _LONG),
    "a key in capitals": lambda whole, _: replace(whole, key=(whole.key or b"").upper() + b" "),
    "a tombstone": lambda whole, _: replace(whole, value=None),
    "a bare tombstone": lambda whole, _: Wild(whole.key, None, ()),
    "an unknown type": lambda whole, _: whole.with_header(b"ce_type", b"engage.unheard.of.v1"),
    "no type": lambda whole, _: whole.without_header(b"ce_type"),
    "no id": lambda whole, _: whole.without_header(b"ce_id"),
    "an id that is none": lambda whole, _: whole.with_header(b"ce_id", b"\xff\x00"),
    "a time at an edge": lambda whole, chance: whole.with_header(b"ce_time", chance.choice(EDGES).encode()),
    "another version": lambda whole, _: whole.with_header(b"ce_specversion", b"0.3"),
    "another content type": lambda whole, _: whole.with_header(b"content-type", b"text/xml"),
    "a header without a value": lambda whole, _: whole.with_header(b"ce_source", None),
    "a header twice": lambda whole, _: replace(whole, headers=(*whole.headers, (b"ce_id", b"again"))),
    "a header's name": lambda whole, _: whole.with_header(b"caf\xe9", b""),
    "a header's value": lambda whole, _: whole.with_header(b"ce_source", b"\xff\xfe"),
    "a huge header": lambda whole, _: whole.with_header(b"ce_source", b"s" * _LONG),
    "many headers": lambda whole, _: replace(whole, headers=(*whole.headers, *(((b"more", b""),) * 900))),
    "no envelope": _structured(lambda whole: b"{"),
    "an envelope without data": _structured(lambda whole: _envelope(whole, data=None)),
    "an envelope of text": _structured(lambda whole: _envelope(whole, data="{}")),
    "an envelope at an edge": _structured(lambda whole: _envelope(whole, time=EDGES[0])),
    "an envelope without an id": _structured(lambda whole: _envelope(whole, id=None)),
}
"""Ways to spoil a record of a form, each by what is wrong with it."""
