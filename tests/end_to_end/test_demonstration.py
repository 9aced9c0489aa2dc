"""The demonstration as people and programs see it: one screen in one language, and the same numbers at every run."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from contracts.message import Language
from deploy.demo.stages import STAGES, Performance, staged
from deploy.demo.summary import Summary, summarise
from deploy.demo.view import show

COLUMNS, ROWS = 80, 25
NUMBERS = {
    "applications": 21,
    "rejected": 0,
    "corrections_requested": 3,
    "corrected": 1,
    "withdrawn": 1,
    "flagged": 21,
    "dead_letters": 1,
    "needs": 27,
    "mentors": 12,
    "proposals": 21,
    "assignments": 20,
    "assignments_declined": 1,
    "needs_unmet": 6,
    "pairs": 22,
    "offers_declined": 1,
    "offers_expired": 1,
    "handed_over": 2,
    "meetings": 212,
    "idle": 2,
    "ended_without_meeting": 1,
    "renewed": 19,
    "came_to_their_term": 19,
    "obstacles": 2,
    "impact_reports": 80,
    "mails": 561,
    "follow_ups_sent": 563,
    "follow_ups_scheduled": 0,
}
"""Mails are fewer than follow-ups: a digest tells several."""


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Language, Summary]]:
    """One performance, summed up in each language."""
    begun: list[int] = []
    directory = tmp_path_factory.mktemp("demonstration")
    with staged(directory) as stack:
        performance = Performance(stack)
        asyncio.run(performance.play(lambda stage: begun.append(stage.number)))
        page = directory / "mailbox" / "index.html"
        yield {"fr": summarise(performance, "fr", page, 12.0), "en": summarise(performance, "en", page, 12.0)}
    assert begun == [stage.number for stage in STAGES] == [1, 2, 3, 4, 5]


def shown(summary: Summary, *, full: bool = False) -> str:
    written = StringIO()
    show(summary, Console(file=written, width=COLUMNS), full=full)
    return written.getvalue()


def test_the_numbers_are_the_same_at_every_run(summaries: dict[Language, Summary]) -> None:
    told = json.loads(json.dumps(summaries["fr"].as_json()))
    assert {name: told[name] for name in NUMBERS} == NUMBERS
    assert told["round_digest"] == "1b25f15ede0857911f6b27207af63d699751b3d1d8d7966f51f84774fb10b324"
    assert told["answered"]["needs"] == 14
    assert summaries["fr"].round.pairs == 87, "all of them before anything was decided"
    assert summaries["fr"].round.certified


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_fits_on_one_screen(language: Language, summaries: dict[Language, Summary]) -> None:
    lines = shown(summaries[language]).splitlines()
    first = {"fr": "14 besoins", "en": "14 needs"}[language]
    assert lines[0].startswith(first), "the sentence that matters comes first"
    assert len(lines) <= ROWS
    assert max(map(len, lines)) <= COLUMNS
    assert max(map(len, shown(summaries[language], full=True).splitlines())) <= COLUMNS


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_speaks_one_language_in_words(language: Language, summaries: dict[Language, Summary]) -> None:
    # Titles stay as people wrote them, so what is before the first of them is looked at.
    said = shown(summaries[language]).partition("→")[0]
    foreign = {"fr": ("pairs", "needs", "Associations apply"), "en": ("paires", "besoins", "Des associations")}[
        language
    ]
    assert not [word for word in foreign if word in said]
    whole = shown(summaries[language], full=True)
    assert not re.findall(r"quartiers-nord|youth-employment|term-reached|pair-offer|direction-[a-z]", whole)


def test_publics_and_territories_count(summaries: dict[Language, Summary]) -> None:
    both = [placed for placed in summaries["fr"].placed if sum("(200/200)" in part for part in placed.why) == 2]
    assert len(both) >= 10, "most projects meet their need's publics and its territory"
