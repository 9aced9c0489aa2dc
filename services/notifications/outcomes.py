"""Attempts to send: what is claimed, what became of it, and what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import orjson

from contracts.message import Language
from services.calendar.due_dates import Calendar, Span, due_at
from services.notifications.follow_ups import FollowUp, Planned

EndState: TypeAlias = Literal["sent", "scheduled", "failed"]
"""`scheduled`: to be tried again, unless it was settled meanwhile."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a mail names them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A follow-up claimed for its attempt number `attempts`, with the addresses as they are now.

    `settled` says that it must not be sent any more; then the recipient may be unknown. `is_undeliverable` says that
    the server refused the address before.
    """

    follow_up_id: UUID
    kind: str
    matter_id: UUID
    recipient_id: UUID
    parameters: str
    attempts: int
    settled: bool
    recipient: Person | None
    language: Language
    is_undeliverable: bool
    counterpart: Person | None


@dataclass(frozen=True, slots=True)
class Leases:
    """How long what is due is set aside: while it is being sent, and while nobody can be reached for it."""

    claimed: datetime
    without_contact: datetime


@dataclass(frozen=True, slots=True)
class Portion:
    """What was claimed at once; `full` where more may be due."""

    claims: Sequence[Claim]
    full: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim; `in_doubt` where the server may have taken the mail without saying so.

    `refused_address` is the address that the server says there is none of.
    """

    follow_up_id: UUID
    attempts: int
    state: EndState
    message_id: str
    next_attempt_at: datetime
    reason: str | None = None
    in_doubt: bool = False
    refused_address: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A follow-up that has come to its end: sent, failed, or cancelled for the reason `settled`."""

    follow_up: FollowUp
    outcome: Outcome
    settled: str | None
    correlation_id: UUID
    due_at: datetime
    counterpart_id: UUID | None
    application_id: UUID
    parameters: str


def remind(sent: Recorded, after: Span, *, identifier: UUID, at: datetime, calendar: Calendar) -> Planned:
    """The reminder of a follow-up that left at `at`, due so long after."""
    key = sent.follow_up.key.reminding()
    return Planned(
        FollowUp(identifier, key, sent.follow_up.matter_version),
        sent.application_id,
        sent.counterpart_id,
        sent.correlation_id,
        due_at(at, after, calendar=calendar),
        orjson.dumps({**orjson.loads(sent.parameters), "reminder": key.reminder}).decode(),
    )
