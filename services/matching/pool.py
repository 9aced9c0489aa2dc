"""The pool: needs, candidates and assignments as one transaction sees them, and the only ways to change them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from services.matching.changes import Changes
from services.matching.fit import Fit
from services.matching.gates import is_past_review
from services.matching.need_index import NeedIndex, positions_in
from services.matching.register import (
    Assignment,
    AssignmentState,
    Candidate,
    Declined,
    Need,
    NeedDocument,
    NeedState,
)
from services.matching.rolling import WaitingLine, edge
from services.matching.rules import Rules

ROLLING_TRACK: Final = "implantation"
"""The track whose applications are proposed; the contest's are only kept."""

_UNSEEN: Final = UUID(int=0)


class Pool:
    """The rolling pool of one transaction, in plain values.

    Invariants: an application has at most one live assignment; a need holds no more than its capacity
    unless all that it holds is confirmed; a need with free places and without `swept_to` has no edge to
    any candidate that waits, once `needs_to_offer` is empty.
    """

    def __init__(self, rules: Rules, needs: Iterable[Need] = (), index: NeedIndex | None = None) -> None:
        """`index`, where given, is that of `needs` in their order; it is copied before it is changed."""
        self.rules = rules
        self.changes = Changes()
        self.candidates: dict[UUID, Candidate] = {}
        self.assignments: dict[UUID, Assignment] = {}
        self.needs = {need.need_id: need for need in needs}
        self.needs_to_offer: dict[UUID, None] = {}
        """Needs whose free places are still to be offered to those that wait."""
        self.horizon: dict[UUID, UUID | None] = {}
        """For needs to offer: the id up to which their waiting candidates are at hand; None means all."""
        self._live: dict[UUID, Assignment] = {}
        self._proposals: dict[UUID, dict[UUID, Assignment]] = {}
        self._declined: dict[UUID, set[UUID]] = {}
        self._arrivals: list[Candidate] = []
        self._lines: dict[UUID, WaitingLine] = {}
        self._ordered = list(self.needs.values())
        self._owns_index = index is None
        self._index = index or NeedIndex.of((need.need_id, need.document.profile) for need in self._ordered)
        self._by_level = dict.fromkeys((*rules.levels, 0), 0)
        self._level_of: list[int | None] = [None] * len(self._ordered)
        for need in self._ordered:
            self._place_in_levels(need)

    # What was stored before.

    def recall_assignments(self, assignments: Iterable[Assignment]) -> None:
        """Takes in assignments that exist already."""
        for assignment in assignments:
            self.assignments[assignment.assignment_id] = assignment
            self._file(assignment)

    def recall_declined(self, declined: Iterable[tuple[UUID, UUID]]) -> None:
        """Takes in pairs of application and need that a person declined."""
        for application_id, need_id in declined:
            self._declined.setdefault(application_id, set()).add(need_id)

    def recall_candidates(self, candidates: Iterable[Candidate]) -> None:
        """Takes in candidates that exist already; those that hold nothing wait. Assignments come first."""
        for candidate in candidates:
            if candidate.application_id not in self.candidates:
                self.candidates[candidate.application_id] = candidate
                if self._waits(candidate):
                    self._arrivals.append(candidate)

    # Needs.

    def declare(self, need_id: UUID, document: NeedDocument, owner_id: UUID) -> NeedState | None:
        """Registers a need or its next revision, and opens it; returns its state before."""
        need = self.needs.get(need_id)
        if not self._owns_index:
            self._index, self._owns_index = self._index.copy(), True
        if need is None:
            before: NeedState | None = None
            self._index.put(need_id, document.profile)
            need = self.needs[need_id] = Need(need_id, 1, "open", owner_id, document)
            self._ordered.append(need)
            self._level_of.append(None)
        else:
            before = need.state
            self._index.put(need_id, document.profile, instead_of=need.document.profile)
            need.version += 1
            need.state, need.owner_id, need.document, need.swept_to = "open", owner_id, document, None
        self.changes.documents[need_id] = None
        self.needs_to_offer[need_id] = None
        self._place_in_levels(need)
        return before

    def close(self, need: Need) -> None:
        """Closes a need: it takes no more projects; what it holds is the caller's to release."""
        need.version += 1
        need.state, need.swept_to = "closed", None
        self.changes.documents[need.need_id] = None
        self._place_in_levels(need)

    def proposals_for(self, need_id: UUID) -> list[Assignment]:
        """The assignments that are proposed for a need, the latest first."""
        proposals = self._proposals.get(need_id, {}).values()
        return sorted(proposals, key=lambda assignment: assignment.assignment_id, reverse=True)

    def free_needs(self, candidate: Candidate) -> Iterator[list[Need]]:
        """Needs with a free place that may suit a candidate, those of the highest urgency first."""
        meeting = self._index.meeting(candidate.profile)
        for mask in self._by_level.values():
            if found := meeting & mask:
                yield [self._ordered[position] for position in positions_in(found)]

    # Candidates.

    def register(self, candidate: Candidate) -> None:
        """Takes a candidate in, or its new version."""
        self.candidates[candidate.application_id] = candidate
        self.changes.candidates[candidate.application_id] = None
        self.changes.removed.pop(candidate.application_id, None)
        if self._waits(candidate):
            self._arrivals.append(candidate)

    def remove(self, application_id: UUID) -> None:
        """Forgets a candidate, whose assignment must have been released."""
        del self.candidates[application_id]
        self.changes.candidates.pop(application_id, None)
        self.changes.waiting.pop(application_id, None)
        self.changes.removed[application_id] = None

    def live_assignment(self, application_id: UUID) -> Assignment | None:
        """The assignment that an application holds, if any."""
        return self._live.get(application_id)

    def needs_declined_for(self, application_id: UUID) -> set[UUID]:
        """The needs that a person declined for an application."""
        return self._declined.get(application_id, set())

    def edge(self, candidate: Candidate, need: Need, *, on: date) -> Fit | None:
        """The fit of a candidate to a need; None where a gate is shut."""
        was_declined = need.need_id in self.needs_declined_for(candidate.application_id)
        return edge(candidate, need, rules=self.rules, on=on, was_declined=was_declined)

    # Assignments.

    def hold(self, assignment: Assignment) -> None:
        """Proposes: raises ValueError where the application holds something or the need has no free place."""
        need = self.needs[assignment.need_id]
        if assignment.application_id in self._live or not need.free_places:
            raise ValueError(f"assignment {assignment.assignment_id} has no place")
        self.assignments[assignment.assignment_id] = assignment
        self._file(assignment)
        need.proposed += 1
        self._note(assignment, need)
        if not need.free_places and need.swept_to is not None:
            # Candidates may come to wait behind the mark while it is full; should a place be freed again in
            # this very transaction, the sweep goes on from there.
            self.horizon.setdefault(need.need_id, need.swept_to)
            need.swept_to = None

    def move(self, assignment: Assignment, to: AssignmentState, *, actor: str, reason: str | None) -> Need:
        """Takes a live assignment into its next state; returns its need."""
        need = self.needs[assignment.need_id]
        self._take_off(assignment)
        need.proposed -= assignment.state == "proposed"
        need.confirmed -= assignment.state == "confirmed"
        assignment.state, assignment.actor, assignment.reason = to, actor, reason
        assignment.version += 1
        need.confirmed += to == "confirmed"
        self._file(assignment)
        self._note(assignment, need)
        if not assignment.is_live:
            self.needs_to_offer[need.need_id] = None
        return need

    def forbid(self, declined: Declined) -> None:
        """Keeps a person's word that an application is not for a need."""
        self.recall_declined([(declined.application_id, declined.need_id)])
        self.changes.declined.append(declined)

    # Places for those that wait.

    def next_waiting(self, need: Need, *, on: date) -> tuple[Candidate, Fit] | None:
        """Who of those at hand that wait stands first for a need on that day; None where nobody has an edge."""
        if is_past_review(need.document.profile, on=on):
            return None
        line = self._lines.get(need.need_id)
        if line is None or line.document is not need.document:
            line = self._lines[need.need_id] = WaitingLine(need.document)
        while line.joined < len(self._arrivals):
            candidate = self._arrivals[line.joined]
            line.joined += 1
            if self._waits(candidate) and (fit := self.edge(candidate, need, on=on)) is not None:
                line.join(candidate, need, fit, seed=self.rules.lottery_seed)
        while (first := line.pop()) is not None:
            candidate = first[0]
            # It may have been placed elsewhere, or declined for this need, since it joined the line.
            if self._waits(candidate) and need.need_id not in self.needs_declined_for(candidate.application_id):
                return first
        return None

    def note_offered(self, need: Need) -> None:
        """Keeps how far a need's free places were offered, so that a later transaction goes on from there."""
        if not need.free_places:
            reached = None
        else:
            reached = self.horizon.get(need.need_id, need.swept_to)
            if reached is not None:
                reached = max(reached, need.swept_to or _UNSEEN)
        if reached != need.swept_to:
            need.swept_to = reached
            self.changes.places[need.need_id] = None

    def _waits(self, candidate: Candidate) -> bool:
        application_id = candidate.application_id
        return (
            self.candidates.get(application_id) is candidate
            and application_id not in self._live
            and candidate.track == ROLLING_TRACK
        )

    def _file(self, assignment: Assignment) -> None:
        if assignment.is_live:
            self._live[assignment.application_id] = assignment
        elif assignment.application_id in self.candidates:
            self._arrivals.append(self.candidates[assignment.application_id])
        if assignment.state == "proposed":
            self._proposals.setdefault(assignment.need_id, {})[assignment.assignment_id] = assignment

    def _take_off(self, assignment: Assignment) -> None:
        del self._live[assignment.application_id]
        self._proposals.get(assignment.need_id, {}).pop(assignment.assignment_id, None)

    def _note(self, assignment: Assignment, need: Need) -> None:
        self.changes.assignments[assignment.assignment_id] = None
        self.changes.waiting[assignment.application_id] = None
        self.changes.places[need.need_id] = None
        self._place_in_levels(need)

    def _place_in_levels(self, need: Need) -> None:
        position = self._index.position_of(need.need_id)
        before = self._level_of[position]
        level = need.level if need.free_places else None
        if level == before:
            return
        if before is not None:
            self._by_level[before] ^= 1 << position
        if level is not None:
            self._by_level[level] |= 1 << position
        self._level_of[position] = level
