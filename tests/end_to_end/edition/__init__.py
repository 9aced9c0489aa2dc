"""An edition as data: the stories that 150 applications are of, and what each tells whom on which day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from libraries.data_files import read_data_file


class Told(NamedTuple):
    """A mail: on which day, to whom, and its kind, with the number of the reminder where it is one."""

    day: date
    to: str
    kind: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Story(_Strict):
    """What happens to an application, day by day, and what is told of it."""

    story: str
    need: str | None = None
    weeks: tuple[int, ...]
    happens: tuple[str, ...]
    told: str

    def deeds(self, day: int) -> Iterator[str]:
        """What people do on a day, in its order."""
        for deed in self.happens:
            on, _, what = deed.partition(" ")
            if int(on) == day:
                yield what


class Edition(_Strict):
    """All stories, and the days that they share."""

    first_monday: date
    round_on: date
    last_day: date
    mentors: int
    unmet_need_told: str
    stories: tuple[Story, ...]

    def told(self, story: Story, begins: date) -> Iterator[Told]:
        """What one application of a story tells until the last day."""
        for line in story.told.splitlines():
            when, rest = line.split(" ", 1)
            to = next(role for role in ROLES if rest.startswith(f"{role} "))
            over = begins + timedelta(days=int(when.removeprefix("round>")))
            if when.startswith("round>"):
                if over < self.round_on:
                    yield Told(self.round_on, to, rest.removeprefix(f"{to} "))
            elif over <= self.last_day:
                yield Told(over, to, rest.removeprefix(f"{to} "))


ROLES: Final = ("lead", "successor", "owner", "mentor", "second mentor")
EDITION: Final = read_data_file("tests.end_to_end.edition", "stories.toml", Edition)
