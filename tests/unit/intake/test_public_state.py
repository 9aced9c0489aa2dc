"""What anybody may know of an application: its state, and the reasons where its state has any."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.intake.eligibility import encode_answers, evaluate
from services.intake.operations import reasons_in, told
from tests.unit.intake.forms import entry

IDENTIFIER = UUID(int=1)
NOW = datetime(2024, 1, 20, tzinfo=UTC)


def known(state: str, **changes: Any) -> dict[str, Any]:
    form, edition = entry(consent=False, organisation_changes={"published_on": None, "legal_form": None})
    assert edition is not None
    answers = encode_answers(evaluate(form, edition))
    row = {"state": state, "version": 2, "track": "contest", "edition": "contest-2024", "changed_at": NOW}
    return {**row, "answers": answers, **changes}


def test_what_came_through_the_door_and_is_not_judged_has_a_state_and_a_time() -> None:
    assert told(IDENTIFIER, {"state": "received", "changed_at": NOW}) == {
        "application_id": str(IDENTIFIER),
        "state": "received",
        "version": None,
        "track": None,
        "edition": None,
        "changed_at": NOW,
        "reasons": [],
        "remarks": [],
    }


def test_fails_come_before_what_is_unknown_and_each_reason_once() -> None:
    codes = [reason["code"] for reason in told(IDENTIFIER, known("rejected"))["reasons"]]
    assert codes == ["consent-missing", "legal-form-missing", "publication-missing"]


@pytest.mark.parametrize("state", ["registered", "withdrawn"])
def test_a_state_that_no_reason_explains_has_none(state: str) -> None:
    assert told(IDENTIFIER, known(state))["reasons"] == []


def test_a_registered_one_is_told_which_of_its_codes_nobody_knows() -> None:
    form, edition = entry(project={"themes": ("educaton", "Santé"), "publics": ("licornes",)})
    assert edition is not None
    row = {"state": "registered", "answers": encode_answers(evaluate(form, edition))}
    said = told(IDENTIFIER, row)
    assert [(each["field"], each["nearest"]) for each in said["remarks"]] == [
        ("project.themes.0", "education"),
        ("project.publics.0", None),
    ]
    assert said["reasons"] == []
    assert told(IDENTIFIER, {**row, "state": "withdrawn"})["remarks"] == []


def test_nothing_but_what_is_public_is_told() -> None:
    answer = told(IDENTIFIER, known("rejected"))
    assert "answers" not in answer
    reasons = reasons_in(orjson.loads(known("x")["answers"]))
    assert all(set(reason) == {"code", "field", "fr", "en", "nearest"} for reason in reasons)
