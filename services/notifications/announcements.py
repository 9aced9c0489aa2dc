"""The events that say what is planned and how each follow-up ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent
from services.notifications.follow_ups import FollowUp, Planned
from services.notifications.series import Series

ACTOR: Final = "engine:notifications@1"

_ENDED_AS: Final = 2  # Planned as version 1, a follow-up changes once more: to how it ended.


def planned_event(
    matter_id: UUID, application_id: UUID, planned: Sequence[Planned | Series], *, at: datetime
) -> FollowUpPlanned:
    """The event that says what one cause has planned about a matter."""
    # One validation of plain values costs half of building a model for each.
    return FollowUpPlanned.model_validate(
        {
            "matter_id": matter_id,
            "application_id": application_id,
            "actor": ACTOR,
            "occurred_at": at,
            "follow_ups": [_of_series(new) if isinstance(new, Series) else _of_one(new) for new in planned],
        }
    )


def cancelled_event(follow_up: FollowUp, *, reason: str, at: datetime) -> FollowUpCancelled:
    """The event that says that a follow-up will not be sent."""
    return FollowUpCancelled(**_ended(follow_up, "cancelled", at), reason=reason)


def sent_event(follow_up: FollowUp, *, message_id: str, attempts: int, at: datetime) -> FollowUpSent:
    """The event that says that the mail server took the mail."""
    return FollowUpSent(**_ended(follow_up, "sent", at), message_id=message_id, attempts=attempts)


def failed_event(follow_up: FollowUp, *, reason: str, attempts: int, at: datetime) -> FollowUpFailed:
    """The event that says that the mail cannot be delivered, now or later."""
    return FollowUpFailed(**_ended(follow_up, "failed", at), reason=reason, attempts=attempts)


def _of_one(planned: Planned) -> dict[str, Any]:
    follow_up = planned.follow_up
    return {
        "follow_up_id": follow_up.id,
        "kind": follow_up.key.kind,
        "due_at": planned.due_at,
        "recipient_id": follow_up.key.recipient_id,
        "reminder": follow_up.key.reminder,
    }


def _of_series(series: Series) -> dict[str, Any]:
    first, *later = [
        {"follow_up_id": series.follow_up(occasion).id, "kind": occasion.kind, "due_at": occasion.due_at}
        for occasion in series.occasions
    ]
    return {**first, "recipient_id": series.key.recipient_id, "occasions": later}


def _ended(follow_up: FollowUp, state: str, at: datetime) -> dict[str, Any]:
    return {
        "follow_up_id": follow_up.id,
        "kind": follow_up.key.kind,
        "recipient_id": follow_up.key.recipient_id,
        "matter_id": follow_up.key.matter_id,
        "reminder": follow_up.key.reminder,
        "from": "scheduled",
        "to": state,
        "actor": ACTOR,
        "occurred_at": at,
        "version": _ENDED_AS,
        "in_doubt": follow_up.in_doubt,
    }
