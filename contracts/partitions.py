"""Which partition a key belongs to: Kafka's own default, so that every client agrees."""

from __future__ import annotations

from functools import lru_cache

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


@lru_cache(maxsize=4_096)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key as the Java client's default partitioner has it (murmur2).

    librdkafka's clients need `partitioner=murmur2_random` to agree. Kept per key, since an aggregate's
    events follow each other and the hash costs 4 µs in Python.
    """
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    length = len(data)
    hashed = 0x9747B28C ^ length
    whole = length & ~3
    for position in range(0, whole, 4):
        word = int.from_bytes(data[position : position + 4], "little") * _M & _MASK
        word = (word ^ word >> 24) * _M & _MASK
        hashed = hashed * _M & _MASK ^ word
    if tail := data[whole:]:
        hashed = (hashed ^ int.from_bytes(tail, "little")) * _M & _MASK
    hashed = (hashed ^ hashed >> 13) * _M & _MASK
    return hashed ^ hashed >> 15
