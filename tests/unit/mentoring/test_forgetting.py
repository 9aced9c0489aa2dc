"""Who asks to be forgotten: what is left of them, whatever is read first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.contacts import contact_id_of
from contracts.erasures import ERASED
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.unit_of_work import UnitOfWork
from tests.unit.mentoring.desk import Desk, handle, names, published
from tests.unit.mentoring.examples import (
    NOW,
    application_id,
    confirmed,
    enrolled,
    erasure_of,
    event,
    lead_person,
    mentor_id,
    person_of_mentor,
    recused,
    released,
    revised,
    withdrawn,
)
from tests.unit.mentoring.test_support import introduced

BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
MENTOR, LEAD = person_of_mentor(1), lead_person(1)
NO_WORD = {"organisation_name": ERASED, "project_title": ERASED}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def read(desk: Desk, *events: Event[EventData]) -> list[tuple[str, dict[str, Any]]]:
    """Handles events that were sent at other times than they are read."""
    unit = UnitOfWork("mentoring", desk.store)
    desk.store.begin(events)
    handle(unit, events)
    desk.store.commit(desk.now)
    return published(unit.published)


def removed(happened: list[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    ((_, told),) = [it for it in happened if it[0] == "person.forgotten"]
    assert (told["service"], told["requested_at"]) == ("mentoring", "2025-03-03T09:00:00Z")
    return {it["what"]: it["count"] for it in told["removed"]}


def test_a_mentor_who_is_forgotten_leaves_and_hands_their_leads_over(desk: Desk) -> None:
    pair = desk.offer()
    desk.accept_both(pair)
    desk.take(enrolled(2))
    happened = desk.take(erasure_of(MENTOR))
    assert names(happened) == [
        "contact.retracted",
        "contact.retracted",
        "pair.ended",
        "pair.offered",
        "person.forgotten",
    ]
    assert {data["mentor_id"] for name, data in happened if name == "pair.offered"} == {str(mentor_id(2))}
    contacts = [data["contact_id"] for name, data in happened if name == "contact.retracted"]
    assert contacts == [str(contact_id_of("mentor", MENTOR)), str(contact_id_of("line-manager", MENTOR))]
    assert removed(happened) == {"form": 1, "contact": 1}
    mentor = desk.store.state.roster[mentor_id(1)]
    assert mentor.forgotten
    assert not mentor.active
    assert (mentor.handled, mentor.paused_until, mentor.authorised_until) == (frozenset(), None, None)
    assert desk.take(withdrawn(1)) == []
    assert desk.take(recused(1, application=9)) == [], "an abstention is kept, by its ids"


def test_each_request_is_answered_once_also_of_whom_nobody_knows(desk: Desk) -> None:
    happened = desk.take(erasure_of(MENTOR))
    assert names(happened) == ["contact.retracted", "contact.retracted", "person.forgotten"]
    assert removed(happened) == {}
    desk.take(enrolled(2))
    assert removed(desk.take(erasure_of(person_of_mentor(2)))) == {"form": 1, "contact": 1}
    assert removed(desk.take(erasure_of(person_of_mentor(2)))) == {}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("form", [enrolled(1, capacity=9), revised(1, capacity=9)])
def test_what_was_sent_before_and_is_read_after_leaves_ids_alone(desk: Desk, form: EventData, together: bool) -> None:
    desk.take(confirmed(1))
    events = [event(erasure_of(MENTOR)), event(form, BEFORE)]
    happened = read(desk, *events) if together else read(desk, events[0]) + read(desk, events[1])
    assert names(happened) == ["contact.retracted"] * 2 + ["person.forgotten"], "no contact, no offer"
    assert desk.store.state.roster[mentor_id(1)].forgotten
    # So that what waits for the mentor, or says of them more than ids, is not kept for long.
    assert read(desk, event(withdrawn(1), BEFORE), event(recused(1, application=1), BEFORE)) == []
    assert desk.take(enrolled(1)) == [], "at the same moment is before"


def test_what_they_say_later_is_taken_in_whatever_order_it_is_read(desk: Desk) -> None:
    later = event(enrolled(1, capacity=1), AFTER)
    assert names(read(desk, event(erasure_of(MENTOR)), later)) == [
        "contact.retracted",
        "contact.retracted",
        "person.forgotten",
        "contact.published",
    ]
    other = Desk()
    other.take(enrolled(1), confirmed(1))
    assert names(read(other, later)) == ["contact.published"]
    happened = read(other, event(erasure_of(MENTOR)))
    assert names(happened) == ["contact.retracted", "person.forgotten"], "as a line manager, they were not"
    assert removed(happened) == {}
    assert read(other, event(revised(1, capacity=7), BEFORE)) == []
    assert other.store.state.roster[mentor_id(1)].capacity == 1
    assert names(read(other, event(erasure_of(MENTOR), AFTER)))[1:3] == ["contact.retracted", "pair.ended"]


def test_the_later_of_two_requests_holds(desk: Desk) -> None:
    read(desk, event(erasure_of(MENTOR), AFTER), event(erasure_of(MENTOR), BEFORE))
    assert desk.take(enrolled(1)) == []


def test_who_comes_back_enrols_by_any_whole_form(desk: Desk) -> None:
    desk.take(erasure_of(MENTOR))
    assert names(read(desk, event(revised(1), AFTER))) == ["contact.published"]


def test_a_person_who_was_forgotten_comes_back_under_another_id(desk: Desk) -> None:
    desk.take(enrolled(1), erasure_of(MENTOR))
    assert names(read(desk, event(enrolled(2, person_id=MENTOR), AFTER))) == ["contact.published"]


def test_of_a_lead_who_is_forgotten_the_pair_goes_on_without_a_word(desk: Desk) -> None:
    pair = desk.offer()
    desk.take(confirmed(2, lead_id=LEAD), released(2, lead_id=LEAD), confirmed(3))
    happened = desk.take(erasure_of(LEAD))
    assert removed(happened) == {"project": 2}, "also of what ended"
    for name, data in desk.accept_both(pair):
        assert name.startswith("pair.")
        assert {field: data[field] for field in NO_WORD} == NO_WORD
    leads = desk.store.tables["leads"].values()
    assert [lead.project_title for lead in leads] == [ERASED, ERASED, "Projet 3"]


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_a_confirmation_that_is_read_later_has_no_word_either(desk: Desk, at: Any) -> None:
    desk.take(enrolled(1), erasure_of(LEAD))
    ((name, offer),) = read(desk, event(confirmed(1), at))
    assert name == "pair.offered"
    assert {field: offer[field] for field in NO_WORD} == NO_WORD
    assert offer["application_id"] == str(application_id(1))


@pytest.mark.parametrize(
    ("person", "reporter"),
    [
        (LEAD, "lead:l"),
        (LEAD, f"lead:{LEAD}"),
        (MENTOR, f"mentor:{mentor_id(1)}"),
        (MENTOR, f"mentor:{MENTOR}".upper().replace("MENTOR", "mentor")),
        (MENTOR, f"officer:{MENTOR}"),
    ],
)
@pytest.mark.parametrize("order", ["before", "after", "together"])
def test_partners_that_they_named_are_forgotten(desk: Desk, person: Any, reporter: str, order: str) -> None:
    desk.take(enrolled(1), confirmed(1), introduced(2, partner_name="Un autre", reported_by="mentor:other"))
    named = event(introduced(1, partner_name="Chez moi", reported_by=reporter), BEFORE)
    asked = event(erasure_of(person))
    if order == "together":
        read(desk, named, asked)
    else:
        for each in (named, asked) if order == "before" else (asked, named):
            read(desk, each)
    kept = sorted(desk.store.tables["introductions"].values(), key=lambda it: it.introduction_id)
    kind = reporter.partition(":")[0]
    assert [(it.partner_name, it.reported_by) for it in kept] == [(ERASED, kind), ("Un autre", "mentor:other")]
    ((name, told),) = read(desk, event(introduced(1, partner_name="Anew", reported_by=reporter), AFTER))
    assert (name, told["partner_name"]) == ("introduction.recorded", "Anew")


def test_what_a_mentor_reported_before_anybody_knew_whose_they_are_goes_with_their_form(desk: Desk) -> None:
    desk.take(confirmed(1), introduced(1, partner_name="Chez moi", reported_by=f"mentor:{mentor_id(1)}"))
    desk.take(erasure_of(MENTOR))
    read(desk, event(enrolled(1), BEFORE))
    assert [it.partner_name for it in desk.store.tables["introductions"].values()] == [ERASED]


def test_who_told_of_an_outcome_did_not_write_the_name(desk: Desk) -> None:
    desk.take(enrolled(1), confirmed(1), introduced(1, partner_name="Chez moi", reported_by="lead:l"))
    desk.take(introduced(1, partner_name="Chez moi", outcome="cooperation", reported_by="mentor:m"))
    assert removed(desk.take(erasure_of(LEAD))) == {"project": 1, "introduction": 1}
    assert removed(desk.take(erasure_of(LEAD))) == {}, "once"
