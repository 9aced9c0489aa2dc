"""Editions: dated sets of rules, one file each, chosen by the track and the time of the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.applications import ApplicationForm
from contracts.message import Code, Track
from libraries.data_files import Mistake
from libraries.programme.running import programme
from libraries.work_days.city import CITY
from services.intake.rules.kinds import Rule

_LAST_TICK: Final = 1e-6
"""Times have microseconds: this much before midnight is the last moment of a day."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` to `closes`, both included, in seconds since 1970; a missing end is infinite."""

    opens: float
    closes: float

    def holds(self, moment: datetime) -> bool:
        """Whether a form sent at that moment is in time."""
        return self.opens <= moment.timestamp() <= self.closes


@dataclass(frozen=True, slots=True)
class Edition:
    """One year's rules for one track. Without a window it is known, but no form is ever sent in it."""

    id: str
    rules_version: str
    track: Track
    window: Window | None
    rules: tuple[Rule, ...]


def _checked_time(text: str) -> str:
    datetime.fromisoformat(text)
    return text


# A text, since a date and a time of day mean different things at the end of a window: which it was must be kept.
_WallTime = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$"), AfterValidator(_checked_time)]


class WindowFile(BaseModel):
    """When an edition takes applications, by the clock on the wall of the City."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: _WallTime
    closes: _WallTime | None = Field(None, description="A date means through the end of that day; absent: no end")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.window.closes < self.window.opens:
            raise ValueError("it closes before it opens")
        return self

    @property
    def window(self) -> Window:
        """The same window in moments."""
        return Window(_first_moment(self.opens), float("inf") if self.closes is None else _last_moment(self.closes))


class EditionFile(BaseModel):
    """An edition as its file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: Code
    version: int = Field(ge=1, description="One more at every change: what was judged says by which it was")
    track: Track
    window: WindowFile | None = Field(None, description="Absent where it is not known: then no form is ever sent in it")
    draft: bool = Field(False, description="Whether it is only being prepared: then nothing is decided by it")
    unknown: tuple[str, ...] = Field((), description="Of a draft: what is not known yet, in words")
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _check_draft(self) -> Self:
        if self.draft != bool(self.unknown):
            raise ValueError("a draft says in `unknown` what is not known yet, and no other edition does")
        if not self.draft and not self.rules:
            raise ValueError("it has no rules: add [[rules]], or say that it is a draft")
        return self

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("two of its rules have the same id")
        return self

    def as_edition(self) -> Edition:
        """The edition that the file describes."""
        window = None if self.window is None else self.window.window
        return Edition(self.edition, f"{self.edition}@{self.version}", self.track, window, self.rules)


class Editions:
    """All editions; no moment belongs to two editions of one track."""

    def __init__(self, editions: Iterable[Edition] = ()) -> None:
        """Raises ValueError where two windows of a track overlap, or two editions share an id."""
        self._by_id: dict[str, Edition] = {}
        self._open: dict[Track, list[tuple[Window, Edition]]] = {"implantation": [], "contest": []}
        for edition in editions:
            self.add(edition)

    def named(self, identifier: str) -> Edition | None:
        """The edition of that id, or None."""
        return self._by_id.get(identifier)

    def open_at(self, track: Track, moment: datetime) -> Edition | None:
        """The edition whose window holds that moment, or None."""
        for window, edition in self._open[track]:
            if window.holds(moment):
                return edition
        return None

    def of_form(self, form: ApplicationForm, *, known: tuple[Track, str] | None) -> Edition | None:
        """The edition of a form, where `known` is the track and the edition of the application so far.

        The time at which the form was sent decides. Where no window holds it, the application stays in the
        edition that took it before: what was asked for can be sent again after the closing date.
        """
        edition = self.open_at(form.track, form.submitted_at)
        if edition is None and known is not None and known[0] == form.track:
            return self._by_id.get(known[1])
        return edition

    def __iter__(self) -> Iterator[Edition]:
        return iter(self._by_id.values())

    def add(self, edition: Edition) -> None:
        """One more edition; raises ValueError where its id is known, or its window overlaps another of its track."""
        if edition.id in self._by_id:
            raise ValueError(f"two files describe the edition {edition.id}")
        self._by_id[edition.id] = edition
        if (window := edition.window) is None:
            return
        # Else it would hang on the order of the files which rules a form is held against.
        for other, neighbour in self._open[edition.track]:
            if window.opens <= other.closes and other.opens <= window.closes:
                raise ValueError(f"the windows of {edition.id} and {neighbour.id} overlap")
        self._open[edition.track].append((window, edition))


def wall_time(moment: datetime) -> datetime:
    """A moment as the clock on the wall of the City shows it, by which editions open and close."""
    return moment.astimezone(CITY.zone)


def read_edition_files() -> Mapping[str, EditionFile]:
    """The files of all editions of the programme, drafts included, by name; raises DataFileError."""
    return programme().read_all("editions", EditionFile)


def editions_of(files: Mapping[str, EditionFile]) -> Editions:
    """The editions that something is decided by: all but drafts; raises DataFileError where two do not go together."""
    editions = Editions()
    for name, file in files.items():
        if file.draft:
            continue
        try:
            editions.add(file.as_edition())
        except ValueError as error:
            programme().refuse([Mistake(programme().path_of(name), None, "", str(error))])
    return editions


def _first_moment(text: str) -> float:
    return _moment(datetime.fromisoformat(text))


def _last_moment(text: str) -> float:
    if "T" in text:
        return _moment(datetime.fromisoformat(text))
    # The midnight after it on the wall, since a day on which clocks change has no 24 hours.
    midnight = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time())
    return _moment(midnight) - _LAST_TICK


def _moment(on_the_wall: datetime) -> float:
    return on_the_wall.replace(tzinfo=CITY.zone).timestamp()


EDITIONS: Final = editions_of(read_edition_files())
