"""The fit: its parts, its bounds, its words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.fits import FitPart
from contracts.unpublished import UNPUBLISHED
from services.matching.edges.fit import FitPoints, fit_of
from services.matching.edges.gates import meet
from services.matching.edges.sentences import PARTS, parts_of
from services.matching.settings.rules import RULES
from services.matching.states.candidates import Candidate, candidate_of
from services.matching.states.needs import Need
from tests.unit.matching.events import START, declared, registered
from tests.unit.matching.strategies import candidates, need_of, needs


def _fit(candidate: Candidate, need: Need) -> FitPoints:
    return _explained(candidate, need)[0]


def _explained(candidate: Candidate, need: Need) -> tuple[FitPoints, tuple[FitPart, ...]]:
    profile = need.document.profile
    meeting = meet(candidate.profile, profile)
    fit = fit_of(candidate.profile, profile, meeting, RULES)
    assert fit is not None
    return fit, parts_of(candidate, profile, fit, RULES)


def _of(project: dict[str, Any], need: dict[str, Any]) -> FitPoints:
    return _fit(candidate_of(registered("a", **project), START), need_of(declared("n", **need)))


def test_a_perfect_project_has_a_thousand_points() -> None:
    text = "cuisine logement santé école jardin numérique atelier famille"
    fit = _of({"title": "Emploi", "summary": text}, {"title": "Emploi", "description": text})
    assert fit[:6] == (1000, 400, 200, 200, 100, 100)


def test_themes_and_publics_count_by_their_share_rounded_down() -> None:
    fit = _of({"themes": ("health",), "publics": ()}, {"themes": ("health", "housing", "inclusion")})
    assert (fit.theme, fit.public) == (133, 0)


def test_a_need_without_publics_takes_any() -> None:
    assert _of({"publics": ()}, {"publics": ()}).public == 200


def test_a_theme_named_twice_counts_once() -> None:
    assert _of({}, {"themes": ("youth-employment", "youth-employment")}).theme == 400


@pytest.mark.parametrize(
    ("project", "need", "points"),
    [
        (("13201",), ("13201",), 200),
        (("13201",), ("marseille",), 100),
        ((), ("13201",), 100),
        (("13202",), ("13201",), 0),
    ],
)
def test_the_whole_city_is_half_a_territory(project: tuple[str, ...], need: tuple[str, ...], points: int) -> None:
    assert _of({"territories": project}, {"territories": need}).territory == points


def test_readiness_is_what_the_file_gives() -> None:
    assert _of({}, {}).readiness == 100
    assert _of({"summary": "  "}, {}).readiness == 75
    assert _of({"summary": "", "themes": (), "publics": (), "territories": ()}, {}).readiness == 0


def test_text_counts_common_words_up_to_all() -> None:
    # "emploi", "cuisin" and "trouve" are the need's words.
    need = {"title": "Emploi", "description": "Trouver une cuisine"}
    assert _of({"title": "Cuisines", "summary": "l’emploi"}, need).text == 66
    assert _of({"title": "Jardin", "summary": ""}, need).text == 0


def test_what_is_not_published_gives_no_text_points_and_takes_no_others() -> None:
    need = need_of(declared("n", title="Non publié", description="Ce qui est non publié"))
    withheld = candidate_of(registered("a", title=UNPUBLISHED, summary=UNPUBLISHED), START)
    fit, parts = _explained(withheld, need)
    assert fit.readiness == _fit(candidate_of(registered("a"), START), need).readiness, "somebody wrote a summary"
    assert (fit.text, fit.shared_words) == (0, 0)
    assert parts[-1].fr == "Le texte du projet n’est pas publié\u00a0: ses mots ne sont pas comparés à ceux du besoin."


def test_a_need_whose_text_says_nothing_gives_no_text_points() -> None:
    assert _of({}, {"title": "Besoin", "description": ""}).text == 0


@given(candidates, needs)
def test_the_fit_is_the_sum_of_its_parts_and_within_bounds(candidate: Candidate, need: Need) -> None:
    fit, parts = _explained(candidate, need)
    assert [part.name for part in parts] == list(PARTS)
    assert fit.total == sum(part.points for part in parts) == sum(fit[1:6])
    assert 0 <= fit.total <= 1000
    assert all(isinstance(points, int) for points in fit[:7])
    for part in parts:
        assert 0 <= part.points <= part.maximum
    assert sum(part.maximum for part in parts) == 1000


@given(candidates, needs)
def test_every_part_is_one_sentence_in_french_and_english(candidate: Candidate, need: Need) -> None:
    for part in _explained(candidate, need)[1]:
        assert part.fr != part.en
        for sentence in (part.fr, part.en):
            assert sentence.endswith(".")
            assert sentence.count(".") == 1
            assert "{" not in sentence


@given(candidates, needs)
def test_a_part_is_full_exactly_where_its_sentence_says_all_is_met(candidate: Candidate, need: Need) -> None:
    theme, public, *_ = _explained(candidate, need)[1]
    wanted = need.document.content
    met = len(set(candidate.themes) & set(wanted.themes))
    assert theme.fr == f"Thèmes du besoin auxquels le projet répond\u00a0: {met} sur {len(wanted.themes)}."
    assert (public.points == 200) == (set(wanted.publics) <= set(candidate.publics))


@given(candidates, needs, st.integers(0, 1000))
def test_a_fit_is_given_from_the_least_that_is_asked_for(candidate: Candidate, need: Need, least: int) -> None:
    profile = need.document.profile
    meeting = meet(candidate.profile, profile)
    fit = _fit(candidate, need)
    for at_least in (least, fit.total, fit.total + 1):
        asked = fit_of(candidate.profile, profile, meeting, RULES, at_least=at_least)
        assert asked == (fit if fit.total >= at_least else None)
