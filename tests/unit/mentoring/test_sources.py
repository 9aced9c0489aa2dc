"""Whose word about a mentor counts: that of the form that introduced them."""

from __future__ import annotations

import pytest

from contracts.message import EventData
from tests.unit.mentoring.desk import Desk, codes, names, values_of
from tests.unit.mentoring.examples import (
    confirmed,
    enrolled,
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
