"""Why an application is where it is: for each need the gates, the fit, its price, and exactly what was missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from services.engine.levels import Levels, pack, unpack
from services.matching.fit import Fit
from services.matching.pool import Pool
from services.matching.register import Candidate, Need

Standing: TypeAlias = Literal["held", "fixed", "possible", "missing", "no-place", "shut"]


@dataclass(frozen=True, slots=True)
class Consideration:
    """One need for one application.

    `shut` names gates. `price` is what all others would lose if the application took a place there, `missing`
    what all would lose if it were held there instead of where the optimum has it, both level by level; None
    where a gate is shut or people have filled every place. `possible` is where the optimum would have it if no
    decision held it elsewhere.
    """

    need: Need
    standing: Standing
    shut: tuple[str, ...] = ()
    fit: Fit | None = None
    price: Levels | None = None
    missing: Levels | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Where an application is, and where it would be otherwise; None for nowhere."""

    application_id: UUID
    before: UUID | None
    after: UUID | None


def moves_between(before: Mapping[UUID, UUID], after: Mapping[UUID, UUID]) -> Iterator[Move]:
    """Who is somewhere else, in the order of their ids, of two ways to hold applications against needs."""
    for application_id in sorted(before.keys() | after.keys()):
        if before.get(application_id) != after.get(application_id):
            yield Move(application_id, before.get(application_id), after.get(application_id))


@dataclass(frozen=True, slots=True)
class Explanation:
    """All needs for one application, the nearest first, and who would move if it were not there."""

    candidate: Candidate
    considerations: tuple[Consideration, ...]
    moves: tuple[Move, ...]


def explain(pool: Pool, application_id: UUID) -> Explanation:
    """The explanation of an application's place; raises KeyError where it is no candidate.

    Uses the pool's optimum without it and with it again, so the pool must be nobody else's. Missing points are
    exact: they are the difference of two optima, found by a shortest path.
    """
    candidate = pool.candidates[application_id]
    held = pool.live_assignment(application_id)
    optimum = pool.optimum
    before = dict(optimum.assignment())
    taken_out = application_id in optimum.units
    if taken_out:
        optimum.remove(application_id)
    after = dict(optimum.assignment())
    fixed_at = held.need_id if held is not None and held.is_fixed else None
    found = list(_considered(pool, candidate, before.get(application_id), fixed_at))
    if taken_out:
        pool.place(candidate)
    moves = tuple(move for move in moves_between(before, after) if move.application_id != application_id)
    return Explanation(candidate, tuple(sorted(found, key=_nearness)), moves)


def _considered(
    pool: Pool, candidate: Candidate, held_at: UUID | None, fixed_at: UUID | None
) -> Iterator[Consideration]:
    """Every need that is not closed; the optimum is the one without the application."""
    gains: dict[UUID, int] = {}
    found: dict[UUID, tuple[Need, Fit, int]] = {}
    for need in pool.needs.values():
        if need.state == "closed" and need.need_id != fixed_at:
            continue
        if shut := pool.shut_gates(candidate, need):
            yield Consideration(need, "fixed" if need.need_id == fixed_at else "shut", tuple(shut))
            continue
        fit = pool.edge(candidate, need)
        assert fit is not None  # or a gate were shut
        cost = pool.optimum.cost_of_a_place(need.need_id)
        if need.need_id == fixed_at:
            yield Consideration(need, "fixed", (), fit)
        elif cost is None:
            yield Consideration(need, "no-place", (), fit)
        else:
            gains[need.need_id] = pack(pool.levels(candidate, need, fit)) - cost
            found[need.need_id] = need, fit, cost
    best = max([0, *gains.values()])
    for need_id, (need, fit, cost) in found.items():
        missing = unpack(best - gains[need_id])
        standing: Standing = "missing" if any(missing) else "possible"
        yield Consideration(need, "held" if need_id == held_at else standing, (), fit, unpack(cost), missing)


def _nearness(it: Consideration) -> tuple[object, ...]:
    order = ("held", "fixed", "possible", "missing", "no-place", "shut")
    return order.index(it.standing), it.missing or Levels(), -(it.fit.total if it.fit else 0), it.need.need_id
