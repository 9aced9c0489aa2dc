"""Editions: dated sets of rules, one file each, chosen by the track and the time of the form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from contracts.applications import ApplicationForm
from contracts.message import Code, Track
from services.intake.rules import Rule, flattened

_PARIS: Final = ZoneInfo("Europe/Paris")
_WHEN = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$"


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


class WindowFile(BaseModel):
    """When an edition takes applications, in the wall time of Paris."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: str = Field(pattern=_WHEN)
    closes: str | None = Field(pattern=_WHEN, description="A date means through the end of that day; null: no end")


class EditionFile(BaseModel):
    """An edition as its file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: Code
    version: int = Field(ge=1)
    track: Track
    source: str = Field(min_length=1, description="Where the rules come from")
    window: WindowFile | None
    rules: tuple[Annotated[Rule, BeforeValidator(flattened)], ...] = Field(min_length=1)


class Editions:
    """All editions; no moment belongs to two editions of one track."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        """Raises ValueError where two windows overlap, or two editions or two rules of one share an id."""
        self._by_id: dict[str, Edition] = {}
        self._open: dict[Track, list[tuple[Window, Edition]]] = {"implantation": [], "contest": []}
        for edition in editions:
            self._add(edition)

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

    def _add(self, edition: Edition) -> None:
        if edition.id in self._by_id:
            raise ValueError(f"two files describe the edition {edition.id}")
        if len({rule.id for rule in edition.rules}) < len(edition.rules):
            raise ValueError(f"two rules of {edition.id} have the same id")
        self._by_id[edition.id] = edition
        if (window := edition.window) is None:
            return
        for other, neighbour in self._open[edition.track]:
            if window.opens <= other.closes and other.opens <= window.closes:
                raise ValueError(f"the windows of {edition.id} and {neighbour.id} overlap")
        self._open[edition.track].append((window, edition))


def in_paris(moment: datetime) -> datetime:
    """A moment in the wall time of Paris, in which editions open and close."""
    return moment.astimezone(_PARIS)


def parse_edition(content: Mapping[str, Any]) -> Edition:
    """An edition from the content of its file; raises ValueError (Pydantic's) with each field that is wrong."""
    file = EditionFile.model_validate(content)
    window = None
    if file.window is not None:
        closes = float("inf") if file.window.closes is None else _last_moment(file.window.closes)
        window = Window(_first_moment(file.window.opens), closes)
        if window.closes < window.opens:
            raise ValueError(f"the window of {file.edition} closes before it opens")
    return Edition(file.edition, f"{file.edition}@{file.version}", file.track, window, file.rules)


def read_editions() -> Editions:
    """The editions of this service's own files."""
    folder = files("services.intake") / "editions"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return Editions(parse_edition(json.loads((folder / name).read_text(encoding="utf-8"))) for name in names)


def _first_moment(text: str) -> float:
    return _moment(datetime.fromisoformat(text))


def _last_moment(text: str) -> float:
    if "T" in text:
        return _moment(datetime.fromisoformat(text))
    midnight = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time())
    return _moment(midnight) - 1e-6


def _moment(wall_time: datetime) -> float:
    return wall_time.replace(tzinfo=_PARIS).timestamp()


EDITIONS: Final = read_editions()
