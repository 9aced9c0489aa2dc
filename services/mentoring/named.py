"""What events name that the programme in memory may lack: what is over, and what is asked for only by its id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from contracts.assignments import AssignmentConfirmed, AssignmentReleased
from contracts.event import Event
from contracts.impact import ImpactReported
from contracts.leads import LeadWishesGiven
from contracts.message import EventData
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairAnswered, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.support import IntroductionReported, SupportActionReported


@dataclass(slots=True)
class Named:
    """Ids that events name; `plans` and `figures` are assignments whose actions or impact they may change."""

    leads: set[UUID] = field(default_factory=set)
    pairs: set[UUID] = field(default_factory=set)
    obstacles: set[UUID] = field(default_factory=set)
    meetings: set[UUID] = field(default_factory=set)
    introductions: set[UUID] = field(default_factory=set)
    plans: set[UUID] = field(default_factory=set)
    figures: set[UUID] = field(default_factory=set)


def named_by(events: Iterable[Event[EventData]]) -> Named:
    """What these events name; mentors and recusals are all in memory."""
    named = Named()
    for event in events:
        data = event.data
        if isinstance(data, AssignmentConfirmed | SupportActionReported):
            named.leads.add(data.assignment_id)
            named.plans.add(data.assignment_id)
        elif isinstance(data, AssignmentReleased):
            # One that ended before has nothing left to end.
            named.plans.add(data.assignment_id)
        elif isinstance(data, PairAnswered | PairEndRequested | PairPauseRequested | PairReviewed):
            named.pairs.add(data.pair_id)
        elif isinstance(data, MeetingReported):
            named.pairs.add(data.pair_id)
            named.meetings.add(data.meeting_id)
        elif isinstance(data, LeadWishesGiven):
            named.leads.add(data.assignment_id)
        elif isinstance(data, ObstacleReported):
            named.leads.add(data.assignment_id)
            named.plans.add(data.assignment_id)
            named.obstacles.add(data.obstacle_id)
        elif isinstance(data, ObstacleUpdated):
            named.obstacles.add(data.obstacle_id)
        elif isinstance(data, IntroductionReported):
            named.leads.add(data.assignment_id)
            named.plans.add(data.assignment_id)
            named.introductions.add(data.introduction_id)
        elif isinstance(data, ImpactReported):
            named.leads.add(data.assignment_id)
            named.figures.add(data.assignment_id)
    return named
