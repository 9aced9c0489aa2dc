"""Who goes first where records and work by the clock both wait."""

from __future__ import annotations

from libraries.chassis.lanes.precedence import records_go_first


def test_work_by_the_clock_waits_while_records_come_and_never_for_long() -> None:
    def go_first(seconds: float, *, last: float, waiting: int = 0) -> bool:
        return records_go_first(100.0 + seconds, asked_at=100.0, took_at=100.0 + last, waiting=waiting)

    assert go_first(0.0, last=-0.01), "one came just now"
    assert not go_first(0.0, last=-1.0), "none has come for a while"
    assert go_first(0.5, last=-1.0, waiting=1), "one has come and is not taken yet"
    assert go_first(0.9, last=0.89)
    assert not go_first(1.0, last=0.99, waiting=1), "they come without a pause"
