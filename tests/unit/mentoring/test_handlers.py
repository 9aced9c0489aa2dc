"""What each event leads to, over a programme in memory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.contacts import contact_id_of
from contracts.message import EventData
from libraries.chassis.handling import NotYet
from services.mentoring.settings.pairing_rules import RULES
from tests.unit.mentoring.desk import Desk, codes, names
from tests.unit.mentoring.examples import (
    answered,
    application_id,
    assignment_id,
    confirmed,
    end_requested,
    enrolled,
    lead_person,
    mentor_id,
    numbered,
    person_of_mentor,
    recused,
    released,
    revised,
    wished,
    withdrawn,
)

ENGINE = f"engine:pairing@{RULES.version}"
UNKNOWN = numbered(8, 404)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_enrolment_publishes_the_contact_and_nothing_else(desk: Desk) -> None:
    ((name, contact),) = desk.take(enrolled(1))
    assert name == "contact.published"
    assert contact["person_id"] == str(person_of_mentor(1))
    assert contact["email"] == "mentor1@marseille.example"
    assert (contact["role"], contact["contact_id"]) == ("mentor", str(contact_id_of("mentor", person_of_mentor(1))))


def test_what_no_vocabulary_has_is_taken_as_it_is_and_said_with_the_nearest(desk: Desk) -> None:
    _, (name, said) = desk.take(enrolled(1, skills=("education", "helth"), directorate="direction-habitats"))
    assert (name, said["mentor_id"]) == ("mentor.flagged", str(mentor_id(1)))
    assert [(flag["field"], flag["code"], flag["nearest"]) for flag in said["flags"]] == [
        ("directorate", "directorate-unknown", "direction-habitat"),
        ("skills.1", "skill-unknown", "health"),
    ]
    assert names(desk.take(revised(1))) == ["contact.published"]


def test_unknown_skills_that_a_lead_looks_for_are_answered_with_the_nearest(desk: Desk) -> None:
    desk.take(confirmed(1))
    ((name, said),) = [it for it in desk.take(wished(1, skills=("education", "helth"))) if "flagged" in it[0]]
    assert (name, said["assignment_id"]) == ("lead.wishes-flagged", str(assignment_id(1)))
    assert [(flag["field"], flag["code"], flag["nearest"]) for flag in said["flags"]] == [
        ("skills.1", "skill-unknown", "health")
    ]
    assert "lead.wishes-flagged" not in names(desk.take(wished(1, skills=("education",))))


def test_a_confirmed_project_is_offered_to_a_mentor(desk: Desk) -> None:
    desk.take(enrolled(1))
    ((name, offer),) = desk.take(confirmed(1))
    assert name == "pair.offered"
    assert offer == {
        "from": None,
        "to": "offered",
        "actor": ENGINE,
        "reason": "best-free-mentor",
        "occurred_at": "2025-03-03T09:00:00Z",
        "version": 1,
        "pair_id": offer["pair_id"],
        "assignment_id": str(assignment_id(1)),
        "application_id": str(application_id(1)),
        "lead_id": str(lead_person(1)),
        "mentor_id": str(mentor_id(1)),
        "mentor_person_id": str(person_of_mentor(1)),
        "whole_project": True,
        "organisation_name": "Association 1",
        "project_title": "Projet 1",
        "fit": 1000,
        "rules_version": RULES.version,
        "expires_at": "2025-03-10T17:00:00Z",
        "parts": offer["parts"],
        "alternates": [],
        "themes": ["education"],
        "territories": ["13203"],
    }
    assert [(part["name"], part["points"], part["maximum"]) for part in offer["parts"]] == [
        ("skills", 600, 600),
        ("territory", 250, 250),
        ("availability", 150, 150),
    ]


def test_without_a_mentor_it_is_said_once_and_the_lead_waits(desk: Desk) -> None:
    ((name, none),) = desk.take(confirmed(1))
    assert name == "pair.no-mentor-found"
    assert none["assignment_id"] == str(assignment_id(1))
    assert none["reasons"][0]["fr"] == "Aucun mentor n’est inscrit pour l’instant."
    assert names(desk.take(enrolled(1, capacity=0))) == ["contact.published"], "not said again"
    assert names(desk.take(revised(1, capacity=1))) == ["contact.published", "pair.offered"]


def test_a_confirmation_repeated_offers_nothing_again(desk: Desk) -> None:
    desk.offer()
    assert desk.take(confirmed(1, version=5)) == []


def test_the_first_confirmed_is_served_first(desk: Desk) -> None:
    desk.take(confirmed(2), confirmed(3), confirmed(1))
    offers = [data["assignment_id"] for name, data in desk.take(enrolled(1)) if name == "pair.offered"]
    assert offers == [str(assignment_id(1)), str(assignment_id(2))]


@pytest.mark.parametrize(("first", "second"), [("mentor", "lead"), ("lead", "mentor")])
def test_both_accept_and_the_pair_is_active(desk: Desk, first: str, second: str) -> None:
    pair = desk.offer()
    ((_, half),) = desk.take(answered(pair, first, "accept"))
    assert (half["from"], half["to"], half["party"], half["version"]) == ("offered", f"accepted-by-{first}", first, 2)
    assert desk.take(answered(pair, first, "accept")) == [], "the same party again"
    (_, whole), (name, active) = desk.take(answered(pair, second, "accept"))
    assert (whole["from"], whole["to"], whole["version"]) == (f"accepted-by-{first}", "accepted", 3)
    assert name == "pair.activated"
    assert (active["from"], active["to"], active["version"], active["actor"]) == ("accepted", "active", 4, ENGINE)
    assert (active["first_contact_by"], active["ends_on"]) == ("2025-03-17", "2025-09-03")
    actors = {"mentor": f"mentor:{mentor_id(1)}", "lead": f"lead:{lead_person(1)}"}
    assert (half["actor"], whole["actor"]) == (actors[first], actors[second])


@pytest.mark.parametrize("missing", ["line_manager_authorised", "ethics_check_done"])
def test_a_pair_waits_for_authorisation_and_ethics(desk: Desk, missing: str) -> None:
    pair = desk.offer(**{missing: False})
    accepted = desk.take(answered(pair, "mentor", "accept"), answered(pair, "lead", "accept"))
    assert names(accepted) == ["pair.accepted", "pair.accepted"]
    assert names(desk.take(revised(1, **{missing: False}))) == ["contact.published"]
    contact, *_, (name, active) = desk.take(revised(1))
    assert contact[0] == "contact.published"
    assert (name, active["pair_id"], active["reason"]) == ("pair.activated", str(pair), "accepted-and-authorised")


@pytest.mark.parametrize("party", ["mentor", "lead"])
def test_a_decline_passes_the_offer_to_the_next_and_never_back(desk: Desk, party: str) -> None:
    pair = desk.offer()
    (name, declined), (next_name, none) = desk.take(answered(pair, party, "decline", "too-far"))
    assert (name, declined["to"], declined["party"], declined["reason"]) == (
        "pair.declined",
        "declined",
        party,
        "too-far",
    )
    assert next_name == "pair.no-mentor-found"
    assert codes(none) == ["mentors-declined"]
    assert names(desk.take(revised(1, capacity=9))) == ["contact.published"]
    (_, offer) = desk.take(enrolled(2))[1]
    assert offer["mentor_id"] == str(mentor_id(2))


def test_the_freed_place_goes_to_who_waits(desk: Desk) -> None:
    pair = desk.offer(capacity=1)
    assert names(desk.take(confirmed(2))) == ["pair.no-mentor-found"]
    after = desk.take(answered(pair, "mentor", "decline"))
    assert names(after) == ["pair.declined", "pair.no-mentor-found", "pair.offered"]
    assert after[2][1]["assignment_id"] == str(assignment_id(2))


@pytest.mark.parametrize("then", [released(1), None])
def test_who_was_declined_is_not_offered_even_after_a_new_confirmation(desk: Desk, then: EventData | None) -> None:
    first = desk.offer()
    desk.take(enrolled(2))
    (_, (_, offer)) = desk.take(answered(first, "lead", "decline"))
    desk.take(then or end_requested(UUID(offer["pair_id"]), "officer:7"))
    desk.take(withdrawn(2))
    ((name, none),) = desk.take(confirmed(1, version=9))
    assert (name, codes(none)) == ("pair.no-mentor-found", ["mentors-declined"])


def test_who_waits_is_looked_at_only_when_a_place_is_gained(desk: Desk) -> None:
    programme = desk.store.state
    desk.take(enrolled(1, capacity=5), recused(1, application=1), confirmed(1))
    assert programme.turns() == []
    pair = UUID(desk.take(confirmed(2))[0][1]["pair_id"])
    desk.accept_both(pair)
    assert not programme.roster.gained, "one more free place of a mentor who was free"


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        (withdrawn(7), f"mentor:{mentor_id(7)}"),
        (recused(7, application=1), f"mentor:{mentor_id(7)}"),
        (answered(UNKNOWN, "lead", "accept"), f"pair:{UNKNOWN}"),
        (end_requested(UNKNOWN, "officer:7"), f"pair:{UNKNOWN}"),
    ],
)
def test_what_is_not_known_yet_is_waited_for(desk: Desk, data: EventData, reference: str) -> None:
    with pytest.raises(NotYet) as raised:
        desk.take(data)
    assert raised.value.reference == reference


def test_the_same_events_give_the_same_pairs() -> None:
    def play() -> list[tuple[str, dict[str, Any]]]:
        given = [enrolled(1), enrolled(2), confirmed(1), confirmed(2), confirmed(3), withdrawn(1)]
        return Desk().take(*given)

    assert play() == play()


def test_what_a_lead_looks_for_counts_from_the_next_offer_on(desk: Desk) -> None:
    desk.take(confirmed(1))
    assert names(desk.take(wished(1, skills=("health",), languages=("en",)))) == ["pair.no-mentor-found"]
    assert names(desk.take(enrolled(1, skills=("health",)))) == ["contact.published"], "speaks French only"
    _, (name, offer) = desk.take(revised(1, skills=("health",), languages=("fr", "en")))
    assert name == "pair.offered"
    assert offer["parts"][0]["points"] == 600


def test_without_a_language_in_common_that_is_the_cause(desk: Desk) -> None:
    desk.take(enrolled(1), enrolled(2, capacity=0), enrolled(3, languages=("en",), capacity=0))
    desk.take(confirmed(1))
    pair = UUID(desk.take(wished(1, languages=("en",)), confirmed(2))[0][1]["pair_id"])
    desk.take(end_requested(pair, "officer:o"))
    *_, (name, none) = desk.take(released(1), wished(2, languages=("en",)), confirmed(1))
    assert name == "pair.no-mentor-found"
    assert {it["code"]: it["fr"] for it in none["reasons"]} == {
        "mentors-language": "2 mentors ne parlent aucune des langues du responsable.",
        "mentors-full": "Un mentor accompagne déjà autant de responsables qu’il le peut.",
    }


def test_a_coalition_with_several_needs_is_accompanied_once(desk: Desk) -> None:
    desk.take(enrolled(1))
    together = {"application_id": application_id(1)}
    (offer,) = desk.take(confirmed(1), confirmed(2, **together), confirmed(3, **together))
    assert offer[1]["assignment_id"] == str(assignment_id(1))
    assert (offer[1]["application_id"], offer[1]["whole_project"]) == (str(application_id(1)), True)
    ended, offered = desk.take(released(1))
    assert (ended[0], offered[0]) == ("pair.ended", "pair.offered")
    assert offered[1]["assignment_id"] == str(assignment_id(2)), "who shared the mentor needs one now"
    desk.take(end_requested(UUID(offered[1]["pair_id"]), "lead:l"))
    assert desk.take(released(2, **together)) == [], "the lead wants none, for any of their needs"
