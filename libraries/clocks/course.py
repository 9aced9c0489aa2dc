"""The course of a rehearsed clock: a small file that all processes of a machine read, and one at a time changes.

It holds one anchor: what the clock showed at a moment of the machine, and how fast it has gone since. The machine's
moments are those of its monotonic clock, which all its processes share and nobody sets.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

FASTEST: Final = 10 * 86_400
"""Seconds of the rehearsal in one of the machine: at more, mails would be too late before anybody could send them."""
_LATEST: Final = datetime(2090, 1, 1, tzinfo=UTC)
"""Contracts take times up to 2099, and what is planned lies years ahead."""


class CourseError(Exception):
    """The clock can't be read, or can't be set so; the text says why."""


class Course(BaseModel):
    """What the clock showed at a moment of the machine (seconds of its monotonic clock), and how it goes since.

    `speed` is in seconds a second, and 0 while the clock `is_paused`, which keeps how fast it will go on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    anchored_at: float = Field(ge=0, allow_inf_nan=False)
    showed: AwareDatetime
    speed: float = Field(gt=0, le=FASTEST, allow_inf_nan=False)
    is_paused: bool = False

    def at(self, machine_seconds: float) -> datetime:
        """What it shows at a moment of the machine; one before the anchor is of another start of the machine."""
        passed = 0.0 if self.is_paused else max(machine_seconds - self.anchored_at, 0.0)
        return min(self.showed + timedelta(seconds=passed * self.speed), _LATEST)


class CourseFile:
    """The file of a course, read anew whenever it has changed."""

    def __init__(self, path: Path, seconds: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._seconds = seconds
        self._mark: tuple[int, int] | None = None
        self._course: Course | None = None
        self._shown = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """What the clock shows: never less than it did before, in this process. Raises CourseError."""
        self._shown = max(self._shown, self.course().at(self._seconds()))
        return self._shown

    def course(self) -> Course:
        """The course as it is set now; raises CourseError where the file can't be read."""
        # Its mark costs two microseconds; a file is never written over, so what has the same mark is the same.
        try:
            state = self._path.stat()
            mark = state.st_ino, state.st_mtime_ns
            if self._course is None or mark != self._mark:
                self._course, self._mark = Course.model_validate_json(self._path.read_bytes()), mark
        except (OSError, ValidationError):
            if self._course is None:
                raise CourseError(f"{self._path} holds no clock of a rehearsal") from None
            # A rehearsal that ends takes its file away: the last of its services stop by the course that they know.
        return self._course

    def begin(self, at: datetime, *, speed: float, is_paused: bool = False) -> None:
        """Sets the clock for the first time; one that stands later already goes on from there. Raises CourseError."""
        with self._alone():
            showed = max(at, self.course().showed) if self._path.exists() else at
            self._write(Course(anchored_at=self._seconds(), showed=showed, speed=speed, is_paused=is_paused))

    def resume(self, speed: float | None = None) -> datetime:
        """Lets the clock go on, at another speed where one is given; returns what it shows."""
        return self._change(speed=speed, is_paused=False)

    def pause(self) -> datetime:
        """Stops the clock; returns what it shows."""
        return self._change(is_paused=True)

    def jump(self, to: datetime) -> datetime:
        """Sets the clock forward; raises CourseError for a moment that is over, or too far away."""
        return self._change(to=to)

    def _change(
        self, *, to: datetime | None = None, speed: float | None = None, is_paused: bool | None = None
    ) -> datetime:
        with self._alone():
            known, seconds = self.course(), self._seconds()
            shown = known.at(seconds)
            if to is not None and not shown <= to <= _LATEST:
                where = f"between {shown:%Y-%m-%dT%H:%M:%SZ}, which it shows, and {_LATEST:%Y-%m-%d}"
                raise CourseError(f"the clock can be set to a moment {where}: its time never goes backwards")
            changed = Course(
                anchored_at=seconds,
                showed=to or shown,
                speed=known.speed if speed is None else speed,
                is_paused=known.is_paused if is_paused is None else is_paused,
            )
            self._write(changed)
            return changed.showed

    def _write(self, course: Course) -> None:
        # Another file in its place, so that nobody ever reads half of one.
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".clock-")
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            json.dump(course.model_dump(mode="json"), written)
        Path(name).replace(self._path)
        self._course = self._mark = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps two who set the clock at once apart."""
        with self._path.with_name(f"{self._path.name}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
