"""Packed values: the lexicographic order itself, whatever is added up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.engine.worth import LOTTERY_BITS, Worth, pack, unpack

values = st.builds(
    Worth,
    st.integers(-1, 1),
    st.integers(-65_535, 65_535),
    st.integers(-1, 1),
    st.integers(-65_535, 65_535),
    st.integers(-(2**LOTTERY_BITS) + 1, 2**LOTTERY_BITS - 1),
)


def _sum(terms: list[Worth]) -> Worth:
    total = Worth()
    for term in terms:
        total = total.plus(term)
    return total


@given(st.lists(values, max_size=30), st.lists(values, max_size=30))
def test_sums_compare_as_their_levels_do(one: list[Worth], other: list[Worth]) -> None:
    mine, theirs = sum(map(pack, one)), sum(map(pack, other))
    assert (mine < theirs) == (_sum(one) < _sum(other))
    assert unpack(mine) == _sum(one)


@given(st.lists(st.sampled_from((values, values)).flatmap(lambda it: it), min_size=1, max_size=5))
def test_the_longest_path_among_a_million_hosts_reaches_no_other_field(some: list[Worth]) -> None:
    times = 2 * 2**20 // len(some)
    assert unpack(times * sum(map(pack, some))) == Worth(*(times * it for it in _sum(some)))


@pytest.mark.parametrize(
    "wrong", [Worth(2), Worth(0, 1 << 16), Worth(0, 0, 2), Worth(0, 0, 0, 1 << 16), Worth(0, 0, 0, 0, 1 << 40)]
)
def test_a_value_that_does_not_fit_its_field_is_refused(wrong: Worth) -> None:
    with pytest.raises(ValueError, match="out of range"):
        pack(wrong)
