"""Which of what is due is sent now: who can be reached, who wants it, and how much a person gets at what hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.contacts import Work
from services.notifications.forgotten import FORGOTTEN
from services.notifications.kinds import KINDS
from services.notifications.people import Contact, Correspondent
from services.notifications.planned.follow_ups import FollowUp
from services.notifications.roles import OFFICES
from services.notifications.sending.due_mail import DueMail
from services.notifications.sending.outcomes import ClaimedMail, cause_of_attempt
from services.notifications.sending.terms import Known, Terms

WEEK: Final = timedelta(days=7)
NOBODY: Final = "no-address-set"
"""Why what is for who holds an office is not sent: the setting is empty."""
TOO_LATE: Final = "too-late"
"""Why what was due long ago is not sent."""
# The shortest wait for a contact, which mostly comes in the same moment on another topic.
_A_SECOND: Final = timedelta(seconds=1)
# What a service says by the clock of somebody who was forgotten waits no longer for them to come back: a form and the
# contact in it arrive in the same minute.
_PATIENCE: Final = timedelta(days=3)
# What was written of an obstacle or an application mostly comes in the same moment; after this it was taken back, and
# the mail says so.
_WITHOUT_WORDS: Final = timedelta(hours=1)
# Behind the one mail that shows whether a provider takes ours again.
_A_MINUTE: Final = timedelta(minutes=1)


Fate: TypeAlias = Literal["send", "cancel", "put off"]


class Decision(NamedTuple):
    """What becomes of a mail; `settled` is why it is cancelled, `waits_for` whose contact or description is missing."""

    mail: DueMail
    fate: Fate
    next_attempt_at: datetime
    settled: str | None = None
    waits_for: UUID | None = None

    @property
    def follow_up(self) -> FollowUp:
        """The follow-up after the decision.

        What was claimed and has no result may have left: it stays a claim that ended until it is sent or cancelled,
        and is in doubt from then on.
        """
        before = self.mail.planned.follow_up
        if self.fate == "put off":
            return before
        in_doubt = before.in_doubt or before.state == "sending"
        if self.fate == "cancel":
            return before._replace(state="cancelled", in_doubt=in_doubt, settled=self.settled)
        return before._replace(state="sending", in_doubt=in_doubt, attempts=before.attempts + 1)


def decide(mails: Iterable[DueMail], known: Known, terms: Terms) -> list[Decision]:
    """What becomes of each mail.

    What nobody can be reached for is put off, so that it does not stand in the way of what can be sent. All of a
    person's mail is in one lane, so nobody else counts what they get.
    """
    turns: Counter[UUID] = Counter()
    tried: set[str] = set()
    decisions = []
    for mail in sorted(mails, key=lambda mail: (mail.next_attempt_at, mail.id)):
        decisions.append(
            # In this order: what has left is told in any case, what is not wanted is cancelled at night too, and what
            # waits takes no place in the week.
            _departed(mail, known, terms)
            or _unwanted(mail, known, terms)
            or _at_night(mail, terms)
            or _out_of_reach(mail, known, terms)
            or _undescribed(mail, known, terms)
            or _refused(mail, known, terms, tried)
            or _in_turn(mail, known, terms, turns)
        )
    return decisions


def claim_of(decision: Decision, known: Known, now: datetime) -> ClaimedMail:
    """What a claimed mail is sent by; its people are known."""
    mail, (recipient, *others) = decision.mail, decision.mail.contacts
    key, contact = mail.planned.follow_up.key, known.contacts[recipient]
    counterparts = [_introduced(mail, known.contacts[other]) for other in others]
    named = _addressed(mail, contact)
    return ClaimedMail(
        follow_up_id=mail.id,
        kind=key.kind,
        matter_id=key.matter_id,
        recipient_id=mail.recipient_id,
        contact_id=recipient,
        parameters=mail.planned.parameters,
        attempts=decision.follow_up.attempts,
        recipient=named,
        language=contact.language,
        is_undeliverable=contact.why_undeliverable(named.email) is not None,
        counterpart=counterparts[0] if counterparts else None,
        new_address=contact.email if mail.kind.confirms_address else None,
        words={name: said for each in mail.described for name, said in known.descriptions.get(each, {}).items()},
        was_refused=known.provider(named.email) is not None,
        application_id=mail.planned.application_id,
        is_trusted=named == contact.trusted,
        departed_as=mail.departed_as,
        cause=cause_of_attempt(mail.planned, decision.follow_up.attempts, now),
    )


def _introduced(mail: DueMail, counterpart: Contact) -> Correspondent | Work | None:
    return counterpart.work if mail.kind.introduces_by == "work" else counterpart.trusted


def _addressed(mail: DueMail, contact: Contact) -> Correspondent:
    """Whom a mail goes to, at which of their addresses."""
    return contact.trusted if mail.kind.is_for_the_trusted else contact.correspondent


def _departed(mail: DueMail, known: Known, terms: Terms) -> Decision | None:
    """What has left is claimed as if it were to leave: its outcome says so, and no second mail does."""
    if mail.departed_as is None or not known.contacts.keys() >= {*mail.contacts}:
        return None
    return Decision(mail, "send", terms.claimed_until)


def _unwanted(mail: DueMail, known: Known, terms: Terms) -> Decision | None:
    """Recusal and consent are asked when it is sent, not when it is planned."""
    reason = mail.planned.follow_up.settled
    # What is asked of an office waits for its address, as for a contact: else nobody would be asked, even later.
    is_asked = mail.kind.clears
    if reason is None and mail.kind.to in OFFICES and mail.recipient_id not in terms.offices and not is_asked:
        reason = NOBODY
    contact = known.contacts.get(mail.contacts[0])
    if reason is None and mail.file in known.recusals:
        reason = "recused"
    if reason is None and contact is not None and contact.unsubscribed_at is not None:
        reason = "unsubscribed" if mail.kind.optional else None
    if reason is None and contact is not None and mail.kind.confirms_address and contact.change_id != mail.matter_id:
        reason = "nothing-to-confirm"
    if reason is None and _is_too_late(mail, terms.now):
        reason = TOO_LATE
    return None if reason is None else Decision(mail, "cancel", terms.now, reason)


def _is_too_late(mail: DueMail, now: datetime) -> bool:
    """Whether it lay in the past when it was looked at first, as where decisions of years ago are loaded.

    What was put off since is late for another reason, and is not lost.
    """
    is_first_look = mail.next_attempt_at == mail.planned.due_at and not mail.is_requested
    return is_first_look and now - mail.planned.due_at > KINDS.too_late


def _at_night(mail: DueMail, terms: Terms) -> Decision | None:
    if terms.opens_at is None or not mail.is_unhurried:
        return None
    return Decision(mail, "put off", terms.opens_at)


def _out_of_reach(mail: DueMail, known: Known, terms: Terms) -> Decision | None:
    """Put off until the contact arrives, which wakes it.

    One that arrives while this runs can't wake what it can't see: so it is looked for again in a while, the longer the
    more it is overdue. What was claimed and has no result, or none that is certain, had a contact, whose person was
    forgotten since: it may have left, which is said at once.
    """
    missing = next((contact for contact in mail.contacts if contact not in known.contacts), None)
    if missing is None:
        return None
    overdue = terms.now - mail.planned.due_at
    follow_up = mail.planned.follow_up
    may_have_left = follow_up.in_doubt or follow_up.state == "sending"
    if (may_have_left or overdue > _PATIENCE) and not known.forgotten.isdisjoint(mail.people):
        return Decision(mail, "cancel", terms.now, FORGOTTEN)
    again = min(terms.without_contact_until, terms.now + max(_A_SECOND, overdue / 2))
    return Decision(mail, "put off", again, waits_for=missing)


def _undescribed(mail: DueMail, known: Known, terms: Terms) -> Decision | None:
    """Put off until what was written of its obstacle or application arrives, which wakes it; for an hour at most."""
    missing = next((each for each in mail.described if each not in known.descriptions), None)
    overdue = terms.now - mail.planned.due_at
    if missing is None or overdue >= _WITHOUT_WORDS:
        return None
    again = terms.now + max(_A_SECOND, overdue / 2)
    return Decision(mail, "put off", again, waits_for=missing)


def _refused(mail: DueMail, known: Known, terms: Terms, tried: set[str]) -> Decision | None:
    """Put off while its provider is paused; after that one mail goes first and shows whether the others may follow."""
    provider = known.provider(_addressed(mail, known.contacts[mail.contacts[0]]).email)
    if provider is None or mail.is_requested or not provider.pauses or provider.is_forgotten(terms.now):
        return None
    if provider.paused_until is not None and provider.is_paused(terms.now):
        return Decision(mail, "put off", provider.paused_until)
    if provider.domain in tried:
        return Decision(mail, "put off", terms.now + _A_MINUTE)
    tried.add(provider.domain)
    return None


def _in_turn(mail: DueMail, known: Known, terms: Terms, turns: Counter[UUID]) -> Decision:
    """Sent, or put off until so many of those before it are a week old."""
    if mail.is_counted:
        turns[mail.recipient_id] += 1
        place = terms.most_a_week - turns[mail.recipient_id]
        before = known.recent.get(mail.recipient_id, ())
        if place < 0:
            return Decision(mail, "put off", terms.now + WEEK)
        if place < len(before):
            return Decision(mail, "put off", before[place] + WEEK)
    return Decision(mail, "send", terms.claimed_until)
