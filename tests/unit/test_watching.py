"""A stack that is watched: what ends is told once, and started again after a pause that grows."""

from __future__ import annotations

from dataclasses import dataclass, field

from deploy.local.watching import Restarts, look_after


@dataclass
class Process:
    """A process that ends when the test says so."""

    returncode: int | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.returncode = None
        self.starts.append(0)


def looked(process: Process, restarts: Restarts, *moments: float) -> list[str]:
    told: list[str] = []
    for now in moments:
        look_after("intake", process, restarts, told.append, now, log="/logs/intake.log")
    return told


def test_what_ends_is_told_and_started_at_once() -> None:
    process, restarts = Process(returncode=-9), Restarts(0)
    (told,) = looked(process, restarts, 5)
    assert told == "intake ended with signal 9 and starts again at once; its log is /logs/intake.log"
    assert process.returncode is None
    assert looked(process, restarts, 6) == []


def test_what_ends_at_each_start_waits_longer_each_time() -> None:
    process, restarts, now = Process(), Restarts(0), 0.0
    pauses: list[float] = []
    for _ in range(8):
        process.returncode = 1
        (told,) = looked(process, restarts, now)
        assert "status 1" in told
        before = now
        while process.returncode is not None:
            now += 0.5
            assert looked(process, restarts, now) == [], "it is told once"
        pauses.append(now - before)
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]


def test_what_ran_for_long_starts_at_once_again() -> None:
    process, restarts = Process(returncode=1), Restarts(0)
    looked(process, restarts, 1)
    process.returncode = 1
    looked(process, restarts, 2, 3)
    process.returncode = 1
    assert "at once" in looked(process, restarts, 60)[0]
