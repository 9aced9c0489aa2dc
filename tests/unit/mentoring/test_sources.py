"""Whose word about a mentor counts: that of the form that introduced them."""

from __future__ import annotations

import pytest

from contracts.message import EventData
from contracts.sources import DESK
from contracts.typed import DeclaredPerson
from tests.unit.mentoring.desk import Desk, codes, names, values_of
from tests.unit.mentoring.examples import (
    FORM,
    confirmed,
    enrolled,
    line_manager,
    manager_id,
    mentor_id,
    person_of_mentor,
    recused,
    revised,
    withdrawn,
)

STRANGER = "urn:form:stranger"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refusal(desk: Desk, data: EventData, source: str = STRANGER) -> list[str]:
    """The reasons of why a form was refused, which has changed nothing and told nobody's address."""
    before = values_of(desk.store.state)
    ((name, refused),) = desk.take(data, source=source)
    assert name == "mentor.form-refused"
    assert refused["occurred_at"] == "2025-03-03T09:00:00Z"
    assert refused["mentor_id"] == str(data.aggregate_id)
    assert values_of(desk.store.state) == before
    return codes(refused)


@pytest.mark.parametrize(
    "data", [enrolled(1, capacity=0), revised(1), withdrawn(1), recused(1, application=1)], ids=lambda it: it.event_type
)
def test_another_form_has_no_word_about_a_mentor(desk: Desk, data: EventData) -> None:
    desk.offer()
    assert refusal(desk, data) == ["another-source"]


@pytest.mark.parametrize("left", [False, True])
def test_another_form_takes_nobody_over_under_a_new_id(desk: Desk, left: bool) -> None:
    desk.take(enrolled(1), *[withdrawn(1)] * left)
    assert refusal(desk, enrolled(2, person_id=person_of_mentor(1))) == ["person-of-another-source"]
    assert desk.store.state.roster.get(mentor_id(2)) is None


def test_a_mentor_is_one_person(desk: Desk) -> None:
    desk.take(enrolled(1), enrolled(2))
    assert refusal(desk, revised(1, person_id=person_of_mentor(3)), "urn:form:test") == ["another-person"]
    assert refusal(desk, enrolled(1, person_id=person_of_mentor(2)), "urn:form:test") == ["another-person"]


def test_a_person_is_one_mentor_and_may_come_back_under_another_id(desk: Desk) -> None:
    desk.take(enrolled(1))
    again = enrolled(2, person_id=person_of_mentor(1))
    assert refusal(desk, again, "urn:form:test") == ["person-enrolled-already"]
    desk.take(withdrawn(1))
    assert names(desk.take(again)) == ["contact.published"]
    assert refusal(desk, enrolled(1), "urn:form:test") == ["person-enrolled-already"]


def test_each_form_has_its_own_mentors(desk: Desk) -> None:
    desk.take(enrolled(1, capacity=1))
    desk.take(enrolled(2, capacity=1), source=STRANGER)
    assert names(desk.take(confirmed(1), confirmed(2))) == ["pair.offered", "pair.offered"]
    assert names(desk.take(withdrawn(2), source=STRANGER)) == ["pair.ended", "pair.no-mentor-found"]
    assert names(desk.take(enrolled(2), source=STRANGER)) == ["contact.published", "pair.offered"]


def test_the_desk_speaks_for_a_mentor_whom_a_form_introduced_and_takes_nobody_over(desk: Desk) -> None:
    desk.take(enrolled(1))
    assert names(desk.take(revised(1, skills=["housing"], capacity=1), source=DESK)) == ["contact.published"]
    mentor = desk.store.state.roster[mentor_id(1)]
    assert (mentor.source, mentor.capacity, mentor.profile.skills) == (FORM, 1, frozenset({"housing"}))
    assert names(desk.take(revised(1, capacity=2))) == ["contact.published"], "they are still that form's"
    assert refusal(desk, revised(2), DESK) == ["another-source"]
    assert refusal(desk, revised(1, person_id=person_of_mentor(3)), DESK) == ["another-person"]


def test_a_mentor_leaves_and_abstains_at_the_desk_whichever_form_introduced_them(desk: Desk) -> None:
    desk.offer()
    assert names(desk.take(recused(1, application=1), source=DESK))[0] == "pair.ended"
    assert desk.take(withdrawn(1), source=DESK) == []
    assert not desk.store.state.roster[mentor_id(1)].active


def test_who_is_named_by_the_id_alone_stays_the_line_manager(desk: Desk) -> None:
    uncleared = {"line_manager_authorised": False, "ethics_check_done": True}
    desk.take(enrolled(1, line_manager=line_manager(1), **uncleared))
    by_id = DeclaredPerson(person_id=manager_id(1))
    assert names(desk.take(revised(1, line_manager=by_id, **uncleared), source=DESK)) == ["contact.published"]
    assert desk.store.state.roster[mentor_id(1)].clearances.line_manager_id == manager_id(1)
    desk.take(revised(1, line_manager=DeclaredPerson(person_id=manager_id(2)), **uncleared))
    assert desk.store.state.roster[mentor_id(1)].clearances.line_manager_id is None, "nobody whom no form has named"
