"""Follow-ups: what is planned for whom about what, and the events that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID
from zlib import crc32

import orjson

from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpScheduled, FollowUpSent
from contracts.message import EventData
from contracts.obstacles import ObstacleState
from contracts.pairs import PairOffered
from services.calendar.due_dates import Calendar
from services.notifications.kinds import Kind, Role

LANES: Final = 4
"""Over how many lanes sending is divided; rows remember theirs, so a change needs a migration."""

ACTOR: Final = "engine:notifications@1"

_REMINDER: Final = "+"

State: TypeAlias = Literal["scheduled", "sending", "sent", "cancelled", "failed"]
"""`sending` is a claim and never shown: for the outside a follow-up is scheduled until it is settled."""


class Key(NamedTuple):
    """What makes a follow-up the same one, for ever: a second with this key is never planned."""

    matter_id: UUID
    recipient_id: UUID
    kind: str
    occasion: str

    @property
    def reminder(self) -> int:
        """Which reminder it is; 0 for none."""
        return int(self.occasion.partition(_REMINDER)[2] or 0)

    def reminding(self) -> Key:
        """The key of the reminder that follows."""
        return self._replace(occasion=f"{self.occasion.partition(_REMINDER)[0]}{_REMINDER}{self.reminder + 1}")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up as every event names it; `in_doubt` where a mail may have left without anybody saying so."""

    id: UUID
    key: Key
    matter_version: int
    state: State = "scheduled"
    version: int = 1
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A new follow-up with what sending it takes; `parameters` is JSON without personal data."""

    follow_up: FollowUp
    application_id: UUID
    counterpart_id: UUID | None
    correlation_id: UUID
    due_at: datetime
    parameters: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What an event tells about its aggregate: its file, the people by their role, and what texts may say."""

    id: UUID
    application_id: UUID
    version: int
    people: Mapping[Role, UUID]
    parameters: Mapping[str, object]

    def without_people(self) -> Matter:
        """The matter where its event settles follow-ups and calls for none."""
        return replace(self, people={})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What causes a follow-up: the time of the event, and the story it belongs to."""

    at: datetime
    correlation_id: UUID


def matters_of(data: EventData) -> tuple[UUID, ...]:
    """What an event's follow-ups are about: its aggregate, or the obstacle among those of an assignment.

    An offer also settles that no mentor was found for its assignment.
    """
    if isinstance(data, ObstacleState):
        return (data.obstacle_id,)
    return (data.pair_id, data.assignment_id) if isinstance(data, PairOffered) else (data.aggregate_id,)


def plan(kind: Kind, matter: Matter, *, identifier: UUID, because: Occurrence, calendar: Calendar) -> Planned:
    """A follow-up of that kind about a matter.

    Raises KeyError where the matter names nobody in the role that the kind writes to.
    """
    occasion = "" if kind.occasion == "once" else str(matter.version)
    return Planned(
        FollowUp(identifier, Key(matter.id, matter.people[kind.to], kind.kind, occasion), matter.version),
        matter.application_id,
        matter.people[kind.introduces] if kind.introduces else None,
        because.correlation_id,
        kind.due(because.at, calendar),
        orjson.dumps(matter.parameters).decode(),
    )


def cancel(follow_up: FollowUp) -> FollowUp:
    """The follow-up after its matter was settled before it left."""
    return replace(follow_up, state="cancelled", version=follow_up.version + 1)


def lane_of(recipient_id: UUID) -> int:
    """The lane that sends all that a person gets, so that it can count how much that is."""
    return crc32(recipient_id.bytes) % LANES


def scheduled_event(planned: Planned, *, at: datetime) -> FollowUpScheduled:
    """The event that says that a follow-up is due."""
    return FollowUpScheduled(**_state(planned.follow_up, None, at), due_at=planned.due_at)


def cancelled_event(follow_up: FollowUp, *, reason: str, at: datetime) -> FollowUpCancelled:
    """The event that says that a follow-up will not be sent."""
    return FollowUpCancelled(**_ended(follow_up, at), reason=reason)


def sent_event(follow_up: FollowUp, *, message_id: str, attempts: int, at: datetime) -> FollowUpSent:
    """The event that says that the mail server took the mail."""
    return FollowUpSent(**_ended(follow_up, at), message_id=message_id, attempts=attempts)


def failed_event(follow_up: FollowUp, *, reason: str, attempts: int, at: datetime) -> FollowUpFailed:
    """The event that says that the mail cannot be delivered, now or later."""
    return FollowUpFailed(**_ended(follow_up, at), reason=reason, attempts=attempts)


def _ended(follow_up: FollowUp, at: datetime) -> dict[str, Any]:
    return {**_state(follow_up, "scheduled", at), "in_doubt": follow_up.in_doubt}


def _state(follow_up: FollowUp, before: str | None, at: datetime) -> dict[str, Any]:
    return {
        "follow_up_id": follow_up.id,
        "kind": follow_up.key.kind,
        "recipient_id": follow_up.key.recipient_id,
        "matter_id": follow_up.key.matter_id,
        "reminder": follow_up.key.reminder,
        "from": before,
        "to": follow_up.state,
        "actor": ACTOR,
        "occurred_at": at,
        "version": follow_up.version,
    }
