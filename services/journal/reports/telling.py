"""A report in words: the sections that a page, a terminal and a document show alike, in one language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code, Language
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import Words, called
from services.journal.journeys.words import WORDS
from services.journal.reports.model import Became, EditionReport, ImpactYear, Share

Cell: TypeAlias = str | int | float | None


class _File(BaseModel):
    # Other lists of the file are for those who choose from them.
    model_config = ConfigDict(frozen=True, extra="ignore")

    figures: Annotated[Mapping[Code, Words], Field(min_length=1)]


_FIGURES: Final = programme().read("desk.toml", _File).figures


@dataclass(frozen=True, slots=True)
class Section:
    """A table: `headings` has one word for each cell of a row, the first of which names the row.

    `drawn` are the columns, by place, that a plot shows beside the table, all on one scale.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: tuple[int, ...] = ()
    note: str | None = None


def sections_of(report: EditionReport, language: Language) -> tuple[Section, ...]:
    """All sections of a report that have anything to show, what matters most first."""
    told = (
        _at_a_glance(report, language),
        _states(_say(language, "Candidatures", "Applications"), "application", report.by_state, language),
        _shares("Thème" if language == "fr" else "Theme", report.by_theme, language),
        _shares("Territoire" if language == "fr" else "Territory", report.by_territory, language),
        _shares("Axe de la Ville" if language == "fr" else "Axis of the City", report.by_axis, language),
        _states(_say(language, "Binômes", "Pairs"), "pair", report.mentoring.pairs, language),
        _obstacles(report, language),
        *_impact(report.impact, language),
        _unmet(report, language),
    )
    return tuple(section for section in told if section.rows)


def over_the_years(laureates: Iterable[tuple[int, Became]], language: Language) -> Section:
    """How far the laureates of each year are, as a table that can be drawn; the years are those of publication."""
    of: dict[int, list[Became]] = defaultdict(list)
    for year, each in laureates:
        of[year].append(each)
    return Section(
        _say(language, "Année par année", "Year by year"),
        (
            _say(language, "Année", "Year"),
            _say(language, "Lauréats", "Laureates"),
            _say(language, "Répondent à un besoin", "Answer a need"),
            _say(language, "Accompagnés", "Accompanied"),
            _say(language, "Implantés", "Rooted"),
        ),
        tuple(
            (
                str(year),
                len(known),
                sum(each.answers for each in known),
                sum(each.accompanied for each in known),
                sum(each.rooted for each in known),
            )
            for year, known in sorted(of.items())
        ),
        drawn=(1, 2, 3, 4),
        note=_say(
            language,
            "L’année est celle de la publication du verdict.",
            "The year is that in which the verdict was published.",
        ),
    )


def figure_called(code: str, language: Language) -> str:
    """What a figure of a project's impact is called."""
    known = _FIGURES.get(code)
    return called(code, language) if known is None else known.in_language(language)


def title_of(report: EditionReport, language: Language) -> str:
    """What the report is called."""
    if report.edition is None:
        return _say(language, "Bilan de toutes les éditions", "Report of all editions")
    return _say(language, f"Bilan de l’édition {report.edition}", f"Report of the edition {report.edition}")


def _at_a_glance(report: EditionReport, language: Language) -> Section:
    mentoring = report.mentoring
    tracks = [
        (f"— {_say(language, *_TRACKS.get(track, (track, track)))}", count) for track, count in report.by_track.items()
    ]
    rows: list[tuple[Cell, ...]] = [
        (_say(language, "Candidatures reçues", "Applications received"), report.applied),
        *tracks,
        (_say(language, "Projets recevables", "Projects that met every rule"), report.took_part),
        (_say(language, "Projets retenus", "Projects selected"), report.selected),
        (_say(language, "— dont lauréats du concours", "— of which laureates of the contest"), report.laureates),
        (_say(language, "Projets implantés", "Projects that took root"), report.rooted),
        (_say(language, "Besoins auxquels un projet répond", "Needs that a project answers"), report.needs_answered),
        (_say(language, "Besoins sans réponse à ce jour", "Needs unmet as of today"), len(report.unmet)),
        (
            _say(language, "Rencontres entre mentors et responsables", "Meetings of mentors and leads"),
            mentoring.meetings,
        ),
        (_say(language, "Heures d’accompagnement", "Hours of mentoring"), mentoring.hours),
        (_say(language, "Freins signalés", "Obstacles reported"), sum(each.known for each in report.obstacles)),
        (_say(language, "Freins levés", "Obstacles lifted"), sum(each.lifted for each in report.obstacles)),
    ]
    return Section(
        _say(language, "En un coup d’œil", "At a glance"),
        (_say(language, "Ce qui est compté", "What is counted"), _say(language, "Nombre", "Number")),
        tuple(rows),
    )


