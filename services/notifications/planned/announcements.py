"""The events that say what is planned and how each follow-up ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent
from contracts.message import EventData
from libraries.chassis.unit_of_work import PlainEvent
from services.notifications.planned.follow_ups import FollowUp, Planned
from services.notifications.planned.series import Series

ACTOR: Final = "engine:notifications@1"

_ENDED_AS: Final = 2  # Planned as version 1, a follow-up changes once more: to how it ended.


def planned_event(
    matter_id: UUID, application_id: UUID, planned: Sequence[Planned | Series], *, at: datetime
) -> PlainEvent:
    """The event that says what one cause has planned about a matter."""
    return PlainEvent(
        FollowUpPlanned,
        matter_id,
        {
            "matter_id": matter_id,
            "application_id": application_id,
            "actor": ACTOR,
            "occurred_at": at,
            "follow_ups": [_of_series(new) if isinstance(new, Series) else _of_one(new) for new in planned],
        },
    )


def cancelled_event(follow_up: FollowUp, *, reason: str, at: datetime) -> PlainEvent:
    """The event that says that a follow-up will not be sent."""
    return _ended(FollowUpCancelled, follow_up, "cancelled", at, reason=reason)


def sent_event(follow_up: FollowUp, *, message_id: str, attempts: int, at: datetime) -> PlainEvent:
    """The event that says that the mail server took the mail."""
    return _ended(FollowUpSent, follow_up, "sent", at, message_id=message_id, attempts=attempts)


def failed_event(follow_up: FollowUp, *, reason: str, attempts: int, at: datetime) -> PlainEvent:
    """The event that says that the mail cannot be delivered, now or later."""
    return _ended(FollowUpFailed, follow_up, "failed", at, reason=reason, attempts=attempts)


def _of_one(planned: Planned) -> dict[str, object]:
    identifier, key, *_ = planned.follow_up
    return {
        "follow_up_id": identifier,
        "kind": key.kind,
        "due_at": planned.due_at,
        "recipient_id": key.recipient_id,
        "reminder": key.reminder,
        "occasions": (),
    }


def _of_series(series: Series) -> dict[str, object]:
    first, *later = [
        {"follow_up_id": identifier, "kind": kind, "due_at": due_at}
        for identifier, (kind, due_at) in zip(series.follow_up_ids(), series.occasions, strict=True)
    ]
    return {**first, "recipient_id": series.key.recipient_id, "reminder": 0, "occasions": later}


def _ended(
    event: type[EventData], follow_up: FollowUp, state: str, at: datetime, *, reason: str | None = None, **more: object
) -> PlainEvent:
    identifier, key = follow_up.id, follow_up.key
    return PlainEvent(
        event,
        identifier,
        {
            "from": "scheduled",
            "to": state,
            "actor": ACTOR,
            "reason": reason,
            "occurred_at": at,
            "version": _ENDED_AS,
            "follow_up_id": identifier,
            "kind": key.kind,
            "recipient_id": key.recipient_id,
            "matter_id": key.matter_id,
            "reminder": key.reminder,
            "in_doubt": follow_up.in_doubt,
            **more,
        },
    )
