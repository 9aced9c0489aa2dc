"""Who may speak of an application, and of its lead."""

from __future__ import annotations

import pytest

from contracts.sources import DESK
from services.intake.announcements import refused
from services.intake.belonging import trespasses
from services.intake.leads import Lead
from tests.unit.intake.forms import IN_2024, entry, new_id

MINE, ANOTHER = "urn:form:mine", "urn:form:another"


@pytest.mark.parametrize("of_application", [None, MINE, ANOTHER])
@pytest.mark.parametrize("of_lead", [None, MINE, ANOTHER])
def test_each_belongs_to_who_introduced_it(of_application: str | None, of_lead: str | None) -> None:
    known = None
    if of_application is not None:
        known = entry().application(None, state="registered", source=of_application, said_at=IN_2024
        )  # fmt: skip
    problems = trespasses(MINE, known, Lead(new_id(), of_lead))
    expected = ["another-source"] * (of_application == ANOTHER) + ["person-of-another-source"] * (of_lead == ANOTHER)
    assert [problem.code for problem in problems] == expected


@pytest.mark.parametrize("of_application", [None, MINE, ANOTHER])
@pytest.mark.parametrize("leads", [True, False])
def test_the_desk_speaks_for_the_lead_of_what_any_form_introduced(of_application: str | None, leads: bool) -> None:
    known = None
    if of_application is not None:
        known = entry().application(None, state="registered", source=of_application, said_at=IN_2024)
    person_id = known.lead_id if known is not None and leads else new_id()
    problems = trespasses(DESK, known, Lead(person_id, ANOTHER))
    expected = ["another-source"] * (known is None) + ["person-of-another-source"] * (known is None or not leads)
    assert [problem.code for problem in problems] == expected
    assert trespasses(DESK, known, None) == problems[: known is None]


def test_a_refusal_says_why_in_two_languages_and_names_nobody() -> None:
    application_id = new_id()
    problems = trespasses(MINE, None, Lead(new_id(), ANOTHER))
    said = refused(application_id, problems, IN_2024)
    assert (said.application_id, said.occurred_at) == (application_id, IN_2024)
    ((reason),) = said.reasons
    assert reason.field == "lead.person_id"
    assert reason.fr != reason.en
    assert ANOTHER not in said.model_dump_json()
