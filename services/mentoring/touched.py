"""What a batch of events refers to, and how many places it can free at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.assignments import AssignmentConfirmed, AssignmentReleased
from contracts.event import Event
from contracts.impact import ImpactReported
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorForm, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairAnswered, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.support import IntroductionReported, SupportActionReported
from services.mentoring.mentor import ANY_TIME
from services.mentoring.rules import Settings


@dataclass(slots=True)
class Touched:
    """Ids that events name, by what they name; `until` is the latest time of the events.

    `measured` are assignments whose figures are reported, `projects` applications of which all assignments matter,
    `mentors` those whose pairs may change, `persons` who mentors are from now on. `freed` bounds from above how many
    places the events add.
    """

    pairs: set[UUID] = field(default_factory=set)
    assignments: set[UUID] = field(default_factory=set)
    applications: set[UUID] = field(default_factory=set)
    projects: set[UUID] = field(default_factory=set)
    mentors: set[UUID] = field(default_factory=set)
    persons: set[UUID] = field(default_factory=set)
    obstacles: set[UUID] = field(default_factory=set)
    meetings: set[UUID] = field(default_factory=set)
    introductions: set[UUID] = field(default_factory=set)
    measured: set[UUID] = field(default_factory=set)
    freed: int = 0
    until: datetime = ANY_TIME


def touched_by(events: Iterable[Event[EventData]], settings: Settings) -> Touched:
    """What these events refer to."""
    touched = Touched()
    for event in events:
        touched.until = max(touched.until, event.time)
        data = event.data
        if isinstance(data, AssignmentConfirmed):
            touched.assignments.add(data.assignment_id)
            touched.applications.add(data.application_id)
            touched.projects.add(data.application_id)
        elif isinstance(data, AssignmentReleased):
            touched.assignments.add(data.assignment_id)
            touched.projects.add(data.application_id)
            touched.freed += 1
        elif isinstance(data, PairAnswered):
            touched.pairs.add(data.pair_id)
            touched.freed += data.answer == "decline"
        elif isinstance(data, PairEndRequested):
            touched.pairs.add(data.pair_id)
            touched.freed += 1
        elif isinstance(data, PairPauseRequested | PairReviewed):
            touched.pairs.add(data.pair_id)
        elif isinstance(data, MeetingReported):
            touched.pairs.add(data.pair_id)
            touched.meetings.add(data.meeting_id)
        elif isinstance(data, ObstacleReported | ObstacleUpdated):
            touched.assignments.add(data.assignment_id)
            touched.obstacles.add(data.obstacle_id)
        elif isinstance(data, SupportActionReported | LeadWishesGiven):
            touched.assignments.add(data.assignment_id)
        elif isinstance(data, IntroductionReported):
            touched.assignments.add(data.assignment_id)
            touched.introductions.add(data.introduction_id)
        elif isinstance(data, ImpactReported):
            touched.assignments.add(data.assignment_id)
            touched.measured.add(data.assignment_id)
        elif isinstance(data, MentorForm):
            touched.mentors.add(data.mentor_id)
            touched.persons.add(data.person.person_id)
            touched.applications.update(data.handled_applications)
            touched.freed += min(data.capacity, settings.window_pairs)
        elif isinstance(data, RecusalDeclared):
            touched.mentors.add(data.mentor_id)
            touched.applications.add(data.application_id)
            touched.freed += 1
        elif isinstance(data, MentorWithdrawn):
            touched.mentors.add(data.mentor_id)
    return touched
