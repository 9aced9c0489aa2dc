"""Counts an edition's report from what the journal has of it: pure, and the same in whatever order rows come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final, TypeAlias
from uuid import UUID

from libraries.vocabularies.vocabularies import VOCABULARIES
from services.journal.reports.model import Became, EditionReport, ImpactYear, Mentoring, ObstacleShare, Share, UnmetNeed

_DAY_SECONDS: Final = 86_400
_UNKNOWN: Final = "unknown"
_AXES: Final = tuple(
    (crossing.theme, crossing.strategic_axis) for crossing in VOCABULARIES.crosswalk if crossing.strategic_axis
)


@dataclass(frozen=True, slots=True)
class Applied:
    """An application: `project` as it took part last, None where it never did."""

    id: UUID
    state: str | None
    track: str | None
    decision: str | None
    project: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Part:
    """An assignment, a pair or an obstacle of an application, with when it was first and last spoken of."""

    id: UUID
    kind: str
    application_id: UUID
    state: str | None
    need_id: UUID | None
    first_at: datetime
    said_at: datetime
    service: str | None


def report_of(
    edition: str | None,
    applications: Sequence[Applied],
    parts: Sequence[Part],
    rooted: Collection[UUID],
    meetings: tuple[int, int],
    years: Iterable[tuple[int, Sequence[Mapping[str, Any]]]],
    needs_open: int,
    unmet: Sequence[UnmetNeed],
) -> EditionReport:
    """The report of an edition.

    `rooted` are assignments; `meetings` how many and of how many minutes together; `years` each project's years with
    their figures.
    """
    of_kind: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        of_kind[part.kind].append(part)
    confirmed = [part for part in of_kind["assignment"] if part.state == "confirmed"]
    laureates = {each.id for each in applications if each.decision == "laureate"}
    selected = laureates | {part.application_id for part in confirmed}
    took_root = {part.application_id for part in of_kind["assignment"] if part.id in rooted}
    taking_part = [each for each in applications if each.project is not None]

    def shares(codes_of: Callable[[Mapping[str, Any]], Iterable[str]]) -> tuple[Share, ...]:
        return _shares(taking_part, codes_of, selected, took_root)

    return EditionReport(
        edition,
        len(applications),
        _counted(each.state for each in applications),
        _counted(each.track for each in applications),
        len(taking_part),
        len(selected),
        len(laureates),
        len(took_root),
        shares(lambda project: project.get("themes", ())),
        shares(lambda project: project.get("territories", ())),
        shares(lambda project: [axis for theme, axis in _AXES if theme in project.get("themes", ())]),
        needs_open,
        len({part.need_id for part in confirmed}),
        tuple(unmet),
        Mentoring(_counted(part.state for part in of_kind["pair"]), meetings[0], round(meetings[1] / 60, 1)),
        _obstacles(of_kind["obstacle"]),
        _impact(years),
    )


_Told: TypeAlias = tuple[int, Sequence[Mapping[str, Any]]]
"""A year, and the figures that were told of it."""


def became(
    applications: Iterable[UUID],
    parts: Iterable[Part],
    begun: Collection[UUID],
    rooted: Collection[UUID],
    told: Sequence[tuple[UUID, int, Sequence[Mapping[str, Any]]]],
) -> Mapping[UUID, Became]:
    """By application: `begun` are pairs, `rooted` assignments, and `told` the figures of an assignment's year."""
    of: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        of[part.application_id].append(part)
    last: dict[UUID, _Told] = {}
    for assignment_id, year, figures in told:
        if assignment_id not in last or year > last[assignment_id][0]:
            last[assignment_id] = year, figures
    return {application_id: _became(of[application_id], begun, rooted, last) for application_id in applications}


def _became(
    parts: Sequence[Part],
    begun: Collection[UUID],
    rooted: Collection[UUID],
    last: Mapping[UUID, _Told],
) -> Became:
    ids = {part.id for part in parts}
    years = (last[each] for each in sorted(ids) if each in last)
    year, figures = max(years, key=lambda each: each[0], default=(None, ()))
    return Became(
        answers=any(part.kind == "assignment" and part.state == "confirmed" for part in parts),
        accompanied=not ids.isdisjoint(begun),
        rooted=not ids.isdisjoint(rooted),
        year=year,
        figures=tuple((each["code"], each.get("baseline"), each["value"]) for each in figures),
    )


def _counted(codes: Iterable[str | None]) -> Mapping[str, int]:
    counts = Counter(code or _UNKNOWN for code in codes)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _shares(
    taking_part: Sequence[Applied],
    codes_of: Callable[[Mapping[str, Any]], Iterable[str]],
    selected: Collection[UUID],
    rooted: Collection[UUID],
) -> tuple[Share, ...]:
    """A project of several codes counts in each."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for each in taking_part:
        for code in sorted(set(codes_of(each.project or {}))) or [_UNKNOWN]:
            found[code].append(each.id)
    told = [
        Share(code, len(ids), sum(one in selected for one in ids), sum(one in rooted for one in ids))
        for code, ids in found.items()
    ]
    return tuple(sorted(told, key=lambda share: (share.code == _UNKNOWN, -share.took_part, share.code)))


def _obstacles(obstacles: Sequence[Part]) -> tuple[ObstacleShare, ...]:
    by_service: dict[str, list[Part]] = defaultdict(list)
    for obstacle in obstacles:
        by_service[obstacle.service or _UNKNOWN].append(obstacle)
    told = []
    for service, known in by_service.items():
        days = [
            (each.said_at - each.first_at).total_seconds() / _DAY_SECONDS for each in known if each.state == "lifted"
        ]
        abandoned = sum(each.state == "abandoned" for each in known)
        told.append(ObstacleShare(service, len(known), len(days), abandoned, round(median(days), 1) if days else None))
    return tuple(sorted(told, key=lambda share: (-share.known, share.service)))


def _impact(years: Iterable[tuple[int, Sequence[Mapping[str, Any]]]]) -> tuple[ImpactYear, ...]:
    """Figures with no beginning to hold them against count nowhere: what changed is not known of them."""
    sums: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for year, figures in years:
        for figure in figures:
            if figure.get("baseline") is not None:
                sums[figure["code"], year].append((figure["baseline"], figure["value"]))
    return tuple(
        ImpactYear(code, year, len(told), sum(begun for begun, _ in told), sum(now for _, now in told))
        for (code, year), told in sorted(sums.items())
        if year
    )
