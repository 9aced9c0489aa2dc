"""What is left of a form and of an application once their lead has asked to be forgotten."""

from __future__ import annotations

from contracts.erasures import ERASED, Removed
from services.intake.eligibility import evaluate, verdict
from services.intake.forgetting import (
    Forgotten,
    without_content,
    without_observations,
    without_texts,
)
from tests.unit.intake.forms import IN_2024, entry


def test_the_bare_fact_is_left_of_an_application() -> None:
    application = entry().application(None, state="registered", source="s", said_at=IN_2024)
    emptied = without_content(application)
    changed = {name for name in application._fields if getattr(application, name) != getattr(emptied, name)}
    assert changed == {
        *("project_key", "organisation_name", "siren", "commune", "project_title"),
    }  # fmt: skip
    assert without_content(emptied) == emptied


def test_codes_are_left_of_a_project_and_nothing_that_somebody_wrote() -> None:
    form = entry(project={"title": "Camille", "summary": "Camille", "themes": ["health"]}).form
    project = without_texts(form).project
    assert (project.title, project.summary, project.themes) == (ERASED, "", ("health",))


def test_answers_are_the_same_without_what_the_rules_saw() -> None:
    form, edition = entry(organisation_changes={"operating_income_eur": 1})
    assert edition is not None
    answers = evaluate(form, edition)
    emptied = without_observations(answers)
    assert verdict(emptied) == verdict(answers) == "fail"
    assert [answer.problems for answer in emptied] == [answer.problems for answer in answers]
    assert {answer.observed for answer in emptied} == {None}


def test_what_there_was_none_of_is_not_counted() -> None:
    found = Forgotten()
    found.count("form", 2)
    found.count("held-record", 0)
    found.count("application")
    assert found.removed() == (Removed(what="application", count=1), Removed(what="form", count=2))
