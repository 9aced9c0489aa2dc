"""Attempts to send: what is claimed, what became of it, and how that ends a follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from contracts.contacts import Work
from contracts.event import derived_id
from contracts.message import Language
from libraries.chassis.records.published import Cause
from libraries.work_days.due_dates import Calendar, Span, due_at
from services.notifications.people import Correspondent
from services.notifications.planned.follow_ups import FollowUp, Planned, State

EndState: TypeAlias = Literal["sent", "scheduled", "failed"]
"""`scheduled`: to be tried again, unless it was settled meanwhile."""
ProviderSays: TypeAlias = Literal["takes mail", "refuses us"]


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A follow-up claimed for its attempt number `attempts`, with the addresses as they are now.

    `is_undeliverable` says that the server refused the address before, `was_refused` that its provider refused mail
    of late, whoever it was for; `new_address` is one that waits to be confirmed; `words` are what was written of the
    obstacle or the application that it is about, by the parameters that say it; `is_trusted` says whether the address
    may be sent a right; `cause` is the attempt, as what is said of it has it; `departed_as` is the Message-ID that
    it left under before the database was restored to an earlier time.
    """

    follow_up_id: UUID
    kind: str
    matter_id: UUID
    recipient_id: UUID
    contact_id: UUID
    parameters: str
    attempts: int
    recipient: Correspondent
    language: Language
    is_undeliverable: bool
    counterpart: Correspondent | Work | None
    new_address: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    was_refused: bool = False
    cause: Cause | None = None
    application_id: UUID | None = None
    is_trusted: bool = True
    departed_as: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim; `in_doubt` where the server may have taken the mail without saying so.

    `refused_address` is the address that the server says there is none of; `provider_says` what the domain's provider
    made of us, where that tells something.
    """

    follow_up_id: UUID
    attempts: int
    state: EndState
    message_id: str
    next_attempt_at: datetime
    reason: str | None = None
    in_doubt: bool = False
    refused_address: str | None = None
    provider: str = ""
    provider_says: ProviderSays | None = None

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside: the same as its follow-up when that is due."""
        return mail_name(self.follow_up_id)


class Recorded(NamedTuple):
    """A claimed follow-up after its attempt; `planned` is what sending it took."""

    planned: Planned
    outcome: Outcome

    @property
    def follow_up(self) -> FollowUp:
        """The follow-up as it now is."""
        return self.planned.follow_up


def cause_of_attempt(planned: Planned, attempt: int, now: datetime) -> Cause:
    """An attempt as the cause of what is said of it: the same whenever it is said."""
    identifier = derived_id(planned.follow_up.id, planned.due_at, source="notifications", ordinal=attempt)
    return Cause(identifier, now, planned.correlation_id, planned.traceparent)


def mail_name(follow_up_id: UUID) -> str:
    """What a follow-up is called where it had to be set aside."""
    return f"mail {follow_up_id}"


def after(claimed: FollowUp, outcome: Outcome) -> FollowUp:
    """What a follow-up has become by an attempt: one that was settled meanwhile is not tried again."""
    is_over = outcome.state == "scheduled" and claimed.settled is not None
    state: State = "cancelled" if is_over else outcome.state
    return claimed._replace(state=state, in_doubt=claimed.in_doubt or outcome.in_doubt)


def remind(sent: Recorded, after_it: Span, *, at: datetime, calendar: Calendar) -> Planned:
    """The reminder of a follow-up that left at `at`, due so long after."""
    before = sent.planned
    key = before.follow_up.key.reminding()
    return before._replace(
        follow_up=FollowUp(key.id, key, before.follow_up.matter_version),
        due_at=due_at(at, after_it, calendar=calendar),
        parameters=orjson.dumps({**orjson.loads(before.parameters), "reminder": key.reminder}).decode(),
    )
