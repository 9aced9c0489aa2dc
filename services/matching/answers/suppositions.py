"""What would be decided under other rules, capacities, pins or bans: computed beside the pool, published nowhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from libraries.data_files import parse_data_file
from libraries.engine.worth import Worth
from services.matching.answers.explanations import Move, moves_between
from services.matching.edges.equity import worth_of
from services.matching.pool.pool import Pool
from services.matching.settings.rules import Rules
from services.matching.states.assignments import Assignment
from services.matching.states.needs import Need, need_document

_ACTOR: Final = "engine:what-if"


class Pair(BaseModel):
    """An application and a need."""

    model_config = ConfigDict(extra="forbid")

    application_id: UUID
    need_id: UUID


class Supposition(BaseModel):
    """What is supposed; whatever is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    rules: dict[str, Any] = Field(default_factory=dict, description="Fields of rules.toml with other values")
    capacities: dict[UUID, int] = Field(default_factory=dict, description="Places of needs, by their id")
    pins: list[Pair] = Field(default_factory=list, description="Pairs that are held whatever it costs")
    forbids: list[Pair] = Field(default_factory=list, description="Pairs that are not held")
    keep: bool = Field(default=True, description="Whether what is proposed counts as worth keeping")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would change: every application that moves, needs answered more or no more, and the totals."""

    differences: tuple[Move, ...]
    newly_answered: tuple[UUID, ...]
    no_longer_answered: tuple[UUID, ...]
    before: Worth
    after: Worth
    placed_before: int
    placed_after: int


class Impossible(ValueError):
    """The supposition names what is not there, or more than there is; the text says what."""


def suppose(pool: Pool, supposition: Supposition) -> Outcome:
    """The outcome under a supposition; raises Impossible, or DataFileError where the rules would be wrong."""
    rules = _rules(pool.rules, supposition)
    _check(pool, supposition)
    pinned = _newly_pinned(pool, supposition)
    _check_room(pool, rules, pinned)
    supposed = Pool.restored(
        rules,
        needs=[_need(need, supposition, rules, pinned) for need in pool.needs.values()],
        candidates=pool.candidates.values(),
        assignments=_assignments(pool, supposition, pinned),
        forbidden=pool.forbidden | {(pair.application_id, pair.need_id) for pair in supposition.forbids},
        recused=pool.recused,
    )
    before = {(it.application_id, it.need_id) for it in pool.live}
    after = {(it.application_id, it.need_id) for it in supposed.live if it.is_fixed}
    after.update(supposed.optimum.assignment())
    answered_before, answered_after = ({need_id for _, need_id in held} for held in (before, after))
    return Outcome(
        differences=tuple(moves_between(before, after)),
        newly_answered=tuple(sorted(answered_after - answered_before)),
        no_longer_answered=tuple(sorted(answered_before - answered_after)),
        before=_worth(pool, before),
        after=_worth(supposed, after),
        placed_before=len({application_id for application_id, _ in before}),
        placed_after=len({application_id for application_id, _ in after}),
    )


def _newly_pinned(pool: Pool, supposition: Supposition) -> dict[tuple[UUID, UUID], None]:
    """The pairs to be pinned; whoever a decision holds there already stays as it is."""
    pairs = [(pin.application_id, pin.need_id) for pin in supposition.pins]
    return {pair: None for pair in pairs if (live := pool.live_at(*pair)) is None or not live.is_fixed}


def _rules(rules: Rules, supposition: Supposition) -> Rules:
    if not supposition.rules:
        return rules
    changed = {**rules.model_dump(mode="json"), "version": f"{rules.version}-what-if", **supposition.rules}
    return parse_data_file(json.dumps(changed), "rules", Rules)


def _check(pool: Pool, supposition: Supposition) -> None:
    for pair in (*supposition.pins, *supposition.forbids):
        if pair.application_id not in pool.candidates:
            raise Impossible(f"application {pair.application_id} is no candidate")
        if pair.need_id not in pool.needs:
            raise Impossible(f"need {pair.need_id} is not in the register")
    if unknown := supposition.capacities.keys() - pool.needs.keys():
        raise Impossible(f"need {min(unknown)} is not in the register")


def _check_room(pool: Pool, rules: Rules, pinned: Iterable[tuple[UUID, UUID]]) -> None:
    for application_id, count in Counter(application_id for application_id, _ in pinned).items():
        candidate = pool.candidates[application_id]
        fixed = [str(it.need_id) for it in pool.live_of(application_id).values() if it.is_fixed]
        if count > (most := rules.most_needs(candidate.members)) - len(fixed):
            held = f", and decisions hold it for {', '.join(sorted(fixed))}" if fixed else ""
            raise Impossible(f"application {application_id} may answer {most} needs{held}")


def _need(need: Need, supposition: Supposition, rules: Rules, pinned: Iterable[tuple[UUID, UUID]]) -> Need:
    content = need.document.content
    capacity = supposition.capacities.get(need.need_id, content.capacity)
    document = need_document(need.document.revision, content.model_copy(update={"capacity": capacity}), rules)
    more = sum(need_id == need.need_id for _, need_id in pinned)
    if more and need.fixed + more > capacity:
        raise Impossible(f"need {need.need_id} has {capacity} places, and decisions would fill {need.fixed + more}")
    return replace(need, document=document, fixed=need.fixed + more)


def _assignments(pool: Pool, supposition: Supposition, pinned: Collection[tuple[UUID, UUID]]) -> Iterator[Assignment]:
    for assignment in pool.live:
        if (assignment.application_id, assignment.need_id) in pinned:
            continue
        if assignment.is_fixed or supposition.keep:
            yield replace(assignment)
    for application_id, need_id in pinned:
        supposed = uuid5(application_id, str(need_id))
        version = pool.rules.version
        yield Assignment(supposed, application_id, need_id, "proposed", 1, 0, "{}", version, _ACTOR, None, pinned=True)


def _worth(pool: Pool, held: Collection[tuple[UUID, UUID]]) -> Worth:
    """Equity, coverage and fit of what is held; a pair without an edge adds no fit."""
    answered = (need_id for _, need_id in held)
    return worth_of(pool.needs, answered, pool.rules)._replace(fit=sum(_fits(pool, held)))


def _fits(pool: Pool, pairs: Iterable[tuple[UUID, UUID]]) -> Iterator[int]:
    for application_id, need_id in pairs:
        fit = pool.edge(pool.candidates[application_id], pool.needs[need_id])
        yield fit.total if fit is not None else 0
