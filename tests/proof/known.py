"""What the City's own forms know: what services tell on the topics that anybody may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from contracts.applications import ApplicationContentErased
from contracts.assignments import AssignmentState
from contracts.clearances import ETHICS_OFFICER, ClearanceState, MentorClearanceAsked
from contracts.follow_ups import FollowUpSent
from contracts.message import EventData, StateChange
from contracts.obstacles import ObstacleState
from contracts.pairs import PairPaused, PairState
from contracts.support import IntroductionRecorded, SupportActionChanged
from libraries.links.holders import service_id
from tests.proof.city import ETHICS, mailbox_of
from tests.proof.edition import SERVICES, Edition
from tests.proof.hearing import KINDS, Heard
from tests.proof.steps import Impossible

_OUT_OF_THE_WAY: Final = frozenset({"lifted", "abandoned"})

State = TypeVar("State", bound=EventData)


class Known:
    """The last word on everything, found by what people call it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.applications: dict[UUID, str] = {}
        self.assignments: dict[UUID, AssignmentState] = {}
        self.pairs: dict[UUID, PairState] = {}
        self.obstacles: dict[UUID, ObstacleState] = {}
        self.clearances: dict[UUID, ClearanceState] = {}
        self.asked: dict[UUID, MentorClearanceAsked] = {}
        self.introductions: dict[UUID, IntroductionRecorded] = {}
        self.actions: dict[tuple[UUID, str], str] = {}
        self.left: set[UUID] = set()
        self._rests_until: dict[UUID, date] = {}
        self._erased: set[UUID] = set()
        self._titles = {project.id: project.title for project in edition.projects}
        self._mentor_names = {mentor.form.mentor_id: mentor.person.name for mentor in edition.mentors}
        self._addresses = {person.id: person.email for person in edition.people.values()}
        self._addresses |= {service_id(code): mailbox_of(code) for code in SERVICES} | {ETHICS_OFFICER: ETHICS}
        self.needs: dict[str, UUID] = {}
        self._told: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)

    def note(self, data: EventData) -> None:
        """Takes an event in."""
        match data:
            case AssignmentState():
                self.assignments[data.assignment_id] = data
                self.needs[data.need_title] = data.need_id
            case PairState():
                self.pairs[data.pair_id] = data
                if isinstance(data, PairPaused):
                    self._rests_until[data.pair_id] = data.until
            case ObstacleState():
                self.obstacles[data.obstacle_id] = data
            case IntroductionRecorded():
                self.introductions[data.assignment_id] = data
            case SupportActionChanged():
                self.actions[data.assignment_id, data.action] = data.to_state
            case ApplicationContentErased():
                self._erased.add(data.application_id)
            case MentorClearanceAsked():
                self.clearances[data.clearance_id] = self.asked[data.clearance_id] = data
            case ClearanceState():
                self.clearances[data.clearance_id] = data
            case StateChange() if hasattr(data, "application_id") and data.event_type.startswith("engage.application."):
                self.applications[data.aggregate_id] = data.to_state

    def heard(self, mail: FollowUpSent) -> Heard | None:
        """What a person learns by a mail that left; None where nobody in the script acts on it."""
        name, _, year = mail.kind.rpartition("-") if mail.kind.startswith("impact-year-") else (mail.kind, "", "0")
        if name == "clearance-by-line-manager" and self.asked[mail.matter_id].held_until is not None:
            name += "-anew"
        if (kind := KINDS.get(name)) is None or ("project" in kind.about and self._names_nobody(mail.matter_id)):
            return None
        found = self._about(mail.matter_id)
        about = {each: found[each] for each in kind.about}
        to = self._addresses[mail.recipient_id]
        if name.startswith("obstacle-"):
            self._told[to, about["project"]].append(mail.matter_id)
        return Heard(kind=name, to=to, **about, year=int(year), again=mail.reminder > 0)

    def is_erased(self, project: str) -> bool:
        """Whether the lead of a project asked to be forgotten, so that nothing says what it was called."""
        return any(self._titles[application_id] == project for application_id in self._erased)

    def _names_nobody(self, matter: UUID) -> bool:
        about = self.assignments.get(matter) or self.pairs.get(matter) or self.obstacles.get(matter)
        return (matter if about is None else about.application_id) in self._erased

    def _about(self, matter: UUID) -> dict[str, str]:
        """What a matter is called."""
        if matter in self._titles:
            return {"project": self._titles[matter]}
        if (assignment := self.assignments.get(matter)) is not None:
            return {"project": assignment.project_title, "need": assignment.need_title}
        if (pair := self.pairs.get(matter)) is not None:
            return {"project": pair.project_title}
        if (obstacle := self.obstacles.get(matter)) is not None:
            return {"project": obstacle.project_title}
        if (clearance := self.clearances.get(matter)) is not None:
            return {"mentor": self._mentor_names[clearance.mentor_id]}
        return {"need": next(title for title, need_id in self.needs.items() if need_id == matter)}

    def assignment(self, project: str, need: str | None = None, state: str = "proposed") -> AssignmentState:
        """The assignment of a project, to a need where one is given, that is in a state; raises Impossible."""
        of_it = [each for each in self.assignments.values() if each.project_title == project]
        return _last(each for each in of_it if need in (None, each.need_title) and each.to_state == state)

    def pair(self, project: str, *states: str, mentor: str | None = None) -> PairState:
        """The last pair of a project, with a mentor where an address is given, in one of the states; or Impossible."""
        of_it = [each for each in self.pairs.values() if each.project_title == project]
        pair = _last(each for each in of_it if mentor in (None, self._addresses[each.mentor_person_id]))
        return _last([pair] if pair.to_state in states else [])

    def rests(self, pair_id: UUID, today: date) -> bool:
        """Whether a pair rests: its page then offers that it goes on, and else that it rests."""
        until = self._rests_until.get(pair_id)
        return until is not None and until > today

    def obstacle(self, project: str, told: str | None = None) -> ObstacleState:
        """An obstacle of a project that is in the way: the one that an address was told of last, else the first one.

        Raises Impossible.
        """
        if told is None:
            of_it = (each for each in self.obstacles.values() if each.project_title == project)
            return _last([each for each in of_it if each.to_state not in _OUT_OF_THE_WAY][:1])
        obstacle = _last(self.obstacles[each] for each in self._told.get((told, project), ()))
        return _last([] if obstacle.to_state in _OUT_OF_THE_WAY else [obstacle])

    def introduction(self, assignment_id: UUID) -> IntroductionRecorded:
        """The introduction of a project; raises Impossible."""
        return _last([self.introductions[assignment_id]] if assignment_id in self.introductions else [])

    def clearance(self, mentor: str, kind: str) -> MentorClearanceAsked:
        """What is asked about a mentor, by their name; raises Impossible."""
        of_them = [each for each in self.clearances.values() if self._mentor_names[each.mentor_id] == mentor]
        clearance = _last(each for each in of_them if each.clearance == kind and each.to_state == "asked")
        return self.asked[clearance.clearance_id]


def _last(found: Iterable[State]) -> State:
    last = None
    for each in found:
        last = each
    if last is None:
        raise Impossible
    return last
