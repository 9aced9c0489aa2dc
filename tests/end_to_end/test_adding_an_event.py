"""The page that adds an event is followed to the letter; with a step left out, something says what is missing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.walkthrough import ROOT, Step, commands, copied, run, steps

PAGE = (ROOT / "docs" / "adding-an-event.md").read_text(encoding="utf-8")
_OWN_TEST = [".venv/bin/python", "-m", "pytest", "-q", "tests/integration/notifications/test_pair_visits.py"]
_NUMBERS = ("seven", "eight", "nine")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository that nobody changes."""
    return copied(tmp_path_factory.mktemp("untouched"))


@pytest.fixture
def place(untouched: Path, tmp_path: Path) -> Path:
    """A copy to follow the page in."""
    return Path(shutil.copytree(untouched, tmp_path / "copy"))


def test_the_page_counts_its_files() -> None:
    touched = {step.file for step in steps(PAGE)}
    assert f"**{_NUMBERS[len(touched) - 7]} files**" in PAGE


def test_every_block_but_what_is_run_goes_into_a_file() -> None:
    assert PAGE.count("```") // 2 == len(steps(PAGE)) + PAGE.count("```sh\n")


def test_whoever_follows_the_page_has_an_event_that_passes(place: Path) -> None:
    for step in steps(PAGE):
        step.take(place)
    for words in commands(PAGE):
        passed, said = run(words, place)
        assert passed, f"{' '.join(words)}\n{said}"
    assert (place / "contracts" / "published" / "golden" / "engage.pair.visit-planned.v1.0.json").exists()


def _without(text: str, *words: str) -> list[Step]:
    """The page's steps without some words of the one block that has `text`; a block of nothing else is left out."""
    every = steps(PAGE)
    (found,) = [step for step in every if text in step.text]
    cut = found.text
    for word in words or (text,):
        assert word in cut
        cut = cut.replace(word, "")
    rest = [replace(found, text=cut)] if cut.strip() else []
    at = every.index(found)
    return [*every[:at], *rest, *every[at + 1 :]]


_ENGLISH = next(step.text for step in steps(PAGE) if step.file.endswith("pair-visit.toml")).partition("\n[en]")


@pytest.mark.parametrize(
    ("left", "words", "message"),
    [
        (
            _without('    topic_name: ClassVar[str] = "forms.reports.v1"\n'),
            _OWN_TEST,
            "PairVisitRequested: `topic_name` has to name a topic of the catalogue",
        ),
        (
            _without("forms.reports.v1", "reports"),
            _OWN_TEST,
            "PairVisitRequested: `topic_name` has to name a topic of the catalogue",
        ),
        (
            _without(", needs=lambda said: lookups.pair(said.pair_id)"),
            [".venv/bin/mypy", "services/mentoring/handlers/pairs.py"],
            "Pair]",
        ),
        (_without('occasion = "version"\n'), _OWN_TEST, "occasion: Field required"),
        (_without("".join(_ENGLISH[1:])), _OWN_TEST, "pair-visit.toml: en: Field required"),
        (_without("visit_on = 2025-04-01\n"), _OWN_TEST, "'visit_on' is undefined"),
        (
            _without("yield PairVisitRequested", *[step.text for step in steps(PAGE) if "yield" in step.text]),
            [".venv/bin/python", "-m", "pytest", "-q", "tests/conformance", "-k", "story"],
            "PairVisitRequested",
        ),
    ],
    ids=["topic", "topic's name", "lookup", "occasion", "language", "sample", "story"],
)
def test_a_step_that_is_left_out_is_missed_by_name(
    place: Path, left: list[Step], words: list[str], message: str
) -> None:
    for step in left:
        step.take(place)
    passed, said = run(words, place)
    assert not passed
    assert message in said
