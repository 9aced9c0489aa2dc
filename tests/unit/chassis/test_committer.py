"""Who goes first where records and work by the clock both wait."""

from __future__ import annotations

import pytest

from libraries.chassis.lanes.precedence import records_go_first, seconds_to_gather


def test_work_by_the_clock_waits_while_records_come_and_never_for_long() -> None:
    def go_first(seconds: float, *, last: float, waiting: int = 0) -> bool:
        return records_go_first(100.0 + seconds, asked_at=100.0, took_at=100.0 + last, waiting=waiting)

    assert go_first(0.0, last=-0.01), "one came just now"
    assert not go_first(0.0, last=-1.0), "none has come for a while"
    assert go_first(0.5, last=-1.0, waiting=1), "one has come and is not taken yet"
    assert go_first(0.9, last=0.89)
    assert not go_first(1.0, last=0.99, waiting=1), "they come without a pause"


def test_few_records_never_wait_for_others_and_many_gather() -> None:
    def wait(took: int, *, after: float) -> float:
        return seconds_to_gather(100.0 + after, ended_at=100.0, took=took, gather_seconds=0.008)

    assert wait(16, after=0.0) == 0, "one after the other, each as the cycle before ends"
    assert wait(17, after=0.0) == pytest.approx(0.008)
    assert wait(1_000, after=0.005) == pytest.approx(0.003)
    assert wait(1_000, after=1.0) == 0
