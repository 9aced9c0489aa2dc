"""Whatever happens in whatever order: capacity of needs and coalitions, gates, and nobody passed over."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.message import EventData
from libraries.chassis.handling import NotYet
from libraries.engine.solving import solve
from libraries.engine.stepwise import solution_of
from services.matching.flows.new_rules import rules_moved
from services.matching.flows.proof import instance_of, prove
from services.matching.pool.pool import Pool
from services.matching.settings.rules import RULES, TerritoryBound
from services.matching.states.assignments import Assignment
from tests.drawing import drawn
from tests.forms import person
from tests.unit.matching.events import (
    START,
    PoolInMemory,
    amended,
    application_id,
    closed,
    decided,
    declared,
    named_deputy,
    need_id,
    placed,
    recused,
    registered,
    rejected,
    revised,
    round_requested,
    rules_with,
    withdrawn,
)
from tests.unit.matching.strategies import need_changes, project_changes

pytestmark = pytest.mark.drawn

_NEEDS = st.sampled_from(("n1", "n2", "n3"))
_MEMBERS = st.sampled_from((0, 0, 1, 5))
_APPLICATIONS = st.sampled_from(("a1", "a2", "a3", "a4", "a5", "a6"))


class Programme(RuleBasedStateMachine):
    """Needs, applications and decisions at random."""

    under = RULES

    def __init__(self) -> None:
        super().__init__()
        self.memory = PoolInMemory(self.under)
        self.round_is_fresh = False
        self.confirmed: set[object] = set()
        self.declined: set[tuple[object, object]] = set()

    def _on(self, data: EventData) -> None:
        before = {assignment.assignment_id for assignment in self._live("confirmed")}
        self.round_is_fresh = False
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

    @rule(name=_APPLICATIONS, members=_MEMBERS, changes=project_changes)
    def application_is_registered(self, name: str, members: int, changes: dict[str, Any]) -> None:
        self._on(registered(name, members=members, **changes))

    @rule(name=_APPLICATIONS, members=_MEMBERS, changes=project_changes)
    def application_is_amended(self, name: str, members: int, changes: dict[str, Any]) -> None:
        if application_id(name) in self.memory.pool.candidates:
            self._on(amended(name, members=members, **changes))

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

    @rule(name=_APPLICATIONS, need=_NEEDS, decision=st.sampled_from(("pin", "forbid", "lift")))
    def placement_is_decided(self, name: str, need: str, decision: str) -> None:
        with suppress(NotYet):
            self._on(placed(name, need, decision))

    @rule(name=_APPLICATIONS, need=_NEEDS)
    def officer_is_recused(self, name: str, need: str) -> None:
        self._on(recused(need, name))

    @rule(need=_NEEDS, whom=st.none() | _NEEDS.map(lambda name: f"owner {name}"), days=st.none() | st.just(1))
    def deputy_is_named(self, need: str, whom: str | None, days: int | None) -> None:
        # The owners stand in for each other, so that deputies abstain as well.
        until = None if days is None else START + timedelta(days=days)
        if need_id(need) in self.memory.pool.needs:
            self._on(named_deputy(need, None if whom is None else person(whom), until=until))

    @rule()
    def deputies_come_to_their_end(self) -> None:
        self.round_is_fresh = False
        self.memory.by_the_clock(START + timedelta(days=2))

    @rule()
    def round_is_requested(self) -> None:
        self._on(round_requested())
        self.round_is_fresh = True

    @invariant()
    def capacity_holds(self) -> None:
        fixed = Counter(it.need_id for it in self.memory.pool.live if it.is_fixed)
        moving = Counter(it.need_id for it in self.memory.pool.live if not it.is_fixed)
        for need in self.memory.pool.needs.values():
            assert need.fixed == fixed[need.need_id]
            if moving[need.need_id]:
                assert need.is_open
                assert need.fixed + moving[need.need_id] <= need.capacity

    @invariant()
    def bounds_of_territories_hold(self) -> None:
        if self.under.publication == "in-rounds" and not self.round_is_fresh:
            return
        pool = self.memory.pool
        for bound in self.under.equity:
            inside = {it.need_id for it in pool.needs.values() if it.document.profile.bounded_in == bound.territory}
            fixed = sum(it.need_id in inside for it in pool.live if it.is_fixed)
            moving = sum(it.need_id in inside for it in pool.live if not it.is_fixed)
            assert not moving or bound.at_most is None or fixed + moving <= bound.at_most

    @invariant()
    def an_application_holds_no_more_than_it_may_and_passes_the_gates(self) -> None:
        pool = self.memory.pool
        assert len({(it.application_id, it.need_id) for it in pool.live}) == len(list(pool.live))
        for application, count in Counter(it.application_id for it in pool.live if not it.is_fixed).items():
            assert count <= pool.room(pool.candidates[application])
        for it in pool.live:
            if not it.is_fixed:
                assert pool.edge(pool.candidates[it.application_id], pool.needs[it.need_id]) is not None

    @invariant()
    def what_is_proposed_is_the_optimum_and_the_same_when_read_anew(self) -> None:
        pool = self.memory.pool
        held = set(pool.optimum.assignment())
        if self.under.publication == "rolling" or self.round_is_fresh:
            assert {(it.application_id, it.need_id) for it in pool.live if not it.is_fixed} == held
        instance = instance_of(pool, [pool.candidates[it] for it in pool.optimum.guests], rolling=True)
        prove(instance, solution_of(pool.optimum), solve(instance))
        anew = Pool.restored(
            pool.rules,
            pool.people,
            needs=[replace(need) for need in reversed(list(pool.needs.values()))],
            candidates=reversed(list(pool.candidates.values())),
            assignments=list(pool.live),
            forbidden=pool.forbidden,
            recused=pool.recused,
        )
        assert set(anew.optimum.assignment()) == held
        assert anew.optimum.worth() == pool.optimum.worth()
        assert not rules_moved(anew)


class WithBounds(Programme):
    """The same where territories are to have so many projects, or may have no more."""

    under = rules_with(
        equity=(
            TerritoryBound(territory="13201", at_least=1, at_most=2),
            TerritoryBound(territory="quartiers-nord", at_least=0, at_most=1),
        )
    )


class InRounds(WithBounds):
    """The same where what the optimum decides is proposed in rounds."""

    under = WithBounds.under.model_copy(update={"publication": "in-rounds"})


TestProgramme = Programme.TestCase
TestProgramme.settings = settings(max_examples=drawn(60), stateful_step_count=30, deadline=None)
TestWithBounds = WithBounds.TestCase
TestWithBounds.settings = settings(max_examples=drawn(60), stateful_step_count=30, deadline=None)
TestInRounds = InRounds.TestCase
TestInRounds.settings = settings(max_examples=drawn(60), stateful_step_count=30, deadline=None)
