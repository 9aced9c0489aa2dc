"""What happens to what is under way when an assignment has another lead or owner, or another name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.mentoring.settings.rhythms import SETTINGS
from tests.unit.mentoring.desk import Desk, names
from tests.unit.mentoring.examples import (
    OWNER,
    amended,
    answered,
    assignment_id,
    confirmed,
    enrolled,
    erasure_of,
    lead_person,
    mentor_id,
    person_of_mentor,
    released,
    revised,
    wished,
)
from tests.unit.mentoring.reports import reported

NEXT = lead_person(99)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def only(published: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    ((_, data),) = published
    return data


def test_an_active_pair_goes_on_with_the_new_lead(desk: Desk) -> None:
    pair = desk.offer()
    desk.accept_both(pair)
    ((name, said),) = desk.take(amended(1, lead_id=NEXT, project_title="Repris"))
    assert name == "pair.amended"
    assert (said["from"], said["to"]) == ("active", "active")
    assert (said["lead_id"], said["project_title"]) == (str(NEXT), "Repris")
    assert said["first_contact_by"] is not None, "they have not met yet"
    assert said["ends_on"] is not None
    ended = only(desk.take(released(1)))
    assert ended["lead_id"] == str(NEXT)
    assert ended["version"] == said["version"] + 1


def test_what_the_former_lead_answered_does_not_count_for_the_new_one(desk: Desk) -> None:
    pair = desk.offer()
    desk.take(answered(pair, "lead", "accept"))
    desk.now += timedelta(days=5)
    said = only(desk.take(amended(1, lead_id=NEXT)))
    assert (said["from"], said["to"]) == ("accepted-by-lead", "offered")
    assert said["expires_at"] >= SETTINGS.offer_expires(desk.now).isoformat()[:19], "they have time to answer"
    desk.take(answered(pair, "mentor", "accept"))
    assert "pair.activated" in names(desk.take(answered(pair, "lead", "accept")))


def test_a_pair_that_waits_for_an_authorisation_asks_the_new_lead(desk: Desk) -> None:
    pair = desk.offer(line_manager_authorised=False, capacity=5)
    desk.accept_both(pair)
    mentor = desk.store.state.roster[mentor_id(1)]
    assert (mentor.pending, len(mentor.starts)) == (0, 1)
    said = only(desk.take(amended(1, lead_id=NEXT)))
    assert (said["from"], said["to"]) == ("accepted", "accepted-by-mentor")
    mentor = desk.store.state.roster[mentor_id(1)]
    assert (mentor.pending, len(mentor.starts)) == (1, 0), "it has not begun for the window"
    assert names(desk.take(revised(1, capacity=5))) == ["contact.published"], "the new lead has not answered"
    assert "pair.activated" in names(desk.take(answered(pair, "lead", "accept")))


def test_only_words_that_change_leave_answers_alone(desk: Desk) -> None:
    pair = desk.offer()
    desk.take(answered(pair, "lead", "accept"))
    said = only(desk.take(amended(1, organisation_name="Un nouveau nom")))
    assert (said["to"], said["organisation_name"]) == ("accepted-by-lead", "Un nouveau nom")


def test_the_owner_of_the_need_is_told_of_as_who_they_are_now(desk: Desk) -> None:
    desk.accept_both(desk.offer())
    desk.take(reported(1, 1))
    events = desk.take(amended(1, owner_id=NEXT))
    assert names(events) == ["pair.amended", "obstacle.amended"]
    assert {said["owner_id"] for _, said in events} == {str(NEXT)}
    assert events[1][1]["due_at"] is not None


def test_nothing_is_said_where_nothing_changed_or_nothing_is_under_way(desk: Desk) -> None:
    desk.accept_both(desk.offer())
    assert desk.take(amended(1)) == []
    assert desk.take(amended(2, lead_id=NEXT)) == [], "a proposal: mentoring does not know it yet"
    desk.take(released(1))
    assert desk.take(amended(1, lead_id=NEXT)) == []


def test_a_mentor_who_becomes_the_lead_hands_over(desk: Desk) -> None:
    desk.offer()
    desk.take(enrolled(2))
    ended, offered = desk.take(amended(1, lead_id=person_of_mentor(1)))
    assert (ended[0], ended[1]["reason"]) == ("pair.ended", "handles-the-file")
    assert (offered[0], offered[1]["mentor_id"]) == ("pair.offered", str(mentor_id(2)))


def test_a_mentor_who_becomes_the_owner_hands_over(desk: Desk) -> None:
    desk.offer()
    assert names(desk.take(amended(1, owner_id=person_of_mentor(1)))) == ["pair.ended", "pair.no-mentor-found"]


def test_who_waits_is_looked_at_as_they_are_now(desk: Desk) -> None:
    desk.take(enrolled(1, person_id=OWNER))
    assert names(desk.take(confirmed(1))) == ["pair.no-mentor-found"]
    offer = only(desk.take(amended(1, owner_id=NEXT)))
    assert (offer["mentor_id"], offer["lead_id"]) == (str(mentor_id(1)), str(lead_person(1)))


def test_wishes_go_with_who_wished_them(desk: Desk) -> None:
    desk.take(confirmed(1), wished(1, languages=("en",)))
    assert desk.store.state.leads[assignment_id(1)].shape.languages == {"en"}
    desk.take(amended(1, project_title="Autrement"))
    assert desk.store.state.leads[assignment_id(1)].shape.languages == {"en"}
    desk.take(amended(1, lead_id=NEXT))
    assert desk.store.state.leads[assignment_id(1)].shape.languages == set()


def test_no_word_is_kept_of_a_new_lead_who_asked_to_be_forgotten(desk: Desk) -> None:
    desk.accept_both(desk.offer())
    desk.take(erasure_of(NEXT))
    said = only(desk.take(amended(1, lead_id=NEXT, project_title="Leur titre")))
    assert UUID(said["lead_id"]) == NEXT
    assert "Leur" not in said["project_title"]
