"""The mentoring programme as it is: mentors, leads, pairs, obstacles, recusals, who waits, and what is due when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.pairs import MeetingReported
from services.mentoring.choice.choosing import Bars, bars_of
from services.mentoring.memory.agenda import Agenda
from services.mentoring.memory.entities import FIGURES, INTRODUCTION, LEAD, MEETING, OBSTACLE, PAIR, PLAN
from services.mentoring.memory.erasures import Erasures
from services.mentoring.memory.index import Index, sets_of
from services.mentoring.memory.tracked import Tracked
from services.mentoring.states.lead import Lead
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.states.pair import KnownMeeting, Pair
from services.mentoring.states.rhythm import due_step_of
from services.mentoring.states.support import Action, Impact, Introduction
from services.mentoring.waiting_line import WaitingLine

if TYPE_CHECKING:
    from services.mentoring.choice.roster import Roster


class Programme:
    """Plain values in memory, what changed of them, and what is due.

    Holds all that is alive: every mentor and recusal, the leads whose assignment has not ended, their open pairs and
    obstacles. What is over, and what is only ever asked for by its id, is here from when it was fetched or made until
    it is `written`; see Tracked for who may look for it.
    """

    def __init__(
        self,
        roster: Roster,
        *,
        leads: Iterable[Lead] = (),
        pairs: Iterable[Pair] = (),
        obstacles: Iterable[Obstacle] = (),
        recusals: Iterable[tuple[UUID, UUID]] = (),
    ) -> None:
        self.roster = roster
        self.leads = Tracked(LEAD, ((lead.assignment_id, lead) for lead in leads))
        self.pairs = Tracked(PAIR, ((pair.pair_id, pair) for pair in pairs))
        self.obstacles = Tracked(OBSTACLE, ((obstacle.obstacle_id, obstacle) for obstacle in obstacles))
        # Of one assignment all are loaded together, so it is what a need names.
        self.actions: Tracked[tuple[UUID, str], Action] = Tracked(PLAN, id_of=itemgetter(0))
        self.impacts: Tracked[tuple[UUID, int], Impact] = Tracked(FIGURES, id_of=itemgetter(0))
        self.introductions: Tracked[UUID, Introduction] = Tracked(INTRODUCTION)
        self.meetings: Tracked[UUID, MeetingReported | KnownMeeting] = Tracked(MEETING)
        self.recusals = sets_of(recusals)
        self.erasures = Erasures()
        self.new_recusals: dict[tuple[UUID, UUID], datetime] = {}
        self._line = WaitingLine(self.leads.values())
        self._of_project, self._obstacles_of_lead = Index(), Index()
        self._pair_of_lead, self._pairs_of_mentor = Index(), Index()
        self._index_all()
        self.expiries = Agenda({pair.pair_id: pair.closes_at for pair in self.pairs.values() if pair.awaited})
        self.steps = Agenda(dict(self._steps(self.pairs.values())))
        dues = {obstacle.obstacle_id: obstacle.due_at for obstacle in self.obstacles.values() if obstacle.due_at}
        self.escalations = Agenda(dues)
        self.questions = Agenda(dict(self._questions(roster)))

    def ask(self, named: Mapping[str, AbstractSet[UUID]]) -> None:
        """Says what needs name: what memory lacks of it once it was fetched does not exist."""
        self.leads.ask(named[LEAD])
        self.pairs.ask(named[PAIR])
        self.obstacles.ask(named[OBSTACLE])
        self.actions.ask(named[PLAN])
        self.impacts.ask(named[FIGURES])
        self.introductions.ask(named[INTRODUCTION])
        self.meetings.ask(named[MEETING])

    def fetch_lead(self, lead: Lead) -> None:
        """Takes the lead of an assignment that has ended, for an event that names it."""
        self.leads.fetch(lead.assignment_id, lead)
        self._of_project.enter(lead.application_id, lead.assignment_id)

    def put_lead(self, lead: Lead) -> None:
        """Takes a new or changed lead, and keeps the queue."""
        known = self.leads.get(lead.assignment_id)
        if known is None or known.application_id != lead.application_id:
            if known is not None:
                self._of_project.leave(known.application_id, lead.assignment_id)
            self._of_project.enter(lead.application_id, lead.assignment_id)
        self.leads.put(lead.assignment_id, lead)
        self._line.move(lead, known)

    def look_again(self, lead: Lead) -> None:
        """Takes a lead of whom more changed than the state: whoever waits is looked at as if they had just come."""
        self.put_lead(lead)
        self._line.renew(lead)

    def others_of_project(self, lead: Lead) -> list[Lead]:
        """The leads of the other assignments of the same project that have not ended, in the order of the queue."""
        known = self._of_project.get(lead.application_id)
        if known is None:
            return []
        others = [self.leads[assignment_id] for assignment_id in known if assignment_id != lead.assignment_id]
        return sorted(others, key=lambda other: other.turn)

    def add_pair(self, pair: Pair) -> None:
        """Takes a pair that is offered now."""
        self.pairs.add(pair.pair_id, pair)
        self._index_pair(pair)

    def put_pair(self, pair: Pair) -> None:
        """Takes a changed pair."""
        self.pairs.put(pair.pair_id, pair)
        self._index_pair(pair)

    def put_obstacle(self, obstacle: Obstacle) -> None:
        """Takes a new or changed obstacle."""
        self.obstacles.put(obstacle.obstacle_id, obstacle)
        self._index_obstacle(obstacle)

    def action(self, lead: Lead, code: str) -> Action | None:
        """The action of that code of a lead's support plan, if the plan has it; planned until something changed it."""
        known = self.actions.get((lead.assignment_id, code))
        if known is None and code in self.roster.settings.support.actions:
            return Action(lead.assignment_id, code)
        return known

    def put_action(self, action: Action) -> None:
        """Takes a changed action of a support plan."""
        self.actions.put((action.assignment_id, action.code), action)

    def open_obstacles(self, assignment_id: UUID) -> list[Obstacle]:
        """What still stands in the way of an assignment, the oldest first."""
        found = (self.obstacles[obstacle_id] for obstacle_id in self._obstacles_of_lead.get(assignment_id, ()))
        return sorted(found, key=lambda obstacle: (obstacle.opened_at, obstacle.obstacle_id))

    def recuse(self, mentor_id: UUID, application_id: UUID, *, at: datetime) -> None:
        """Records that a mentor abstains wholly from an application's file."""
        recused = self.recusals.setdefault(application_id, set())
        if mentor_id not in recused:
            recused.add(mentor_id)
            self.new_recusals[application_id, mentor_id] = at

    def bars(self, lead: Lead) -> Bars:
        """The mentors who may not be offered to a lead, with why."""
        return bars_of(lead, self.roster, self.recusals.get(lead.application_id, ()))

    def open_pair_of_lead(self, assignment_id: UUID) -> Pair | None:
        """The one open pair of a lead, if there is one."""
        return next((self.pairs[pair_id] for pair_id in self._pair_of_lead.get(assignment_id, ())), None)

    def open_pairs_of_mentor(self, mentor_id: UUID) -> list[Pair]:
        """The open pairs of a mentor, oldest first."""
        pairs = [self.pairs[pair_id] for pair_id in self._pairs_of_mentor.get(mentor_id, ())]
        return sorted(pairs, key=lambda pair: (pair.offered_at, pair.pair_id))

    def turns(self) -> Sequence[Lead]:
        """Who is to be looked at now, in the order of the queue.

        All who wait where some mentor gained a place; else only those who have just come to wait, for the
        others were looked at before and nothing has changed for them.
        """
        if self.roster.gained:
            return self._line.all(self.leads)
        return self._line.newcomers(self.leads)

    def newcomers_and(self, found: Iterable[UUID]) -> list[Lead]:
        """Those who have just come to wait and those found a mentor, in the order of the queue."""
        return self._line.newcomers(self.leads, besides=[self.leads[assignment_id] for assignment_id in found])

    def all_were_looked_at(self) -> None:
        """Ends a look at the queue: nobody is new any more, no place is newly gained."""
        self._line.all_were_looked_at()
        self.roster.gained.clear()

    def next_deadline(self, after: datetime | None = None) -> datetime | None:
        """When something is due first, or first after a moment."""
        agendas = (self.expiries, self.steps, self.escalations, self.questions, self.roster.reopenings)
        # Each agenda is sorted, so this looks at five moments.
        return min((moment for agenda in agendas if (moment := agenda.next(after))), default=None)

    def record(self, at: datetime) -> None:
        """Says when what is new is committed."""
        for pair_id in self.pairs.new:
            self.pairs.put(pair_id, self.pairs[pair_id].recorded(at))

    def written(self) -> None:
        """Says that the tables have everything: what is over is forgotten, and what is due is known anew."""
        # Scheduled once a transaction, not with each change: when a step is due takes 20 µs of calendar.
        self._schedule()
        for lead in self.leads.written(over=lambda lead: lead.state == "released"):
            self._of_project.leave(lead.application_id, lead.assignment_id)
        self.pairs.written(over=lambda pair: not pair.open)
        self.obstacles.written(over=lambda obstacle: not obstacle.open)
        # Kept, they would grow with every year of the programme, and few are ever named again.
        for asked_for_by_id in (self.actions, self.introductions, self.impacts, self.meetings):
            asked_for_by_id.written(over=lambda _: True)
        self.new_recusals.clear()
        self.erasures.written()
        self.roster.before.clear()

    def _schedule(self) -> None:
        pairs = [self.pairs[pair_id] for pair_id in self.pairs.touched]
        steps = dict(self._steps(pairs))
        for pair in pairs:
            self.expiries.put(pair.pair_id, pair.closes_at if pair.awaited else None)
            self.steps.put(pair.pair_id, steps.get(pair.pair_id))
        for obstacle_id in self.obstacles.touched:
            self.escalations.put(obstacle_id, self.obstacles[obstacle_id].due_at)
        asks = dict(self._questions(self.roster.before))
        for mentor_id in self.roster.before:
            self.questions.put(mentor_id, asks.get(mentor_id))

    def _questions(self, mentors: Iterable[UUID]) -> Iterator[tuple[UUID, datetime]]:
        for mentor_id in mentors:
            if asks_at := self.roster[mentor_id].asks_at(self.roster.settings):
                yield mentor_id, asks_at

    def _steps(self, pairs: Iterable[Pair]) -> Iterator[tuple[UUID, datetime]]:
        for pair in pairs:
            if due := due_step_of(pair, self.roster.settings):
                yield pair.pair_id, due.at

    def _index_all(self) -> None:
        for lead in self.leads.values():
            self._of_project.enter(lead.application_id, lead.assignment_id)
        for pair in self.pairs.values():
            self._index_pair(pair)
        for obstacle in self.obstacles.values():
            self._index_obstacle(obstacle)

    def _index_pair(self, pair: Pair) -> None:
        for index, key in ((self._pair_of_lead, pair.assignment_id), (self._pairs_of_mentor, pair.mentor_id)):
            # Only open ones: with what is over the index would grow with every year.
            if pair.open:
                index.enter(key, pair.pair_id)
            else:
                index.leave(key, pair.pair_id)

    def _index_obstacle(self, obstacle: Obstacle) -> None:
        if obstacle.open:
            self._obstacles_of_lead.enter(obstacle.assignment_id, obstacle.obstacle_id)
        else:
            self._obstacles_of_lead.leave(obstacle.assignment_id, obstacle.obstacle_id)
