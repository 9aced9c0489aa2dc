"""What makes a local system a rehearsal: a clock that is set, and a note of where its servers are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from libraries.chassis.settings import SettingsError
from libraries.clocks.course import CourseError, CourseFile
from libraries.clocks.programme import VARIABLE

PLACES: Final = "rehearsal.json"
"""The file beside the clock's that says where the rehearsal's servers are."""
_CLOCK: Final = "clock.json"
NONE: Final[Mapping[str, str]] = {
    # Nobody is woken by a mail that is caught, and whoever tries it out is awake.
    "ENGAGE_MAIL_AT_ANY_HOUR": "true",
    # Empty: the one in the shell's own environment is another system's.
    VARIABLE: "",
}
"""What services are told where nothing is rehearsed."""


class Beginning(NamedTuple):
    """How a rehearsal's clock begins: what it shows, and how many seconds go by in one of the machine's."""

    at: datetime
    speed: float = 1.0
    is_paused: bool = False


def going_on(asked: Beginning | None, kept: Path | None, now: datetime) -> Beginning | None:
    """How a system begins whose data are kept in a directory, where they are; None for the machine's own time.

    A rehearsal stays one, whether it is asked for again or not, and goes on where it stood. What has lived by the
    machine's time can't go back before `now`: raises SettingsError.
    """
    if kept is None or not kept.exists():
        return asked
    if (clock := kept / _CLOCK).exists():
        course = CourseFile(clock).course()
        return asked or Beginning(course.showed, course.speed)
    if asked is not None and asked.at < now and any(kept.iterdir()):
        raise SettingsError(
            f"--clock: {kept} holds a system that has lived by this machine's time: begin no earlier than "
            f"{now:%Y-%m-%dT%H:%M}, or in another directory"
        )
    return asked


class Rehearsal:
    """A rehearsal in a directory, which has its clock; one that is kept there goes on where it stood."""

    def __init__(self, begins: Beginning, directory: Path) -> None:
        self._begins = begins
        self.clock = directory / _CLOCK
        self.course = CourseFile(self.clock)

    @property
    def environment(self) -> Mapping[str, str]:
        """What services are told: by the rehearsal's own hours mail leaves, or waits for the morning."""
        return {"ENGAGE_MAIL_AT_ANY_HOUR": "false", VARIABLE: str(self.clock)}

    def begin(self) -> None:
        """Sets the clock, or takes it where it stood, and has it stand; raises CourseError for a file of none."""
        # At a day a second whoever watches would miss weeks while the services start.
        self.course.begin(self._begins.at, speed=self._begins.speed, is_paused=True)

    def go_on(self) -> None:
        """Lets the clock go, now that everything is ready, unless it was asked to stand."""
        if not self._begins.is_paused:
            self.course.resume()

    def note_places(self, servers: str, health: Mapping[str, str]) -> None:
        """Notes where Kafka is, and where each service tells of its health, for whoever moves the clock."""
        places = {"kafka_bootstrap_servers": servers, "health": dict(health)}
        self.clock.with_name(PLACES).write_text(json.dumps(places), encoding="utf-8")

    def end(self) -> None:
        """Stops the clock, so that what is kept goes on from there, however long it lies."""
        with suppress(CourseError):  # it may not have begun
            self.course.pause()
