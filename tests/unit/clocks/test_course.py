"""A rehearsal's clock: it goes as it was set, for all who read it, and never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libraries.clocks.course import CourseError, CourseFile
from libraries.clocks.programme import ProgrammeClock

START = datetime(2026, 1, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Machine:
    """A machine whose seconds pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def course(tmp_path: Path, machine: Machine) -> CourseFile:
    course = CourseFile(tmp_path / "clock.json", machine)
    course.begin(START, speed=86_400)
    return course


def test_a_day_a_second(course: CourseFile, machine: Machine) -> None:
    machine.seconds += 1.5
    assert course.now() == START + 1.5 * DAY


def test_it_stands_while_paused_and_goes_on_from_there(course: CourseFile, machine: Machine) -> None:
    machine.seconds += 1
    assert course.pause() == START + DAY
    machine.seconds += 100
    assert course.now() == START + DAY
    course.resume(3_600)
    machine.seconds += 2
    assert course.now() == START + DAY + timedelta(hours=2)


def test_every_reader_sees_what_another_has_set(course: CourseFile, machine: Machine, tmp_path: Path) -> None:
    other = CourseFile(tmp_path / "clock.json", machine)
    assert other.now() == START
    course.pause()
    course.jump(START + 100 * DAY)
    assert other.now() == START + 100 * DAY
    assert other.course().is_paused


def test_it_is_never_set_back(course: CourseFile, machine: Machine) -> None:
    machine.seconds += 1
    with pytest.raises(CourseError, match="never goes backwards"):
        course.jump(START)
    assert course.now() == START + DAY, "what was refused has changed nothing"


def test_a_reader_never_sees_it_go_back(course: CourseFile, machine: Machine, tmp_path: Path) -> None:
    other = CourseFile(tmp_path / "clock.json", machine)
    machine.seconds += 2
    assert other.now() == START + 2 * DAY
    # Whoever pauses it has looked a moment earlier, as another process may.
    machine.seconds -= 1
    course.pause()
    assert other.now() == START + 2 * DAY


def test_what_is_kept_goes_on_and_not_before(course: CourseFile, tmp_path: Path) -> None:
    course.pause()
    machine = Machine()
    machine.seconds = 5.0  # the machine was started anew
    again = CourseFile(tmp_path / "clock.json", machine)
    assert again.now() == START
    again.begin(START - DAY, speed=1)
    assert again.now() == START, "asked for as it was the first time, it goes on where it stood"
    again.begin(START + DAY, speed=1)
    assert again.now() == START + DAY


def test_no_clock_and_a_broken_one_are_told(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    for name in ("missing.json", "broken.json"):
        with pytest.raises(CourseError, match=f"{name} holds no clock"):
            CourseFile(tmp_path / name).now()


def test_a_reader_goes_on_when_the_file_is_gone(course: CourseFile, machine: Machine, tmp_path: Path) -> None:
    assert course.now() == START
    (tmp_path / "clock.json").unlink()
    machine.seconds += 1
    assert course.now() == START + DAY


def test_a_lease_is_the_machine_s_time_at_every_speed(course: CourseFile) -> None:
    clock = ProgrammeClock(course)
    minute = timedelta(minutes=1)
    assert clock.passing_in(minute) == minute * 86_400
    course.resume(1)
    course.pause()
    assert clock.passing_in(minute) == minute, "a clock that stands may go on at any moment"
    assert ProgrammeClock().passing_in(minute) == minute
