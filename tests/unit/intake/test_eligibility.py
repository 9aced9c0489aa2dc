"""Eligibility: every rule answers, and the verdict comes with all its reasons."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from services.intake.eligibility import RuleAnswer, encode_answers, evaluate, problems, verdict
from tests.unit.intake.forms import entry, organisation


def answers_of(**changes: Any) -> tuple[RuleAnswer, ...]:
    form, edition = entry(**changes)
    assert edition is not None
    return evaluate(form, edition)


def test_a_complete_application_passes_every_rule() -> None:
    answers = answers_of()
    assert [answer.rule for answer in answers] == [
        "consent",
        "identifiers",
        "headquarters",
        "legal-form",
        "esus",
        "existence",
        "income",
    ]
    assert verdict(answers) == "pass"
    assert problems(answers, "fail", "unknown") == ()


def test_every_rule_answers_whatever_those_before_it_said() -> None:
    answers = answers_of(consent=False, organisation_changes={"operating_income_eur": 1, "published_on": None})
    assert len(answers) == len(answers_of())
    assert verdict(answers) == "fail"
    assert [problem.code for problem in problems(answers, "fail", "unknown")] == [
        "income-below-minimum",
        "consent-missing",  # what is unknown comes after what fails
        "publication-missing",
    ]


def test_what_is_missing_is_unknown_and_never_a_fail() -> None:
    bare = {name: None for name in organisation() if name != "name"}
    answers = answers_of(organisation_changes=bare)
    assert verdict(answers) == "unknown"
    assert {answer.answer for answer in answers} == {"pass", "unknown"}
    # Two rules miss the legal form; it is asked for once.
    assert [problem.code for problem in problems(answers, "fail", "unknown")] == [
        "commune-missing",
        "legal-form-missing",
        "publication-missing",
        "income-of-year-missing",
    ]


def test_an_answer_says_what_was_seen_by_which_rule_of_which_edition() -> None:
    existence = next(answer for answer in answers_of() if answer.rule == "existence")
    assert existence == ("existence", "contest-2024", "organisation", "pass", date(2015, 3, 1), ())


def test_each_member_of_a_coalition_is_checked_where_it_declares_something() -> None:
    young = organisation(name="Jeune Pousse", siret="82904011200031", published_on=date(2023, 1, 1))
    answers = answers_of(members=[young, {"name": "Sans Détail"}])
    assert verdict(answers) == "fail"
    assert [(problem.code, problem.field) for problem in problems(answers, "fail", "unknown")] == [
        ("existence-too-short", "members.0.published_on")
    ]
    assert {answer.rule for answer in answers if answer.subject == "members.1"} == {"identifiers"}


def test_a_coalition_whose_members_leave_things_open_passes() -> None:
    assert verdict(answers_of(members=[{"name": "Sans Détail"}])) == "pass"


def test_the_wrong_identifier_of_a_member_is_asked_for() -> None:
    answers = answers_of(members=[{"name": "Sans Détail", "siren": "732829321"}])
    found = problems(answers, "fail", "unknown")
    assert [(problem.code, problem.field) for problem in found] == [("siren-invalid", "members.0.siren")]


def test_answers_are_kept_as_json_even_of_the_largest_values() -> None:
    kept = json.loads(encode_answers(answers_of(organisation_changes={"operating_income_eur": 2**53 - 1})))
    income = next(answer for answer in kept if answer["rule"] == "income")
    assert income == {
        "rule": "income",
        "edition": "contest-2024",
        "subject": "organisation",
        "answer": "pass",
        "observed": 2**53 - 1,
        "problems": [],
    }
