"""The fit of a mentor to a project: integers, each part by itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.mentoring.choice.mentor_fit import MentorFit, fit_of
from services.mentoring.settings.pairing_rules import RULES, PairingRules
from services.mentoring.states.profile import Profile
from services.mentoring.states.shape import Shape
from tests.unit.mentoring.examples import enrolled, taken

RULES_600_250 = PairingRules.model_validate_json(
    json.dumps(
        {
            "version": "test",
            "weights": {"skills": 600, "territory": 250, "availability": 150},
            "unstated": 500,
            "seed": "test",
        }
    )
)


def profile(skills: tuple[str, ...], territories: tuple[str, ...]) -> Profile:
    return taken(enrolled(1, skills=skills, territories=territories)).profile


@pytest.mark.parametrize(
    ("skills", "territories", "expected"),
    [
        (("education", "health"), ("13203", "13214"), MentorFit(600, 250, 150)),
        (("education",), ("13203",), MentorFit(300, 125, 150)),
        (("culture",), ("13208",), MentorFit(0, 0, 150)),
        (("health",), ("marseille",), MentorFit(300, 250, 150)),
        ((), (), MentorFit(300, 125, 150)),
    ],
)
def test_parts_are_the_shares_that_the_mentor_knows(
    skills: tuple[str, ...], territories: tuple[str, ...], expected: MentorFit
) -> None:
    shape = Shape(frozenset({"education", "health"}), frozenset({"13203", "13214"}))
    assert fit_of(profile(skills, territories), shape, RULES_600_250) == expected


def test_a_project_that_does_not_say_is_neither_a_match_nor_a_failure() -> None:
    assert fit_of(profile(("education",), ("13203",)), Shape(frozenset(), frozenset()), RULES_600_250) == MentorFit(
        300, 125, 150
    )


def test_a_project_for_the_whole_city_meets_every_territory() -> None:
    shape = Shape(frozenset({"education"}), frozenset({"marseille"}))
    assert fit_of(profile(("education",), ("13203",)), shape, RULES_600_250).total == 1000


def test_what_the_lead_looks_for_counts_instead_of_the_themes() -> None:
    shape = Shape(frozenset({"education"}), frozenset(), skills=frozenset({"accounting"}))
    assert fit_of(profile(("accounting",), ()), shape, RULES_600_250).skills == 600
    assert fit_of(profile(("education",), ()), shape, RULES_600_250).skills == 0


@pytest.mark.parametrize(
    ("wanted", "offered", "points"),
    [
        ((), ("mon-morning",), 150),
        (("mon-morning", "tue-evening"), ("tue-evening", "sat-morning"), 150),
        (("mon-morning",), ("tue-evening",), 0),
        (("mon-morning",), (), 75),
    ],
)
def test_one_time_of_the_week_in_common_is_enough(
    wanted: tuple[str, ...], offered: tuple[str, ...], points: int
) -> None:
    mentor = taken(enrolled(1, slots=offered)).profile
    shape = Shape(frozenset(), frozenset(), slots=frozenset(wanted))
    assert fit_of(mentor, shape, RULES_600_250).availability == points


_codes = st.lists(st.sampled_from(["13201", "13202", "centre-ville", "marseille"]), max_size=4).map(tuple)


@given(skills=_codes, territories=_codes, themes=_codes, places=_codes)
def test_a_fit_is_within_its_scale(
    skills: tuple[str, ...], territories: tuple[str, ...], themes: tuple[str, ...], places: tuple[str, ...]
) -> None:
    parts = fit_of(profile(skills, territories), Shape(frozenset(themes), frozenset(places)), RULES)
    assert 0 <= parts.skills <= RULES.weights.skills
    assert 0 <= parts.territory <= RULES.weights.territory


def test_weights_that_do_not_add_up_are_named() -> None:
    broken = RULES.model_dump(mode="json") | {"weights": {"skills": 600, "territory": 200, "availability": 100}}
    with pytest.raises(ValidationError, match="must add up to 1000, not 900"):
        PairingRules.model_validate(broken)
