"""Offers that wait for a round, and are weighed and made together."""

from __future__ import annotations

from typing import Any, Literal

from contracts.rounds import RoundCompleted
from services.mentoring.settings.rhythms import SETTINGS
from tests.events import example
from tests.unit.mentoring.desk import Desk, names, values_of
from tests.unit.mentoring.examples import (
    answered,
    application_id,
    assignment_id,
    confirmed,
    enrolled,
    mentor_id,
    released,
)


def whole(track: Literal["implantation", "contest"] = "implantation") -> RoundCompleted:
    return example(RoundCompleted, track=track)


def in_rounds(**changes: Any) -> Desk:
    return Desk(settings=SETTINGS.model_copy(update={"offers": "in-rounds", **changes}))


def test_first_offers_wait_for_a_round_and_are_made_together() -> None:
    desk = in_rounds()
    desk.take(enrolled(1), enrolled(2))
    assert desk.take(confirmed(1), confirmed(2)) == []
    assert desk.take(whole("contest")) == [], "the contest places nobody"
    offers = desk.take(whole())
    assert names(offers) == ["pair.offered", "pair.offered"]
    assert {offer["assignment_id"] for _, offer in offers} == {str(assignment_id(1)), str(assignment_id(2))}
    assert desk.take(whole()) == [], "nobody waits any more"


def test_together_more_points_are_found_than_one_by_one() -> None:
    def fit_of_all(desk: Desk) -> int:
        # The first would suit the first mentor a little better than the second; the other suits nobody else.
        desk.take(enrolled(1, skills=["housing", "food"], territories=["13203"], capacity=1))
        desk.take(enrolled(2, skills=["housing"], territories=["13215"], capacity=1))
        offers = desk.take(confirmed(1, themes=["housing"], territories=["13203"]))
        offers += desk.take(confirmed(2, themes=["food"], territories=["13208"]))
        offers += desk.take(whole())
        assert len(offers) == 2
        return sum(offer["fit"] for _, offer in offers)

    assert fit_of_all(in_rounds()) > fit_of_all(Desk())


def test_what_passes_to_the_next_mentor_does_not_wait() -> None:
    desk = in_rounds()
    desk.take(enrolled(1), enrolled(2), confirmed(1))
    ((_, offer),) = desk.take(whole())
    after = desk.take(answered(offer["pair_id"], "mentor", "decline"))
    assert names(after) == ["pair.declined", "pair.offered"]


def test_who_finds_nobody_in_a_round_is_told_and_served_once_somebody_is_free() -> None:
    desk = in_rounds()
    desk.take(confirmed(1))
    assert names(desk.take(whole())) == ["pair.no-mentor-found"]
    assert "pair.offered" in names(desk.take(enrolled(1)))


def test_another_assignment_of_a_project_that_waits_shares_its_mentor_to_come() -> None:
    desk = in_rounds()
    desk.take(enrolled(1), enrolled(2), confirmed(1), confirmed(2, application_id=application_id(1)))
    assert desk.store.state.leads[assignment_id(2)].state == "sharing"
    desk.take(released(1))
    assert desk.store.state.leads[assignment_id(2)].state == "held"
    ((_, offer),) = desk.take(whole())
    assert offer["assignment_id"] == str(assignment_id(2))


def test_a_confirmation_that_is_repeated_holds_nobody_back() -> None:
    desk = in_rounds()
    desk.take(confirmed(1), whole())
    desk.take(confirmed(1))
    assert desk.store.state.leads[assignment_id(1)].state == "waiting"
    assert "pair.offered" in names(desk.take(enrolled(1)))


def test_who_waits_for_a_round_still_does_when_a_writer_begins_anew() -> None:
    desk = in_rounds()
    desk.take(enrolled(1), confirmed(1))
    before = values_of(desk.store.state)
    desk.store.reload()
    assert values_of(desk.store.state)["leads"] == before["leads"]
    ((_, offer),) = desk.take(whole())
    assert offer["mentor_id"] == str(mentor_id(1))
