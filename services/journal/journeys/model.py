"""What is told of a journey: frozen values, for a page, a command and a program alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.journal.journeys.words import Words


@dataclass(frozen=True, slots=True)
class Position:
    """How far the journal has read a partition: it stands at `next_offset`.

    `last_recorded_at` is when the last record before it was produced that is still kept; None where none is.
    """

    topic: str
    partition: int
    next_offset: int
    last_recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A thing of a story, as it is now; `said_at` is the time of the last event that spoke of it."""

    id: UUID
    kind: str | None
    state: str | None
    called: Words
    said_at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a story. Seconds are of the records' times.

    `waited` is from its cause to it: what it waited and was worked on between the two; None where the cause is none
    that anybody may read and its time is not known. `kept_after` is how much later the journal had it. `why` are its
    reasons in words, each with its code; `see` is the command that explains it, with its rules and their values.
    """

    event_id: str
    type: str
    service: str
    at: datetime
    recorded_at: datetime
    thing_id: UUID
    kind: str | None
    what: Words
    from_state: str | None
    to_state: str | None
    actor: str | None
    reason: str | None
    why: tuple[tuple[str, Words], ...]
    rules_version: str | None
    see: str | None
    caused_by: str | None
    correlation_id: str
    trace_id: UUID | None
    waited: float | None
    kept_after: float
    follow_up_ids: tuple[UUID, ...] = ()
    """Of what plans mails: those."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a part of a story waits for now, until when, and what comes then."""

    id: UUID
    kind: str
    state: Words
    waits: Words | None
    until: str | None
    next: Words | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record of a story that a service set aside: where it is, and why."""

    id: UUID
    service: str
    topic: str
    partition: int
    offset: int
    key: UUID | None
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """A story from its beginning to now.

    `parts` are all things of it, what it begins with first; `referred` are things of other stories that refer to it:
    the assignments of a need, the pairs of a mentor. `is_whole` is False where it has more steps than are told.
    """

    story_id: UUID
    kind: str | None
    title: str | None
    organisation: str | None
    state: Words
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    now: tuple[Waiting, ...]
    mails: Mapping[str, int]
    next_mail: Part | None
    dead_letters: tuple[DeadLetter, ...]
    referred: tuple[Part, ...]
    is_whole: bool
