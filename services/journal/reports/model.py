"""The report of an edition, as values: counts, never who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Share:
    """Of a theme, a territory or an axis: how many projects took part, were selected, and took root."""

    code: str
    took_part: int
    selected: int
    rooted: int


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """A need that nothing answers, with the cause that the last round gave, in both languages; None before a round."""

    need_id: UUID
    title: str
    directorate: str | None
    cause: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Mentoring:
    """Pairs by state, how often they met, and for how many hours."""

    pairs: Mapping[str, int]
    meetings: int
    hours: float


@dataclass(frozen=True, slots=True)
class ObstacleShare:
    """Obstacles of a city service: how many were known, lifted and given up, and the median of days until lifted."""

    service: str
    known: int
    lifted: int
    abandoned: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class ImpactYear:
    """A figure in a year, over all projects that told it then and at the beginning; `baseline` is of the same ones."""

    code: str
    year: int
    projects: int
    baseline: int
    value: int


@dataclass(frozen=True, slots=True)
class EditionReport:
    """What came of an edition, or of all where `edition` is None.

    A project is selected once the City confirmed it or the jury made it a laureate, and took root once that action of
    its support plan is finished. Needs belong to no edition: the open ones are those of now.
    """

    edition: str | None
    applied: int
    by_state: Mapping[str, int]
    by_track: Mapping[str, int]
    took_part: int
    selected: int
    laureates: int
    rooted: int
    by_theme: tuple[Share, ...]
    by_territory: tuple[Share, ...]
    by_axis: tuple[Share, ...]
    needs_open: int
    needs_answered: int
    unmet: tuple[UnmetNeed, ...]
    mentoring: Mentoring
    obstacles: tuple[ObstacleShare, ...]
    impact: tuple[ImpactYear, ...]


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a project: whether a need of the City holds it, whether a pair ever began, whether it took root.

    `figures` are the last that it told, of its year `year`: each a code, what it was at the beginning where that is
    known, and what it is.
    """

    answers: bool = False
    accompanied: bool = False
    rooted: bool = False
    year: int | None = None
    figures: tuple[tuple[str, int | None, int], ...] = ()
