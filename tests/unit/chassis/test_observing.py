"""Many values that are observed at once are what they are one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest

from libraries.chassis.watching.catalogue import SECONDS, observe_all

VALUES = st.lists(st.sampled_from((0.0, *SECONDS, 4096.0)) | st.integers(0, 10_000).map(lambda value: value / 8))


@given(VALUES, VALUES)
def test_many_at_once_are_counted_as_one_by_one(first: list[float], second: list[float]) -> None:
    at_once, one_by_one = CollectorRegistry(), CollectorRegistry()
    together = Histogram("took", "…", buckets=SECONDS, registry=at_once)
    alone = Histogram("took", "…", buckets=SECONDS, registry=one_by_one)
    for values in (first, second):
        observe_all(together, values)
        for value in values:
            alone.observe(value)
    counted, expected = generate_latest(at_once), generate_latest(one_by_one)
    assert [line for line in counted.splitlines() if b"_sum" not in line] == [
        line for line in expected.splitlines() if b"_sum" not in line
    ]
    assert abs(together._sum.get() - alone._sum.get()) < 1e-6 * (1 + len(first) + len(second)) * 10_000


def test_a_value_lies_below_the_first_bound_that_holds_it() -> None:
    histogram = Histogram("took", "…", buckets=SECONDS, registry=CollectorRegistry())
    observe_all(histogram, [0.02] * 100)
    observe_all(histogram, [])
    assert [bucket.get() for bucket in histogram._buckets[:4]] == [0, 0, 100, 0]