def _states(title: str, kind: str, counts: Mapping[str, int], language: Language) -> Section:
    rows = tuple((WORDS.state(kind, state).in_(language), count) for state, count in counts.items())
    return Section(title, (_say(language, "État", "State"), _say(language, "Nombre", "Number")), rows, drawn=(1,))


def _shares(title: str, shares: Sequence[Share], language: Language) -> Section:
    headings = (
        title,
        _say(language, "Recevables", "Took part"),
        _say(language, "Retenus", "Selected"),
        _say(language, "Implantés", "Rooted"),
    )
    rows = tuple((_called(each.code, language), each.took_part, each.selected, each.rooted) for each in shares)
    note = _say(
        language,
        "Un projet de plusieurs catégories compte dans chacune.",
        "A project of several categories counts in each.",
    )
    return Section(title, headings, rows, drawn=(1, 2, 3), note=note)


def _obstacles(report: EditionReport, language: Language) -> Section:
    headings = (
        _say(language, "Service", "Service"),
        _say(language, "Signalés", "Reported"),
        _say(language, "Levés", "Lifted"),
        _say(language, "Abandonnés", "Given up"),
        _say(language, "Jours (médiane)", "Days (median)"),
    )
    rows = tuple(
        (_called(each.service, language), each.known, each.lifted, each.abandoned, each.median_days)
        for each in report.obstacles
    )
    return Section(_say(language, "Freins", "Obstacles"), headings, rows, drawn=(1, 2))


def _impact(impact: Sequence[ImpactYear], language: Language) -> Iterator[Section]:
    """A section a figure, its years below each other."""
    headings = (
        _say(language, "Année", "Year"),
        _say(language, "Au départ", "At the beginning"),
        _say(language, "Cette année-là", "That year"),
        _say(language, "Projets", "Projects"),
    )
    for code, years in groupby(impact, key=lambda each: each.code):
        rows = tuple((_nth(each.year, language), each.baseline, each.value, each.projects) for each in years)
        title = _say(
            language, f"Impact\u00a0: {figure_called(code, language)}", f"Impact: {figure_called(code, language)}"
        )
        note = _say(
            language,
            "Les mêmes projets au départ et cette année-là.",
            "The same projects at the beginning and in that year.",
        )
        yield Section(title, headings, rows, drawn=(1, 2), note=note)


def _unmet(report: EditionReport, language: Language) -> Section:
    headings = (
        _say(language, "Besoin", "Need"),
        _say(language, "Direction", "Directorate"),
        _say(language, "Cause à la dernière session", "Cause in the last round"),
    )
    rows = tuple(
        (
            each.title,
            None if each.directorate is None else _called(each.directorate, language),
            None if each.cause is None else each.cause[language],
        )
        for each in report.unmet
    )
    return Section(_say(language, "Besoins sans réponse", "Unmet needs"), headings, rows)


_TRACKS: Mapping[str, tuple[str, str]] = {
    "implantation": ("axe 1, implantation", "axis 1, implantation"),
    "contest": ("axe 2, concours", "axis 2, contest"),
}


def _nth(year: int, language: Language) -> str:
    if language == "fr":
        return "1re" if year == 1 else f"{year}e"
    return str(year)


def _called(code: str, language: Language) -> str:
    return _say(language, "non précisé", "not said") if code == "unknown" else called(code, language)


def _say(language: Language, french: str, english: str) -> str:
    return french if language == "fr" else english
