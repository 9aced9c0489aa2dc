"""The mentoring programme as one transaction sees it: mentors, leads, pairs, obstacles, recusals, and who waits."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.pairs import MeetingReported
from services.mentoring.lead import Lead
from services.mentoring.obstacle import Obstacle
from services.mentoring.pair import Pair
from services.mentoring.pairing import Bars, bars_of
from services.mentoring.pool import Pool
from services.mentoring.support import Action, Impact, Introduction


class Programme:
    """Plain values in memory, and what changed of them.

    Holds all mentors but only those leads, pairs and recusals that the events at hand can touch.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        leads: Iterable[Lead] = (),
        pairs: Iterable[Pair] = (),
        obstacles: Iterable[Obstacle] = (),
        meetings: Iterable[UUID] = (),
        actions: Iterable[Action] = (),
        introductions: Iterable[Introduction] = (),
        impacts: Iterable[Impact] = (),
    ) -> None:
        self.pool = pool
        self.leads = {lead.assignment_id: lead for lead in leads}
        self.pairs = {pair.pair_id: pair for pair in pairs}
        self.obstacles = {obstacle.obstacle_id: obstacle for obstacle in obstacles}
        self.meetings = set(meetings)
        self.actions = {(action.assignment_id, action.code): action for action in actions}
        self.introductions = {it.introduction_id: it for it in introductions}
        self.impacts = {(it.assignment_id, it.year): it for it in impacts}
        self.recusals: dict[UUID, set[UUID]] = {}
        self.known_leads = frozenset(self.leads)
        self.known_pairs = frozenset(self.pairs)
        self.changed_leads: set[UUID] = set()
        self.changed_pairs: set[UUID] = set()
        self.changed_obstacles: set[UUID] = set()
        self.changed_actions: set[tuple[UUID, str]] = set()
        self.changed_introductions: set[UUID] = set()
        self.changed_impacts: set[tuple[UUID, int]] = set()
        self.new_meetings: list[MeetingReported] = []
        self.new_recusals: dict[tuple[UUID, UUID], datetime] = {}
        self._queue = sorted(lead.turn for lead in self.leads.values() if lead.state == "waiting")
        self._newcomers: list[tuple[datetime, UUID]] = []
        self._of_project: dict[UUID, set[UUID]] = {}
        for lead in self.leads.values():
            self._of_project.setdefault(lead.application_id, set()).add(lead.assignment_id)
        self._pair_of_lead: dict[UUID, UUID] = {}
        self._pairs_of_mentor: dict[UUID, set[UUID]] = {}
        for pair in self.pairs.values():
            self._index(pair)

    def put_lead(self, lead: Lead) -> None:
        """Takes a new or changed lead, and keeps the queue."""
        known = self.leads.get(lead.assignment_id)
        self.leads[lead.assignment_id] = lead
        self._of_project.setdefault(lead.application_id, set()).add(lead.assignment_id)
        self.changed_leads.add(lead.assignment_id)
        waited = known is not None and known.state == "waiting"
        if lead.state == "waiting" and not waited:
            insort(self._queue, lead.turn)
            insort(self._newcomers, lead.turn)
        elif waited and known is not None and lead.state != "waiting":
            _remove(self._queue, known.turn)

    def look_again(self, lead: Lead) -> None:
        """Takes a lead whose wishes changed: whoever waits is looked at as if they had just come."""
        self.put_lead(lead)
        if lead.state == "waiting" and lead.turn not in self._newcomers:
            insort(self._newcomers, lead.turn)

    def others_of_project(self, lead: Lead) -> list[Lead]:
        """The leads of the other assignments of the same project, those at hand, in the order of the queue."""
        others = self._of_project.get(lead.application_id, set()) - {lead.assignment_id}
        return sorted((self.leads[assignment_id] for assignment_id in others), key=lambda it: it.turn)

    def put_pair(self, pair: Pair) -> None:
        """Takes a new or changed pair."""
        self.pairs[pair.pair_id] = pair
        self.changed_pairs.add(pair.pair_id)
        self._index(pair)

    def put_obstacle(self, obstacle: Obstacle) -> None:
        """Takes a new or changed obstacle."""
        self.obstacles[obstacle.obstacle_id] = obstacle
        self.changed_obstacles.add(obstacle.obstacle_id)

    def action(self, lead: Lead, code: str) -> Action | None:
        """The action of that code of a lead's support plan, if the plan has it."""
        return self.actions.get((lead.assignment_id, code))

    def put_action(self, action: Action) -> None:
        """Takes a new or changed action of a support plan."""
        self.actions[action.assignment_id, action.code] = action
        self.changed_actions.add((action.assignment_id, action.code))

    def put_introduction(self, introduction: Introduction) -> None:
        """Takes a new or changed introduction."""
        self.introductions[introduction.introduction_id] = introduction
        self.changed_introductions.add(introduction.introduction_id)

    def put_impact(self, impact: Impact) -> None:
        """Takes new or corrected figures of a year."""
        self.impacts[impact.assignment_id, impact.year] = impact
        self.changed_impacts.add((impact.assignment_id, impact.year))

    def put_meeting(self, meeting: MeetingReported) -> None:
        """Takes a meeting that was not known."""
        self.meetings.add(meeting.meeting_id)
        self.new_meetings.append(meeting)

    def open_obstacles(self, assignment_id: UUID) -> list[Obstacle]:
        """What still stands in the way of an assignment, the oldest first."""
        found = (it for it in self.obstacles.values() if it.assignment_id == assignment_id and it.open)
        return sorted(found, key=lambda it: (it.opened_at, it.obstacle_id))

    def recuse(self, mentor_id: UUID, application_id: UUID, *, at: datetime) -> None:
        """Records that a mentor abstains wholly from an application's file."""
        recused = self.recusals.setdefault(application_id, set())
        if mentor_id not in recused:
            recused.add(mentor_id)
            self.new_recusals[mentor_id, application_id] = at

    def bars(self, lead: Lead) -> Bars:
        """The mentors who may not be offered to a lead, with why."""
        return bars_of(lead, self.pool, self.recusals.get(lead.application_id, set()))

    def open_pair_of_lead(self, assignment_id: UUID) -> Pair | None:
        """The one open pair of a lead, if there is one."""
        pair_id = self._pair_of_lead.get(assignment_id)
        return None if pair_id is None else self.pairs[pair_id]

    def open_pairs_of_mentor(self, mentor_id: UUID) -> list[Pair]:
        """The open pairs of a mentor among those at hand, oldest first."""
        pairs = [self.pairs[pair_id] for pair_id in self._pairs_of_mentor.get(mentor_id, ())]
        return sorted(pairs, key=lambda pair: (pair.offered_at, pair.pair_id))

    def turns(self) -> Sequence[Lead]:
        """Who is to be looked at now, in the order of the queue.

        All who wait where some mentor gained a place; else only those who have just come to wait, for the
        others were looked at before and nothing has changed for them.
        """
        turns = self._queue if self.pool.gained else self._newcomers
        return [self.leads[assignment_id] for _, assignment_id in turns]

    def settle(self) -> None:
        """Ends a look at the queue: nobody is new any more, no place is newly gained."""
        self._newcomers.clear()
        self.pool.gained.clear()

    def _index(self, pair: Pair) -> None:
        of_mentor = self._pairs_of_mentor.setdefault(pair.mentor_id, set())
        if pair.open:
            self._pair_of_lead[pair.assignment_id] = pair.pair_id
            of_mentor.add(pair.pair_id)
        else:
            of_mentor.discard(pair.pair_id)
            if self._pair_of_lead.get(pair.assignment_id) == pair.pair_id:
                del self._pair_of_lead[pair.assignment_id]


def _remove(turns: list[tuple[datetime, UUID]], turn: tuple[datetime, UUID]) -> None:
    position = bisect_left(turns, turn)
    if position < len(turns) and turns[position] == turn:
        del turns[position]
