"""What the sender says of what it did not send, sent, or gave up, and the reminder that follows."""

from __future__ import annotations

from datetime import datetime

from services.notifications.kinds import KINDS
from services.notifications.planned.announcements import cancelled_event, failed_event, planned_event, sent_event
from services.notifications.sending.claiming import Decision
from services.notifications.sending.outcomes import Recorded, cause_of_attempt, remind
from services.notifications.store import Unit


def say_cancelled(decision: Decision, unit: Unit, now: datetime) -> None:
    """Publishes that what was due is not sent."""
    follow_up = decision.follow_up
    unit.because_of(cause_of_attempt(decision.mail.planned, follow_up.attempts + 1, now))
    unit.publish_plain(cancelled_event(follow_up, reason=follow_up.settled or "settled", at=now))


def say_ended(recorded: Recorded, unit: Unit, now: datetime) -> None:
    """Publishes what came of an attempt that was the last one."""
    follow_up, outcome = recorded.follow_up, recorded.outcome
    unit.because_of(cause_of_attempt(recorded.planned, outcome.attempts, now))
    match follow_up.state:
        case "sent":
            unit.publish_plain(sent_event(follow_up, message_id=outcome.message_id, attempts=outcome.attempts, at=now))
        case "failed":
            reason = outcome.reason or "unknown"
            unit.publish_plain(failed_event(follow_up, reason=reason, attempts=outcome.attempts, at=now))
        case _:
            unit.publish_plain(cancelled_event(follow_up, reason=follow_up.settled or "settled", at=now))


def plan_reminder(recorded: Recorded, unit: Unit, now: datetime) -> None:
    """One reminder is open at a time: the next is planned when the one before has left."""
    follow_up = recorded.follow_up
    after = KINDS.by_name[follow_up.key.kind].reminder_after(follow_up.key.reminder)
    if after is not None and follow_up.state == "sent" and follow_up.settled is None:
        planned = remind(recorded, after, at=now, calendar=KINDS.calendar)
        if unit.store.plans.add(planned):
            key = planned.follow_up.key
            unit.publish_plain(planned_event(key.matter_id, planned.application_id, [planned], at=now))
