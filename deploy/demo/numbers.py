"""How much of everything there was in a performance."""

from __future__ import annotations

from collections import Counter

from contracts.applications import (
    ApplicationFlagged,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import AssignmentDeclined, AssignmentProposed
from contracts.dead_letters import DeadLetterRecorded
from contracts.follow_ups import FollowUpSent
from contracts.offers import PairDeclined, PairExpired
from contracts.pairs import MeetingHeld, PairActivated, PairEnded, PairIdle, PairRenewed
from contracts.rounds import NeedUnmet
from contracts.support import ImpactRecorded
from deploy.demo.stages import Performance


def numbers_of(performance: Performance) -> dict[str, int]:
    """Counts by name: the same at every performance."""
    programme, cast = performance.programme, performance.cast
    registered, asked = programme.last(ApplicationRegistered), programme.last(CorrectionRequested)
    ends = Counter(pair.reason for pair in programme.last(PairEnded).values())
    return {
        "applications": len(registered),
        "rejected": len(programme.last(ApplicationRejected)),
        "corrections_requested": len(asked),
        "corrected": len(asked.keys() & registered.keys()),
        "withdrawn": len(programme.last(ApplicationWithdrawn)),
        "flagged": len(programme.last(ApplicationFlagged)),
        "dead_letters": len(programme.last(DeadLetterRecorded)),
        "needs": len(cast.needs),
        "mentors": len(cast.mentors),
        "proposals": len(programme.last(AssignmentProposed)),
        "assignments": len(programme.confirmed),
        "assignments_declined": len(programme.last(AssignmentDeclined)),
        "needs_unmet": len(programme.last(NeedUnmet)),
        "pairs": len(programme.last(PairActivated)),
        "offers_declined": len(programme.last(PairDeclined)),
        "offers_expired": len(programme.last(PairExpired)),
        "handed_over": ends["mentor-withdrawn"],
        "meetings": programme.counts[MeetingHeld],
        "idle": len(programme.last(PairIdle)),
        "ended_without_meeting": ends["not-met"],
        "renewed": len(programme.last(PairRenewed)),
        "came_to_their_term": ends["term-reached"],
        "obstacles": len(programme.obstacles),
        "impact_reports": programme.counts[ImpactRecorded],
        "mails": len(performance.stack.mail_catcher.messages()),
        "follow_ups_sent": len(programme.last(FollowUpSent)),
        "follow_ups_scheduled": programme.still_to_come,
    }
