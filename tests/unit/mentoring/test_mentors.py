"""What follows from what mentors say of themselves: forms, leaving, recusals, places."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.mentoring.settings.pairing_rules import RULES
from services.mentoring.settings.rhythms import SETTINGS
from tests.unit.mentoring.desk import Desk, codes, names
from tests.unit.mentoring.examples import (
    NOW,
    OWNER,
    application_id,
    assignment_id,
    confirmed,
    end_requested,
    enrolled,
    mentor_id,
    numbered,
    recused,
    revised,
    withdrawn,
)

ENGINE = f"engine:pairing@{RULES.version}"
UNKNOWN = numbered(8, 404)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_mentor_who_is_a_party_to_a_file_is_not_offered_to_its_lead(desk: Desk) -> None:
    desk.take(enrolled(1, person_id=OWNER))
    ((_, none),) = desk.take(confirmed(1))
    assert codes(none) == ["mentors-involved"]


def test_a_mentor_who_leaves_hands_every_lead_over(desk: Desk) -> None:
    first = desk.offer(capacity=3)
    desk.take(confirmed(2), confirmed(3))
    desk.accept_both(first)
    desk.take(enrolled(2, capacity=1))
    after = desk.take(withdrawn(1))
    assert names(after) == [*["pair.ended"] * 3, "pair.offered", *["pair.no-mentor-found"] * 2]
    assert {data["reason"] for name, data in after if name == "pair.ended"} == {"mentor-withdrawn"}
    assert after[3][1]["assignment_id"] == str(assignment_id(1)), "the first confirmed is the first served"
    assert desk.take(withdrawn(1)) == [], "once is enough"
    assert names(desk.take(enrolled(1))) == ["contact.published", "pair.offered", "pair.offered"], "and back again"


def test_a_recusal_ends_the_pair_with_that_file_only(desk: Desk) -> None:
    desk.offer()
    desk.take(confirmed(2), enrolled(2))
    ended, offer = desk.take(recused(1, application=2))
    assert (ended[0], ended[1]["reason"], ended[1]["application_id"]) == (
        "pair.ended",
        "recusal",
        str(application_id(2)),
    )
    assert (offer[0], offer[1]["mentor_id"]) == ("pair.offered", str(mentor_id(2)))
    assert desk.take(recused(1, application=2)) == [], "declared twice"


def test_a_recusal_before_the_confirmation_holds(desk: Desk) -> None:
    desk.take(enrolled(1), recused(1, application=1))
    ((name, none),) = desk.take(confirmed(1))
    assert (name, codes(none)) == ("pair.no-mentor-found", ["mentors-recused"])


def test_a_capacity_under_what_is_held_ends_nothing_and_offers_nothing(desk: Desk) -> None:
    first = desk.offer()
    desk.take(confirmed(2))
    assert names(desk.take(revised(1, capacity=1))) == ["contact.published"]
    assert names(desk.take(confirmed(3))) == ["pair.no-mentor-found"]
    assert names(desk.take(end_requested(first, "officer:7"))) == ["pair.ended"], "still no place"


def test_the_window_pauses_a_mentor_and_the_next_event_after_it_serves_who_waits(desk: Desk) -> None:
    desk.take(enrolled(1, capacity=20))
    for number in (1, 2, 3):
        ((_, offer),) = desk.take(confirmed(number))
        desk.accept_both(UUID(offer["pair_id"]))
    ((name, none),) = desk.take(confirmed(4))
    assert (name, codes(none)) == ("pair.no-mentor-found", ["mentors-paused"])
    desk.now = NOW + timedelta(days=29)
    assert desk.take(recused(1, application=99)) == []
    desk.now = NOW + timedelta(days=30)
    ((name, offer),) = desk.take(recused(1, application=98))
    assert (name, offer["assignment_id"]) == ("pair.offered", str(assignment_id(4)))


def test_who_holds_the_places_of_a_full_mentor_is_named(desk: Desk) -> None:
    desk.take(enrolled(1, capacity=2), confirmed(1), confirmed(2))
    ((name, none),) = desk.take(confirmed(3))
    assert name == "pair.no-mentor-found"
    assert none["blocked"] == [
        {
            "mentor_id": str(mentor_id(1)),
            "fit": 1000,
            "cause": "mentors-full",
            "held_by": [str(assignment_id(1)), str(assignment_id(2))],
        }
    ]


def test_where_each_need_has_a_pair_of_its_own_its_events_say_so() -> None:
    desk = Desk(settings=SETTINGS.model_copy(update={"one_pair_a_project": False}))
    desk.take(enrolled(1, capacity=2), enrolled(2))
    offers = desk.take(confirmed(1), confirmed(2, application_id=application_id(1)))
    assert [(offer["assignment_id"], offer["whole_project"]) for _, offer in offers] == [
        (str(assignment_id(1)), False),
        (str(assignment_id(2)), False),
    ]
