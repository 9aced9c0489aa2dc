"""What became of everything, read from the topics as any subscriber would."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.applications import (
    ApplicationFlagged,
    ApplicationRegistered,
    ApplicationRejected,
    CorrectionRequested,
)
from contracts.assignments import AssignmentConfirmed, AssignmentDeclined, AssignmentProposed, AssignmentReleased
from contracts.clearances import MentorClearanceAsked, MentorClearanceGiven
from contracts.dead_letters import DeadLetterRecorded
from contracts.event import Event
from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent, Occasion
from contracts.message import EventData
from contracts.obstacles import ObstacleEscalated, ObstacleLifted, ObstacleOpened, ObstacleState
from contracts.pairs import MeetingHeld, NoMentorFound, PairActivated, PairDeclined, PairEnded, PairOffered
from contracts.rounds import NeedUnmet, RoundCompleted
from contracts.support import IntroductionRecorded, SupportActionChanged


@dataclass
class Programme:
    """The state of the programme, an event at a time; an event that comes twice counts once."""

    unreachable: frozenset[UUID]
    """Whom nobody may write to."""
    registered: dict[UUID, ApplicationRegistered] = field(default_factory=dict)
    rejected: dict[UUID, ApplicationRejected] = field(default_factory=dict)
    asked: dict[UUID, CorrectionRequested] = field(default_factory=dict)
    flagged: dict[UUID, ApplicationFlagged] = field(default_factory=dict)
    proposed: dict[UUID, AssignmentProposed] = field(default_factory=dict)
    confirmed: dict[UUID, AssignmentConfirmed] = field(default_factory=dict)
    declined: dict[UUID, AssignmentDeclined] = field(default_factory=dict)
    released: dict[UUID, AssignmentReleased] = field(default_factory=dict)
    unmet: dict[UUID, NeedUnmet] = field(default_factory=dict)
    rounds: dict[UUID, RoundCompleted] = field(default_factory=dict)
    clearances: dict[UUID, MentorClearanceAsked] = field(default_factory=dict)
    offered: dict[UUID, PairOffered] = field(default_factory=dict)
    refused_offers: dict[UUID, PairDeclined] = field(default_factory=dict)
    ended: dict[UUID, PairEnded] = field(default_factory=dict)
    active: dict[UUID, PairActivated] = field(default_factory=dict)
    meetings: dict[UUID, MeetingHeld] = field(default_factory=dict)
    obstacles: dict[UUID, ObstacleState] = field(default_factory=dict)
    without_mentor: dict[UUID, NoMentorFound] = field(default_factory=dict)
    scheduled: dict[UUID, Occasion] = field(default_factory=dict)
    sent: dict[UUID, FollowUpSent] = field(default_factory=dict)
    not_sent: dict[UUID, FollowUpCancelled | FollowUpFailed] = field(default_factory=dict)
    dead_letters: dict[UUID, DeadLetterRecorded] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    latest: deque[str] = field(default_factory=lambda: deque(maxlen=10))
    _seen: set[str] = field(default_factory=set)

    def note(self, topic: str, event: Event[EventData]) -> bool:
        """Takes an event in; False where it was seen before."""
        if event.id in self._seen:
            return False
        self._seen.add(event.id)
        self.counts[topic] += 1
        if (words := _words(event.data)) is not None:
            self.latest.append(words)
        if isinstance(event.data, NeedUnmet):
            self.unmet[event.data.need_id] = event.data
        elif isinstance(event.data, ObstacleState):
            self.obstacles[event.data.obstacle_id] = event.data
        elif isinstance(event.data, FollowUpPlanned):
            # Of who gave no consent there is no address that anything could be sent to.
            for planned in (one for one in event.data.follow_ups if one.recipient_id not in self.unreachable):
                self.scheduled |= {one.follow_up_id: one for one in (planned, *planned.occasions)}
        elif (place := self._place(event.data)) is not None:
            place[event.data.aggregate_id] = event.data
        return True

    def _place(self, data: EventData) -> dict[UUID, EventData] | None:
        places: dict[type[EventData], dict[UUID, EventData]] = {
            ApplicationRegistered: self.registered,  # type: ignore[dict-item]
            ApplicationRejected: self.rejected,  # type: ignore[dict-item]
            CorrectionRequested: self.asked,  # type: ignore[dict-item]
            ApplicationFlagged: self.flagged,  # type: ignore[dict-item]
            AssignmentProposed: self.proposed,  # type: ignore[dict-item]
            AssignmentConfirmed: self.confirmed,  # type: ignore[dict-item]
            AssignmentDeclined: self.declined,  # type: ignore[dict-item]
            AssignmentReleased: self.released,  # type: ignore[dict-item]
            RoundCompleted: self.rounds,  # type: ignore[dict-item]
            MentorClearanceAsked: self.clearances,  # type: ignore[dict-item]
            PairOffered: self.offered,  # type: ignore[dict-item]
            PairDeclined: self.refused_offers,  # type: ignore[dict-item]
            PairEnded: self.ended,  # type: ignore[dict-item]
            PairActivated: self.active,  # type: ignore[dict-item]
            MeetingHeld: self.meetings,  # type: ignore[dict-item]
            NoMentorFound: self.without_mentor,  # type: ignore[dict-item]
            FollowUpSent: self.sent,  # type: ignore[dict-item]
            FollowUpCancelled: self.not_sent,  # type: ignore[dict-item]
            FollowUpFailed: self.not_sent,  # type: ignore[dict-item]
            DeadLetterRecorded: self.dead_letters,  # type: ignore[dict-item]
        }
        return places.get(type(data))

    @property
    def accompanied(self) -> list[PairActivated]:
        """The pairs that are active now."""
        return [pair for identifier, pair in self.active.items() if identifier not in self.ended]

    def unfinished(self, *, applications: int, dead_letters: int, rounds: int, now: datetime) -> list[str]:
        """What is still under way; empty once everything that was sent has come to its end."""
        decided = len(self.registered) + len(self.rejected) + len(self.asked)
        placed = {proposal.application_id for proposal in self.proposed.values()}
        settled = self.confirmed.keys() | self.declined.keys() | self.released.keys()
        answered = self.active.keys() | self.refused_offers.keys() | self.ended.keys()
        # A coalition that answers several needs is accompanied once.
        paired = {it.application_id for it in self.accompanied}
        paired |= {it.application_id for it in self.without_mentor.values()}
        confirmed = {it.application_id for it in self.confirmed.values()}
        handled = sum(it.to_state in ("lifted", "escalated", "abandoned") for it in self.obstacles.values())
        due = {identifier for identifier, follow_up in self.scheduled.items() if follow_up.due_at <= now}
        return [
            text
            for text, count in (
                ("applications without an answer", applications - decided),
                ("dead letters not recorded", dead_letters - len(self.dead_letters)),
                ("registered applications without a proposal", len(self.registered.keys() - placed)),
                ("proposals undecided", len(self.proposed.keys() - settled)),
                ("confirmed projects without a pair", len(confirmed - paired)),
                ("offers unanswered", len(self.offered.keys() - answered)),
                ("obstacles neither lifted nor escalated", len(self.obstacles) - handled),
                ("rounds not completed", rounds - len(self.rounds)),
                ("mails due", len(due - self.sent.keys() - self.not_sent.keys())),
            )
            if count > 0
        ]


def _words(data: EventData) -> str | None:
    match data:
        case ApplicationRegistered():
            return f"[green]registered[/]   {data.project_title}"
        case ApplicationRejected():
            return f"[red]rejected[/]     {data.project_title}"
        case CorrectionRequested():
            return f"[yellow]asked back[/]   {data.project_title}"
        case AssignmentProposed():
            return f"[cyan]proposed[/]     {data.project_title} → {data.need_title} ({data.fit})"
        case AssignmentConfirmed():
            return f"[green]confirmed[/]    {data.project_title} → {data.need_title}"
        case AssignmentDeclined():
            return f"[red]declined[/]     {data.project_title} → {data.need_title}"
        case AssignmentReleased():
            return f"[yellow]released[/]     {data.project_title} → {data.need_title}"
        case RoundCompleted():
            return f"[bold green]round[/]        {data.placed} of {data.applications} placed, {data.unmet} needs unmet"
        case MentorClearanceAsked():
            return f"[cyan]asked[/]        to clear a mentor: {data.clearance}"
        case MentorClearanceGiven():
            return f"[green]cleared[/]      a mentor: {data.clearance}"
        case PairOffered():
            return f"[cyan]offered[/]      a mentor for {data.project_title}"
        case PairDeclined():
            return f"[red]declined[/]     by the {data.party}: {data.project_title}"
        case PairActivated():
            return f"[green]paired[/]       {data.project_title}"
        case PairEnded():
            return f"[yellow]handed over[/]  {data.project_title}: {data.reason}"
        case MeetingHeld():
            return f"[green]met[/]          {data.project_title}, {data.minutes} minutes"
        case SupportActionChanged():
            return f"[cyan]support[/]      {data.action} {data.to_state} for {data.project_title}"
        case IntroductionRecorded():
            return f"[green]introduced[/]   {data.project_title} to {data.partner_name}"
        case ObstacleOpened():
            return f"[yellow]obstacle[/]     {data.kind} for {data.project_title}, owned by {data.service}"
        case ObstacleLifted():
            return f"[green]lifted[/]       {data.kind} for {data.project_title}"
        case ObstacleEscalated():
            return f"[red]late[/]         {data.kind} for {data.project_title}: the {data.level} is told"
        case FollowUpSent():
            return f"[blue]mail sent[/]    {data.kind}"
        case DeadLetterRecorded():
            return f"[red]dead letter[/]  {data.topic}: {data.reason}"
    return None
