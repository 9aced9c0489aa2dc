"""Many keys belong where each of them does."""

from __future__ import annotations

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.partitions import partition_of
from libraries.chassis.servers.partitioner import partitions_of

UUIDS = [str(UUID(int=number << 64 | number)).encode() for number in range(1_000)]


@given(st.integers(0, 70), st.randoms(use_true_random=False), st.integers(1, 64))
@example(length=0, chance=None, partitions=4)
def test_keys_of_every_length_go_where_one_of_them_would(length: int, chance: object, partitions: int) -> None:
    draw = getattr(chance, "randbytes", bytes)
    keys = [draw(length) for _ in range(40)] + [b"\xff" * length, bytes(length)]
    assert partitions_of(keys, partitions) == [partition_of(key, partitions) for key in keys]


@given(st.lists(st.tuples(st.binary(max_size=80), st.integers(1, 64)), max_size=200))
def test_keys_of_mixed_lengths_and_topics_go_where_one_of_them_would(keyed: list[tuple[bytes, int]]) -> None:
    # Enough keys of one length that these are hashed at once, among others that are hashed alone.
    keyed += [(key, 1 + number % 9) for number, key in enumerate(UUIDS[:50])]
    keys, counts = [key for key, _ in keyed], [count for _, count in keyed]
    assert partitions_of(keys, counts) == [partition_of(key, count) for key, count in keyed]


def test_ids_are_spread_over_all_partitions() -> None:
    assert set(partitions_of(UUIDS, 8)) == set(range(8))


def test_no_keys_have_no_partitions() -> None:
    assert partitions_of([], 8) == []
