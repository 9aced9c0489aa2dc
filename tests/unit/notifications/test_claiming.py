"""Which of what is due is sent now, decided without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contacts import contact_id_of
from services.notifications.kinds import KINDS
from services.notifications.people import Contact, Correspondent
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.sending.claiming import WEEK, Decision, claim_of, decide
from services.notifications.sending.due_mail import DueMail
from services.notifications.sending.terms import Known, Terms

NOW = datetime(2025, 3, 3, 10, tzinfo=UTC)
LEAD, MENTOR, FILE = UUID(int=1), UUID(int=2), UUID(int=3)
COUNTED, URGENT, DIGEST = "pair-nudge-to-lead", "acknowledgement", "no-mentor-found"
REACHED, REACHED_MENTOR = contact_id_of("lead", LEAD), contact_id_of("mentor", MENTOR)
CONTACTS = {
    REACHED: Contact(LEAD, "lead", "Ada", "ada@asso.example", "fr", NOW),
    contact_id_of("owner", LEAD): Contact(LEAD, "owner", "Ada", "ada@asso.example", "fr", NOW),
    REACHED_MENTOR: Contact(MENTOR, "mentor", "Bo", "bo@ville.example", "en", NOW),
}
OPEN = Terms(NOW, NOW + timedelta(minutes=1), NOW + timedelta(hours=1), None, KINDS.courtesy.most_a_week)
MORNING = NOW + timedelta(hours=12)
NIGHT = Terms(OPEN.now, OPEN.claimed_until, OPEN.without_contact_until, MORNING, OPEN.most_a_week)


def due_mail(kind: str, number: int = 1, *, overdue: timedelta = timedelta(), **more: Any) -> DueMail:
    key = Key(UUID(int=number), LEAD, kind, "")
    counterpart_id, requested = more.pop("counterpart_id", None), more.pop("is_requested", False)
    follow_up = FollowUp(UUID(int=number), key, 1, **more)
    due_at = NOW - overdue
    return DueMail(Planned(follow_up, FILE, counterpart_id, "story", due_at, "{}", NOW), due_at, requested)


def decided(due: DueMail, known: Known | None = None, terms: Terms = OPEN) -> Decision:
    (decision,) = decide([due], known or Known(CONTACTS), terms)
    return decision


def test_what_can_be_sent_is_claimed_and_counts_an_attempt() -> None:
    decision = decided(due_mail(URGENT, attempts=2))
    assert (decision.fate, decision.next_attempt_at) == ("send", OPEN.claimed_until)
    assert (decision.follow_up.state, decision.follow_up.attempts, decision.follow_up.in_doubt) == ("sending", 3, False)
    claim = claim_of(decision, Known(CONTACTS), NOW)
    assert (claim.attempts, claim.recipient, claim.language) == (3, Correspondent("Ada", "ada@asso.example"), "fr")


def test_a_claim_that_ended_without_a_result_is_in_doubt_once_it_is_sent_or_dropped() -> None:
    ended = due_mail(COUNTED, state="sending", attempts=1)
    assert decided(ended).follow_up.in_doubt
    assert decided(ended, Known(CONTACTS, recusals={(LEAD, FILE)})).follow_up.in_doubt
    put_off = decided(ended, terms=NIGHT).follow_up
    assert (put_off.state, put_off.attempts) == ("sending", 1), "still a claim that ended"


@pytest.mark.parametrize(
    ("due", "known", "reason"),
    [
        (due_mail(URGENT, settled="application-withdrawn"), Known({}), "application-withdrawn"),
        (due_mail(URGENT), Known(CONTACTS, recusals={(LEAD, FILE)}), "recused"),
        (due_mail(COUNTED), Known({REACHED: CONTACTS[REACHED]._replace(unsubscribed_at=NOW)}), "unsubscribed"),
    ],
)
def test_what_nobody_wants_is_cancelled_at_any_hour(due: DueMail, known: Known, reason: str) -> None:
    for terms in (OPEN, NIGHT):
        decision = decided(due, known, terms)
        assert (decision.fate, decision.follow_up.state, decision.follow_up.settled) == (
            "cancel",
            "cancelled",
            reason,
        )
        assert decision.follow_up.attempts == 0, "it was not tried"


def test_who_wants_no_optional_mail_gets_all_else() -> None:
    assert decided(due_mail(URGENT), Known({REACHED: CONTACTS[REACHED]._replace(unsubscribed_at=NOW)})).fate == "send"


@pytest.mark.parametrize(
    ("overdue", "pause"),
    [(timedelta(), 1), (timedelta(seconds=60), 30), (timedelta(days=9), 3600)],
)
def test_without_a_contact_it_waits_the_longer_the_more_it_is_overdue(overdue: timedelta, pause: int) -> None:
    decision = decided(due_mail(URGENT, overdue=overdue), Known({}))
    assert (decision.fate, decision.waits_for) == ("put off", REACHED)
    assert decision.next_attempt_at == NOW + timedelta(seconds=pause)


def test_an_introduction_waits_for_whichever_contact_is_missing_and_names_the_other() -> None:
    due = due_mail("introduction-to-lead", counterpart_id=MENTOR)
    assert decided(due, Known({REACHED: CONTACTS[REACHED]})).waits_for == REACHED_MENTOR
    assert decided(due, Known({REACHED_MENTOR: CONTACTS[REACHED_MENTOR]})).waits_for == REACHED
    assert claim_of(decided(due), Known(CONTACTS), NOW).counterpart == Correspondent("Bo", "bo@ville.example")


@pytest.mark.parametrize("kind", [COUNTED, DIGEST])
def test_what_is_not_urgent_waits_for_the_morning_unless_an_operator_wants_it_now(kind: str) -> None:
    assert decided(due_mail(kind), terms=NIGHT).next_attempt_at == MORNING
    assert decided(due_mail(kind, is_requested=True), terms=NIGHT).fate == "send"
    assert decided(due_mail(URGENT), terms=NIGHT).fate == "send"


@given(st.lists(st.integers(0, 8 * 24), max_size=8), st.integers(1, 9), st.integers(1, 5))
def test_nobody_gets_more_than_courtesy_allows_in_any_seven_days(hours: list[int], count: int, most: int) -> None:
    """Whatever was sent when, and however much is due: what is put off is due as soon as there is room for it."""
    sent = sorted((NOW - timedelta(hours=hour) for hour in hours), reverse=True)
    recent = [moment for moment in sent if moment > NOW - WEEK][:most]
    terms = Terms(OPEN.now, OPEN.claimed_until, OPEN.without_contact_until, None, most)
    decisions = decide(
        [due_mail(COUNTED, number) for number in range(1, count + 1)], Known(CONTACTS, recent={LEAD: recent}), terms
    )
    leaving = [decision for decision in decisions if decision.fate == "send"]
    assert len(leaving) == min(count, max(0, most - len(recent)))
    for decision in decisions:
        if decision.fate == "put off":
            at = decision.next_attempt_at
            assert at > NOW
            assert sum(moment > at - WEEK for moment in recent) < most


def test_urgent_mail_and_digests_neither_count_nor_are_held_back() -> None:
    full = Known(CONTACTS, recent={LEAD: [NOW] * OPEN.most_a_week})
    for kind in (URGENT, DIGEST):
        assert decided(due_mail(kind), full).fate == "send"
    assert decided(due_mail(COUNTED), full).next_attempt_at == NOW + WEEK


def changing(**more: Any) -> Known:
    contact = CONTACTS[REACHED]._replace(
        email="new@asso.example", former_email="ada@asso.example", former_said_at=NOW, change_id=UUID(int=1), **more
    )
    return Known({**CONTACTS, REACHED: contact})


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (URGENT, "new@asso.example"),
        (DIGEST, "new@asso.example"),
        ("pair-offer-to-lead", "ada@asso.example"),
        (COUNTED, "ada@asso.example"),
        ("introduction-to-lead", "ada@asso.example"),
        ("address-change-to-lead", "ada@asso.example"),
    ],
)
def test_what_proves_a_right_goes_to_the_address_that_is_trusted(kind: str, address: str) -> None:
    due = due_mail(kind, counterpart_id=MENTOR if kind.startswith("introduction") else None)
    known = changing()
    if KINDS.by_name[kind].to == "owner":
        known = Known({contact_id_of("owner", LEAD): known.contacts[REACHED]._replace(role="owner")})
    claim = claim_of(decided(due, known), known, NOW)
    assert claim.recipient.email == address
    assert claim.is_trusted == (address == "ada@asso.example"), "no link goes to an address that nobody has confirmed"
    assert claim.new_address == ("new@asso.example" if kind.startswith("address-change") else None)


def test_an_address_that_is_dead_keeps_only_its_own_mail_back() -> None:
    known = changing(former_undeliverable="smtp-550")
    assert claim_of(decided(due_mail("pair-offer-to-lead"), known), known, NOW).is_undeliverable
    assert not claim_of(decided(due_mail(URGENT), known), known, NOW).is_undeliverable


def test_an_introduction_gives_the_address_that_is_trusted() -> None:
    known = changing()
    due = due_mail("introduction-to-mentor", counterpart_id=LEAD)
    due = due._replace(
        planned=due.planned._replace(
            follow_up=due.planned.follow_up._replace(key=due.planned.follow_up.key._replace(recipient_id=MENTOR))
        )
    )
    assert claim_of(decided(due, known), known, NOW).counterpart == Correspondent("Ada", "ada@asso.example")


def test_nothing_asks_to_confirm_what_does_not_wait() -> None:
    for known in (Known(CONTACTS), Known({REACHED: changing().contacts[REACHED]._replace(change_id=UUID(int=7))})):
        assert decided(due_mail("address-change-to-lead"), known).settled == "nothing-to-confirm"


def test_who_was_forgotten_is_not_waited_for_for_ever() -> None:
    forgotten = Known({}, forgotten={LEAD})
    assert decided(due_mail(URGENT, overdue=timedelta(hours=1)), forgotten).fate == "put off"
    assert decided(due_mail(URGENT, overdue=timedelta(days=4)), forgotten).settled == "contact-erased"
    assert decided(due_mail(URGENT, overdue=timedelta(days=4)), Known({})).fate == "put off"


@pytest.mark.parametrize("ended", [{"state": "sending"}, {"state": "scheduled", "in_doubt": True}])
def test_what_may_have_left_to_who_was_forgotten_since_is_said_at_once(ended: dict[str, Any]) -> None:
    mail = due_mail(URGENT, attempts=1, **ended)
    after = decided(mail, Known({}, forgotten={LEAD})).follow_up
    assert (after.state, after.settled, after.in_doubt) == ("cancelled", "contact-erased", True)
    assert decided(mail, Known({})).fate == "put off", "a contact that is only late is waited for"


def test_what_lay_in_the_past_when_it_was_planned_is_not_sent_but_what_was_put_off_is() -> None:
    late = KINDS.too_late + timedelta(seconds=1)
    decision = decided(due_mail(URGENT, overdue=late))
    assert (decision.fate, decision.settled) == ("cancel", "too-late")
    assert decided(due_mail(URGENT, overdue=KINDS.too_late)).fate == "send"
    assert decided(due_mail(URGENT, overdue=late, is_requested=True)).fate == "send", "an operator wants it"
    put_off = due_mail(COUNTED, overdue=late)._replace(next_attempt_at=NOW)
    assert decided(put_off).fate == "send"


@given(st.integers(0, 1_800).map(lambda days: NOW - timedelta(days=days)))
def test_of_a_confirmation_of_the_past_no_two_mails_leave_that_say_the_same(confirmed_at: datetime) -> None:
    kinds = [kind for kind in KINDS.all if kind.is_later and "assignment-confirmed" in kind.planned_by]
    due = [
        due_mail(kind.kind, number, overdue=NOW - at)
        for number, kind in enumerate(kinds, start=1)
        if (at := kind.due(confirmed_at, KINDS.calendar)) <= NOW
    ]
    sent = [it.mail.kind.text_name for it in decide(due, Known(CONTACTS), OPEN) if it.fate == "send"]
    assert len(set(sent)) == len(sent) <= 2
