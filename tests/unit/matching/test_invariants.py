"""Whatever happens in whatever order: capacity, one place an application, gates, and nobody passed over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.message import EventData
from services.matching.register import Assignment
from services.matching.rules import RULES
from tests.unit.matching.events import (
    START,
    PoolInMemory,
    amended,
    application_id,
    closed,
    decided,
    declared,
    need_id,
    registered,
    rejected,
    revised,
    withdrawn,
)
from tests.unit.matching.strategies import need_changes, project_changes

_NEEDS = st.sampled_from(("n1", "n2", "n3"))
_APPLICATIONS = st.sampled_from(("a1", "a2", "a3", "a4", "a5", "a6"))
_DAY = RULES.day_of(START)


class Programme(RuleBasedStateMachine):
    """Needs, applications and decisions at random."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = PoolInMemory()
        self.confirmed: set[object] = set()
        self.declined: set[tuple[object, object]] = set()

    def _on(self, data: EventData) -> None:
        before = {assignment.assignment_id for assignment in self._live("confirmed")}
        self.memory.on(data)
        # Only a person's word or the application's own leaving ends what a person confirmed.
        gone = before - {assignment.assignment_id for assignment in self._live("confirmed")}
        left = {self.memory.pool.assignments[it].application_id for it in gone}
        assert left <= {getattr(data, "application_id", None)}

    def _live(self, *states: str) -> list[Assignment]:
        return [it for it in self.memory.pool.assignments.values() if it.state in states]

    @rule(name=_NEEDS, changes=need_changes)
    def need_is_declared(self, name: str, changes: dict[str, Any]) -> None:
        self._on(declared(name, **changes))

    @rule(name=_NEEDS, capacity=st.integers(0, 4))
    def need_changes_capacity(self, name: str, capacity: int) -> None:
        if (need := self.memory.pool.needs.get(need_id(name))) is not None:
            self._on(revised(name, **{**need.document.content.model_dump(), "capacity": capacity}))

    @rule(name=_NEEDS)
    def need_is_closed(self, name: str) -> None:
        if need_id(name) in self.memory.pool.needs:
            self._on(closed(name))

    @rule(name=_APPLICATIONS, changes=project_changes)
    def application_is_registered(self, name: str, changes: dict[str, Any]) -> None:
        self._on(registered(name, **changes))

    @rule(name=_APPLICATIONS, changes=project_changes)
    def application_is_amended(self, name: str, changes: dict[str, Any]) -> None:
        if application_id(name) in self.memory.pool.candidates:
            self._on(amended(name, **changes))

    @rule(name=_APPLICATIONS, event=st.sampled_from((withdrawn, rejected)))
    def application_leaves(self, name: str, event: Any) -> None:
        self._on(event(name))

    @precondition(lambda self: self._live("proposed"))
    @rule(data=st.data(), decision=st.sampled_from(("confirm", "decline")))
    def proposal_is_decided(self, data: st.DataObject, decision: str) -> None:
        proposals = sorted(self._live("proposed"), key=lambda it: it.assignment_id)
        assignment = data.draw(st.sampled_from(proposals))
        if decision == "decline":
            self.declined.add((assignment.application_id, assignment.need_id))
        self._on(decided(assignment.assignment_id, decision, "some-reason"))

    @invariant()
    def capacity_holds(self) -> None:
        proposed = Counter(it.need_id for it in self._live("proposed"))
        confirmed = Counter(it.need_id for it in self._live("confirmed"))
        for need in self.memory.pool.needs.values():
            assert (need.proposed, need.confirmed) == (proposed[need.need_id], confirmed[need.need_id])
            if need.proposed:
                assert need.is_open
                assert need.proposed + need.confirmed <= need.document.content.capacity

    @invariant()
    def an_application_holds_one_place_and_passes_the_gates(self) -> None:
        pool = self.memory.pool
        live = self._live("proposed", "confirmed")
        assert len({it.application_id for it in live}) == len(live)
        for it in self._live("proposed"):
            assert (it.application_id, it.need_id) not in self.declined
            assert pool.edge(pool.candidates[it.application_id], pool.needs[it.need_id], on=_DAY) is not None

    @invariant()
    def nobody_waits_who_could_be_placed(self) -> None:
        pool = self.memory.pool
        waiting = [it for it in pool.candidates.values() if pool.live_assignment(it.application_id) is None]
        for need in pool.needs.values():
            if need.free_places:
                for candidate in waiting:
                    assert pool.edge(candidate, need, on=_DAY) is None


TestProgramme = Programme.TestCase
TestProgramme.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
