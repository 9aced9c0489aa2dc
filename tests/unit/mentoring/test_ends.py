"""How pairs and offers end, who is handed over then, and what can't be said of them any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.mentoring.settings.pairing_rules import RULES
from tests.unit.mentoring.desk import Desk, codes, names
from tests.unit.mentoring.examples import (
    answered,
    assignment_id,
    confirmed,
    end_requested,
    enrolled,
    lead_person,
    mentor_id,
    numbered,
    released,
)

ENGINE = f"engine:pairing@{RULES.version}"
UNKNOWN = numbered(8, 404)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def close(desk: Desk, pair: UUID, how: str) -> None:
    if how == "declined":
        desk.take(answered(pair, "lead", "decline"))
    else:
        desk.take(end_requested(pair, "officer:7"))


@pytest.mark.parametrize("how", ["declined", "ended"])
def test_answers_and_requests_on_a_closed_pair_are_refused_with_reasons(desk: Desk, how: str) -> None:
    pair = desk.offer()
    close(desk, pair, how)
    for late in (
        answered(pair, "mentor", "accept"),
        answered(pair, "lead", "decline"),
        end_requested(pair, "mentor:1"),
    ):
        ((name, refused),) = desk.take(late)
        assert name == "pair.answer-refused"
        assert refused["pair_id"] == str(pair)
        assert codes(refused) == [f"pair-{how}"]
        assert refused["reasons"][0]["fr"].startswith("Ce binôme")
        assert refused["reasons"][0]["en"].startswith("This pair")


def test_an_active_pair_is_not_declined_but_ended(desk: Desk) -> None:
    pair = desk.offer()
    desk.accept_both(pair)
    ((name, refused),) = desk.take(answered(pair, "mentor", "decline"))
    assert (name, codes(refused)) == ("pair.answer-refused", ["pair-active"])


def test_a_mentor_who_ends_a_pair_hands_the_lead_over(desk: Desk) -> None:
    pair = desk.offer()
    desk.accept_both(pair)
    desk.take(enrolled(2))
    ended, offer = desk.take(end_requested(pair, f"mentor:{mentor_id(1)}", "new-post"))
    assert (ended[0], ended[1]["from"], ended[1]["actor"]) == ("pair.ended", "active", f"mentor:{mentor_id(1)}")
    assert ended[1]["reason"] == "new-post"
    assert (offer[0], offer[1]["mentor_id"]) == ("pair.offered", str(mentor_id(2)))


@pytest.mark.parametrize("by", [f"lead:{lead_person(1)}", "officer:7"])
def test_a_lead_or_an_officer_who_ends_a_pair_gets_no_other_until_confirmed_anew(desk: Desk, by: str) -> None:
    pair = desk.offer()
    desk.take(enrolled(2))
    assert names(desk.take(end_requested(pair, by))) == ["pair.ended"]
    assert names(desk.take(enrolled(3))) == ["contact.published"]
    assert names(desk.take(confirmed(1, version=9))) == ["pair.offered"]


def test_a_lead_whom_another_pair_would_suit_better_is_handed_over_quietly(desk: Desk) -> None:
    pair = desk.offer()
    desk.accept_both(pair)
    desk.take(enrolled(2))
    ended, offered = desk.take(end_requested(pair, f"lead:{lead_person(1)}", reason="another-pair"))
    assert (ended[0], ended[1]["reason"]) == ("pair.ended", "another-pair")
    assert (offered[0], offered[1]["mentor_id"]) == ("pair.offered", str(mentor_id(2)))


def test_a_released_assignment_ends_its_pair_and_frees_the_mentor(desk: Desk) -> None:
    desk.offer(capacity=1)
    desk.take(confirmed(2))
    ended, offer = desk.take(released(1, actor="officer:9"))
    assert (ended[0], ended[1]["reason"], ended[1]["actor"]) == ("pair.ended", "assignment-released", "officer:9")
    assert (offer[0], offer[1]["assignment_id"]) == ("pair.offered", str(assignment_id(2)))


def test_a_released_assignment_no_longer_waits(desk: Desk) -> None:
    desk.take(confirmed(1))
    assert desk.take(released(1)) == []
    assert names(desk.take(enrolled(1))) == ["contact.published"]


def test_an_assignment_that_was_never_confirmed_is_released_without_effect(desk: Desk) -> None:
    assert desk.take(released(1, from_state="proposed")) == []


def expired(desk: Desk, *, after: timedelta = timedelta(days=8)) -> list[tuple[str, dict[str, Any]]]:
    desk.now += after
    try:
        return desk.look()
    finally:
        desk.now -= after


def test_an_offer_that_the_mentor_left_unanswered_passes_to_the_next() -> None:
    desk = Desk()
    pair = desk.offer()
    desk.take(enrolled(2))
    (_, ended), (name, offered) = expired(desk)
    assert (ended["awaited"], ended["reason"], ended["to"]) == (["mentor", "lead"], "no-answer", "expired")
    assert (name, offered["mentor_id"]) == ("pair.offered", str(mentor_id(2)))
    assert expired(desk) == [], "it expires once"
    ((_, refused),) = desk.take(answered(pair, "mentor", "accept"))
    assert [reason["code"] for reason in refused["reasons"]] == ["pair-expired"]


def test_an_offer_is_open_for_five_work_days() -> None:
    desk = Desk()
    ((_, offer),) = (desk.take(enrolled(1)), desk.take(confirmed(1)))[1]
    assert offer["expires_at"] == "2025-03-10T17:00:00Z", "Monday to Monday, at six in the evening of Paris"
    assert expired(desk, after=timedelta(days=7, hours=7, minutes=59)) == []
    assert names(expired(desk, after=timedelta(days=7, hours=8))) == ["pair.expired", "pair.no-mentor-found"]


def test_a_lead_who_never_answers_blocks_no_mentor_after_mentor() -> None:
    desk = Desk()
    pair = desk.offer()
    desk.take(enrolled(2))
    desk.take(answered(pair, "mentor", "accept"))
    ((name, data),) = expired(desk)
    assert (name, data["awaited"]) == ("pair.expired", ["lead"])
    assert names(desk.take(confirmed(1))) == ["pair.offered"], "confirmed anew, it is offered again"
