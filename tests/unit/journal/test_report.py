"""The report of an edition: what it counts, and how it is told."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.message import Language
from services.journal.reports.counting import Applied, Part, report_of
from services.journal.reports.model import EditionReport, ImpactYear, ObstacleShare, Share, UnmetNeed
from services.journal.reports.telling import sections_of, title_of
from tests.events import START
from tests.ids import identifier

_PROJECT = {"themes": ["youth-employment", "health"], "territories": ["13203"]}


def applied(
    name: str, *, state: str = "registered", decision: str | None = None, project: dict[str, Any] | None = None
) -> Applied:
    return Applied(identifier(name), state, "implantation", decision, project)


def part(kind: str, name: str, of: str, state: str, *, days: float = 0, need: str | None = None) -> Part:
    return Part(
        identifier(f"{kind} {name}"),
        kind,
        identifier(of),
        state,
        None if need is None else identifier(need),
        START,
        START + timedelta(days=days),
        "direction-habitat" if kind == "obstacle" else None,
    )


APPLICATIONS = [
    applied("a", project=_PROJECT),
    applied("b", project={"themes": ["health"], "territories": []}),
    applied("c", project={"themes": []}, decision="laureate"),
    applied("d", state="rejected"),
]
PARTS = [
    part("assignment", "1", "a", "declined", need="x"),
    part("assignment", "2", "a", "confirmed", need="y"),
    part("assignment", "3", "b", "confirmed", need="y"),
    part("assignment", "4", "c", "proposed", need="z"),
    part("pair", "1", "a", "active"),
    part("obstacle", "1", "a", "lifted", days=4),
    part("obstacle", "2", "a", "lifted", days=9),
    part("obstacle", "3", "b", "abandoned", days=2),
]
YEARS: list[tuple[int, list[dict[str, Any]]]] = [
    (0, [{"code": "people-reached", "value": 100, "baseline": 100}]),
    (1, [{"code": "people-reached", "value": 150, "baseline": 100}]),
    (1, [{"code": "people-reached", "value": 30, "baseline": 50}, {"code": "jobs", "value": 3, "baseline": None}]),
]


def counted(applications: list[Applied], parts: list[Part]) -> EditionReport:
    unmet = [UnmetNeed(identifier("w"), "Lutter contre l'isolement", None, {"fr": "Aucun projet", "en": "No project"})]
    rooted = {identifier("assignment 2")}
    return report_of("contest-2025", applications, parts, rooted, (3, 200), YEARS, 5, unmet)


def test_each_project_counts_once_for_the_edition_and_in_each_of_its_categories() -> None:
    report = counted(APPLICATIONS, PARTS)
    assert (report.applied, report.took_part, report.selected, report.laureates, report.rooted) == (4, 3, 3, 1, 1)
    assert report.by_theme == (
        Share("health", 2, 2, 1),
        Share("youth-employment", 1, 1, 1),
        Share("unknown", 1, 1, 0),
    )
    assert report.by_territory == (Share("13203", 1, 1, 1), Share("unknown", 2, 2, 0))
    assert report.needs_answered == 1
    assert report.mentoring.pairs == {"active": 1}
    assert (report.mentoring.meetings, report.mentoring.hours) == (3, 3.3)


def test_obstacles_have_the_median_of_the_days_until_they_were_lifted() -> None:
    assert counted(APPLICATIONS, PARTS).obstacles == (ObstacleShare("direction-habitat", 3, 2, 1, 6.5),)


def test_impact_is_held_against_the_beginning_of_the_same_projects() -> None:
    assert counted(APPLICATIONS, PARTS).impact == (ImpactYear("people-reached", 1, 2, 150, 180),)


def test_the_order_of_rows_changes_nothing() -> None:
    chance = random.Random(7)
    expected = counted(APPLICATIONS, PARTS)
    for _ in range(20):
        applications, parts = APPLICATIONS.copy(), PARTS.copy()
        chance.shuffle(applications)
        chance.shuffle(parts)
        assert counted(applications, parts) == expected


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("fr", "Bilan de l’édition contest-2025", ["Emploi des jeunes", "recevable", "Aucun projet"]),
        ("en", "Report of the edition contest-2025", ["Youth employment", "registered", "No project"]),
    ],
)
def test_a_report_is_told_in_words(language: Language, title: str, words: list[str]) -> None:
    report = counted(APPLICATIONS, PARTS)
    told = sections_of(report, language)
    cells = {cell for section in told for row in section.rows for cell in row}
    assert title_of(report, language) == title
    assert set(words) <= cells
    for section in told:
        assert {len(row) for row in section.rows} == {len(section.headings)}
        assert all(isinstance(row[place], int) for row in section.rows for place in section.drawn)


def test_an_edition_without_anything_has_only_its_figures() -> None:
    empty = report_of(None, [], [], set(), (0, 0), [], 0, [])
    (only,) = sections_of(empty, "en")
    assert {row[1] for row in only.rows} == {0}
    assert title_of(empty, "en") == "Report of all editions"


def test_nobody_is_named() -> None:
    cells = [
        str(cell) for section in sections_of(counted(APPLICATIONS, PARTS), "fr") for row in section.rows for cell in row
    ]
    for cell in cells:
        with pytest.raises(ValueError, match="badly formed"):
            UUID(cell)
