"""Which partitions many keys belong to, computed at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contracts.partitions import partition_of

_FEW = 24  # below it numpy's own cost, some 70 µs for each length of key, exceeds that of hashing one by one
_M = np.uint32(0x5BD1E995)
_POSITIVE = np.uint32(0x7FFFFFFF)


def partitions_of(keys: Sequence[bytes], partitions: int | Sequence[int]) -> list[int]:
    """The partition of each key, as `contracts.partitions.partition_of` has it.

    `partitions` is the number of partitions of the keys' topic, or one number for each key.
    """
    counts = [partitions] * len(keys) if isinstance(partitions, int) else partitions
    found = [0] * len(keys)
    for length, places in _by_length(keys).items():
        if len(places) < _FEW:
            for place in places:
                found[place] = partition_of(keys[place], counts[place])
        else:
            hashed = _murmur2(b"".join([keys[place] for place in places]), length, len(places))
            shares = (hashed & _POSITIVE) % np.array([counts[place] for place in places], np.uint32)
            for place, share in zip(places, shares.tolist(), strict=True):
                found[place] = share
    return found


def _by_length(keys: Sequence[bytes]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(len(key), []).append(place)
    return places


def _murmur2(joined: bytes, length: int, count: int) -> NDArray[np.uint32]:
    """The hashes of so many keys of one length, written one after the other; uint32 wraps as the algorithm wants."""
    rows = np.frombuffer(joined, np.uint8).reshape(count, length)
    whole = length & ~3
    # A word of all keys beside each other in memory is what makes each of the steps below fast.
    words = np.ascontiguousarray(np.ascontiguousarray(rows[:, :whole]).view("<u4").T).astype(np.uint32, copy=False)
    hashed = np.full(count, 0x9747B28C ^ length, np.uint32)
    for word in words:
        mixed = word * _M
        mixed ^= mixed >> 24
        mixed *= _M
        hashed *= _M
        hashed ^= mixed
    if whole < length:
        tail = np.zeros(count, np.uint32)
        for place in range(whole, length):
            tail |= rows[:, place].astype(np.uint32) << 8 * (place - whole)
        hashed ^= tail
        hashed *= _M
    hashed ^= hashed >> 13
    hashed *= _M
    hashed ^= hashed >> 15
    return hashed
