"""The programme's time, by which everything is said, falls due and ends: the machine's, unless it is a rehearsal."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libraries.clocks.course import CourseFile
from libraries.clocks.machine import machine_time

VARIABLE: Final = "ENGAGE_REHEARSAL_CLOCK"


class RehearsalSettings(BaseSettings):
    """Whether a process rehearses; under the prefix `ENGAGE_`."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", env_ignore_empty=True, frozen=True)

    rehearsal_clock: Path | None = Field(
        default=None,
        description="File of the clock that a rehearsal lives by, as `engage up --clock` makes it: time is set and "
        "goes faster, mail goes to a server on this machine alone, and every mail and page says so; "
        "never where real people are written to",
    )


class ProgrammeClock:
    """Shows the programme's time when it is called: in a rehearsal that of its course, else the machine's."""

    def __init__(self, course: CourseFile | None = None) -> None:
        self._course = course

    def __call__(self) -> datetime:
        """The moment, in UTC."""
        return machine_time() if self._course is None else self._course.now()

    @property
    def is_rehearsed(self) -> bool:
        """Whether somebody sets it."""
        return self._course is not None

    def passing_in(self, span: timedelta) -> timedelta:
        """How much of the programme's time goes by at most while so much of the machine's does.

        By it leases are given, which what people set must not shorten; a clock that stands may go on at any moment.
        """
        return span if self._course is None else span * max(self._course.course().speed, 1.0)


@cache
def programme_clock() -> ProgrammeClock:
    """The clock of this process, by its environment."""
    path = RehearsalSettings().rehearsal_clock
    return ProgrammeClock(None if path is None else CourseFile(path))
