"""Records of a partition in a file, byte for byte: timestamp, key, value and headers, one record after the other."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

_TIMESTAMP: Final = struct.Struct(">q")
_LENGTH: Final = struct.Struct(">i")
_NONE: Final = -1
_MOST_BYTES: Final = 64 << 20


class FileError(ValueError):
    """A file of records ends within a record, or says of one what can't be."""


class Kept(NamedTuple):
    """A record as a file has it: milliseconds since 1970, or -1; None for what a record does not have."""

    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def write(file: BinaryIO, record: Kept) -> None:
    """Writes one record."""
    parts = [_TIMESTAMP.pack(record.timestamp), *_sized(record.key), *_sized(record.value)]
    parts.append(_LENGTH.pack(len(record.headers)))
    for name, value in record.headers:
        parts += [*_sized(name.encode()), *_sized(value)]
    file.write(b"".join(parts))


def read(file: BinaryIO) -> Iterator[Kept]:
    """The records of a file, in their order; raises FileError."""
    while head := file.read(_TIMESTAMP.size):
        if len(head) < _TIMESTAMP.size:
            raise FileError("it ends within a record")
        (timestamp,) = _TIMESTAMP.unpack(head)
        key, value = _read(file), _read(file)
        headers = [((_read(file) or b"").decode(), _read(file)) for _ in range(_number(file))]
        yield Kept(timestamp, key, value, headers)


def _sized(data: bytes | None) -> tuple[bytes, ...]:
    return (_LENGTH.pack(_NONE),) if data is None else (_LENGTH.pack(len(data)), data)


def _number(file: BinaryIO) -> int:
    data = file.read(_LENGTH.size)
    if len(data) < _LENGTH.size:
        raise FileError("it ends within a record")
    (number,) = _LENGTH.unpack(data)
    if not _NONE <= number <= _MOST_BYTES:
        raise FileError(f"{number} is no length")
    return int(number)


def _read(file: BinaryIO) -> bytes | None:
    length = _number(file)
    if length == _NONE:
        return None
    data = file.read(length)
    if len(data) < length:
        raise FileError("it ends within a record")
    return data
