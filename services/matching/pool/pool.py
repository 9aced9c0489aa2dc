"""The pool: what matching keeps, over a live optimum of the rolling track."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from contracts.states import AssignmentState, NeedState
from libraries.engine.optimum import Optimum
from libraries.engine.worth import Worth, pack
from services.matching.pool.edges import Edges
from services.matching.pool.people import People
from services.matching.settings.rules import Rules
from services.matching.states.assignments import Assignment
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.states.statements import ContestVerdict

_KEPT: Final = pack(Worth(kept=1))


class Pool(Edges):
    """All that matching decides upon.

    Invariants: an application has at most one live assignment to a need, and to no more needs than the rules let
    it answer unless people fixed more; what people fixed stands outside the optimum and takes the first places of
    its need, and of the territory that the need counts for; a need holds no more than its capacity, a territory no
    more than its bound, unless people fixed more. After `settle` what is proposed is what the optimum holds.
    """

    def __init__(self, rules: Rules, people: People | None = None) -> None:
        super().__init__(rules, people)
        self.optimum: Optimum[UUID, UUID] = Optimum()
        self._fixed_in = dict.fromkeys([bound.territory for bound in rules.equity], 0)
        for territory in self._fixed_in:
            self._count_fixed(territory, 0)

    @classmethod
    def restored(
        cls,
        rules: Rules,
        people: People | None = None,
        *,
        needs: Iterable[Need],
        candidates: Iterable[Candidate],
        assignments: Iterable[Assignment],
        forbidden: Iterable[tuple[UUID, UUID]] = (),
        recused: Iterable[tuple[UUID, UUID]] = (),
        verdicts: Iterable[ContestVerdict] = (),
        settlements: int = 0,
    ) -> Pool:
        """The pool that had come to these values; its optimum is the same, since there is only one."""
        pool = cls(rules, people)
        pool.settled, pool.settlements = False, settlements
        pool.forbidden.update(forbidden)
        pool.recused.update(recused)
        pool.verdicts.update({verdict.application_id: verdict for verdict in verdicts})
        pool.recall(assignments)
        for need in needs:
            pool._place(need)
        # Those that hold a place first: where these are full, whoever waits is seen to wait at once.
        for candidate in sorted(candidates, key=lambda it: it.application_id not in pool._live):
            pool.candidates[candidate.application_id] = candidate
            pool.place(candidate)
        return pool

    # Candidates.

    def put_candidate(self, candidate: Candidate) -> None:
        """Takes a candidate in, or renews it."""
        application_id, rows = candidate.application_id, self.changes.candidates
        if application_id in self.candidates:
            rows.update(application_id)
        else:
            rows.insert(application_id)
        self.candidates[application_id] = candidate
        self.place(candidate)

    def remove_candidate(self, application_id: UUID) -> None:
        """Takes a candidate, which nothing holds any more, out."""
        del self.candidates[application_id]
        self.changes.candidates.delete(application_id)
        self.leave(application_id)
        self._take_out(application_id)
        self.optimum.moved.pop(application_id, None)

    def place(self, candidate: Candidate) -> None:
        """Gives a candidate its edges in the optimum, as it and the needs are now."""
        room = self.room(candidate)
        edges = self.edges(candidate) if room > 0 else ()
        values = {need.need_id: pack(self.worth(candidate, need, fit)) for need, fit in edges}
        self.place_with(candidate.application_id, values, room=room)

    def keep(self, application_id: UUID, need_id: UUID) -> None:
        """Counts what is proposed now, and the optimum holds, as worth keeping; nothing else of its edges changes."""
        value = self.optimum.value_held(application_id, need_id)
        self.optimum.prefer(application_id, need_id, value | _KEPT)

    def value_as_published(self, application_id: UUID) -> None:
        """Gives an application's edges their values as what is published now makes them: kept, or no longer.

        All else of them stays, and the optimum with it; to price them anew costs ten times as much.
        """
        live = self.live_of(application_id)
        values = {
            need_id: value | _KEPT if need_id in live else value & ~_KEPT
            for need_id, value in self.optimum.edges_of(application_id).items()
        }
        self.place_with(application_id, values, room=self.room(self.candidates[application_id]))

    def place_with(self, application_id: UUID, values: Mapping[UUID, int], *, room: int) -> None:
        """Gives an application these edges, packed, and room for so many needs; without any it is taken out."""
        if room > 0:
            self.optimum.put(application_id, values, capacity=room)
        else:
            self._take_out(application_id)

    def _take_out(self, application_id: UUID) -> None:
        if application_id in self.optimum.guests:
            self.optimum.remove(application_id)

    # Needs.

    def put_need(self, need: Need) -> NeedState | None:
        """Takes a need in, or its new revision as the next version; returns the state that it was in."""
        before = self.needs.get(need.need_id)
        if before is None:
            self._place(need)
            self.changes.needs.insert(need.need_id)
            return None
        self._place(replace(need, version=before.version + 1, fixed=before.fixed))
        self.changes.needs.update(need.need_id)
        return before.state

    def set_state(self, need: Need, state: NeedState) -> None:
        """Opens or closes a need as it is."""
        self.put_need(replace(need, state=state))

    def _place(self, need: Need) -> None:
        before = self.needs.get(need.need_id)
        self._replace_indexed(need)
        self.needs[need.need_id] = need
        if before is not None:
            self._count_fixed(before.document.profile.bounded_in, -before.fixed)
        profile = need.document.profile
        self._count_fixed(profile.bounded_in, need.fixed)
        self.reviews.pop(need.need_id, None)
        if need.is_open and profile.review_on is not None:
            self.reviews[need.need_id] = profile.review_on
        if before is not None and need.is_open and need.has_the_edges_of(before):
            # Nothing but the number of its places may have changed.
            self.optimum.set_places(need.need_id, _packed(need.places()))
            return
        self._index.put(need.need_id, profile, instead_of=before.document.profile if before else None)
        # Anew and not edge by edge: nearly every edge of a need changes with its profile.
        if need.need_id in self.optimum.hosts:
            self.optimum.remove_host(need.need_id)
        if need.is_open:
            places, values = _packed(need.places()), self._values_to(need)
            self.optimum.put_host(need.need_id, places, values, group=profile.bounded_in)

    def _values_to(self, need: Need) -> Mapping[UUID, int]:
        values = {}
        for application_id in self.optimum.guests:
            candidate = self.candidates[application_id]
            if (live := self.live_at(application_id, need.need_id)) is not None and live.is_fixed:
                continue
            if (fit := self.edge(candidate, need)) is not None:
                values[application_id] = pack(self.worth(candidate, need, fit))
        return values

    def bounds(self, territory: str) -> tuple[int, int | None]:
        """How many projects a territory is to have at least and at most besides those that people fixed."""
        bound = next(it for it in self.rules.equity if it.territory == territory)
        fixed = self._fixed_in[territory]
        return max(0, bound.at_least - fixed), None if bound.at_most is None else max(0, bound.at_most - fixed)

    def _count_fixed(self, territory: str | None, more: int) -> None:
        # What people fixed stands outside the optimum, whose bounds are therefore what it leaves.
        if territory is not None:
            self._fixed_in[territory] += more
            at_least, at_most = self.bounds(territory)
            self.optimum.put_group(territory, at_least=at_least, at_most=at_most)

    def _set_fixed(self, need: Need, fixed: int) -> None:
        self._count_fixed(need.document.profile.bounded_in, fixed - need.fixed)
        need.fixed = fixed
        if need.is_open:
            self.optimum.set_places(need.need_id, _packed(need.places()))

    # Assignments.

    def hold(self, assignment: Assignment) -> None:
        """Holds an application against a need; a pinned one takes a place that the optimum then lacks."""
        self.assignments[assignment.assignment_id] = assignment
        self._live.setdefault(assignment.application_id, {})[assignment.need_id] = assignment
        self.changes.assignments.insert(assignment.assignment_id)
        if assignment.is_fixed:
            self._fix(assignment)

    def move(self, assignment: Assignment, to: AssignmentState, *, actor: str, reason: str | None) -> None:
        """Brings an assignment into another state; what ends gives its place back."""
        was_fixed, need = assignment.is_fixed, self.needs[assignment.need_id]
        assignment.state, assignment.actor, assignment.reason = to, actor, reason
        assignment.version += 1
        self.changes.assignments.update(assignment.assignment_id)
        if not assignment.is_live:
            held = self._live[assignment.application_id]
            del held[assignment.need_id]
            if not held:
                del self._live[assignment.application_id]
        if assignment.is_fixed and not was_fixed:
            self._fix(assignment)
        elif was_fixed and not assignment.is_fixed:
            self._set_fixed(need, need.fixed - 1)

    def _fix(self, assignment: Assignment) -> None:
        application_id, need = assignment.application_id, self.needs[assignment.need_id]
        if need.need_id not in self.optimum.hosts_of(application_id):
            # The optimum holds it elsewhere, or nowhere.
            self._take_out(application_id)
            self._set_fixed(need, need.fixed + 1)
            self.place(self.candidates[application_id])
            return
        # It takes its place with it: nobody else has to move.
        self.optimum.fix(application_id, need.need_id)
        need.fixed += 1
        self._count_fixed(need.document.profile.bounded_in, 1)

    def pin(self, assignment: Assignment, *, actor: str, reason: str) -> None:
        """Lets a proposed assignment stay where it is whatever comes."""
        assignment.pinned, assignment.actor, assignment.reason = True, actor, reason
        assignment.version += 1
        self.changes.assignments.update(assignment.assignment_id)
        self._fix(assignment)

    def unpin(self, assignment: Assignment) -> None:
        """Leaves a pinned assignment to the optimum, which keeps it as any other that is published."""
        assignment.pinned = False
        self.changes.assignments.update(assignment.assignment_id)
        need = self.needs[assignment.need_id]
        self._set_fixed(need, need.fixed - 1)
        self.place(self.candidates[assignment.application_id])


def _packed(places: Sequence[int]) -> list[int]:
    # All but the first count nothing, and there may be a hundred thousand.
    return [pack(Worth(coverage=places[0])), *places[1:]] if places else []
