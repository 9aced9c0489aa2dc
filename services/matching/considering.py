"""Why an application is where it is: for each need the gates, the fit, its price, and exactly what was missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, TypeAlias
from uuid import UUID

from libraries.engine.worth import Worth, pack, unpack
from services.matching.fit import FitPoints
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
    fit: FitPoints | None = None
    price: Worth | None = None
    missing: Worth | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Where an application is, and where it would be otherwise; None for nowhere."""

    application_id: UUID
    before: UUID | None
    after: UUID | None


def moves_between(before: Iterable[tuple[UUID, UUID]], after: Iterable[tuple[UUID, UUID]]) -> Iterator[Move]:
    """Who is somewhere else, in the order of their ids, of two ways to hold applications against needs.

    A coalition that moves from several needs has as many moves.
    """
    was, will_be = set(before), set(after)
    left, joined = defaultdict[UUID, list[UUID]](list), defaultdict[UUID, list[UUID]](list)
    for needs, pairs in ((left, was - will_be), (joined, will_be - was)):
        for application_id, need_id in sorted(pairs):
            needs[application_id].append(need_id)
    for application_id in sorted(left.keys() | joined.keys()):
        for need_left, need_joined in zip_longest(left[application_id], joined[application_id]):
            yield Move(application_id, need_left, need_joined)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All needs for one application, the nearest first, and who would move if it were not there."""

    candidate: Candidate
    considerations: tuple[Consideration, ...]
    moves: tuple[Move, ...]


def explain(pool: Pool, application_id: UUID) -> Explanation:
    """The explanation of an application's place; raises KeyError where it is no candidate.

    Uses the pool's optimum without it and with it again, so the pool must be nobody else's. Missing points are
    exact: they are the difference of two optima, each found by shortest paths.
    """
    candidate = pool.candidates[application_id]
    before = set(pool.optimum.assignment())
    found = list(_considered(pool, candidate))
    pool.place_with(application_id, {}, room=0)
    moves = tuple(moves_between((it for it in before if it[0] != application_id), pool.optimum.assignment()))
    pool.place(candidate)
    return Explanation(candidate, tuple(sorted(found, key=_nearness)), moves)


def _considered(pool: Pool, candidate: Candidate) -> Iterator[Consideration]:
    """Every need that is not closed, or that people hold the application against all the same."""
    optimum, application_id = pool.optimum, candidate.application_id
    fixed = {need_id for need_id, live in pool.live_of(application_id).items() if live.is_fixed}
    held, whole, room = optimum.hosts_of(application_id), optimum.worth(), pool.room(candidate)
    values = {need.need_id: pack(pool.worth(candidate, need, fit)) for need, fit in pool.edges(candidate)}
    found: list[tuple[Need, FitPoints, int, int]] = []
    rest: int | None = None
    for need in pool.needs.values():
        if need.state == "closed" and need.need_id not in fixed:
            continue
        if shut := pool.shut_gates(candidate, need):
            yield Consideration(need, "fixed" if need.need_id in fixed else "shut", tuple(shut))
            continue
        fit = pool.edge(candidate, need)
        assert fit is not None  # or a gate were shut
        if need.need_id in fixed:
            yield Consideration(need, "fixed", (), fit)
            continue
        # What it may still answer besides this need, which by itself is nothing whatever the need; then what all
        # the others lose by its place here.
        if rest is None or room > 1:
            others = {it: value for it, value in values.items() if it != need.need_id}
            pool.place_with(application_id, others, room=room - 1)
            rest = optimum.worth()
        cost = optimum.cost_of_a_place(need.need_id)
        if cost is None:
            yield Consideration(need, "no-place", (), fit)
        else:
            found.append((need, fit, cost, rest + values[need.need_id] - cost))
    best = max([whole, *[worth for *_, worth in found]])
    for need, fit, cost, worth in found:
        missing = unpack(best - worth)
        standing: Standing = "missing" if any(missing) else "possible"
        yield Consideration(need, "held" if need.need_id in held else standing, (), fit, unpack(cost), missing)


def _nearness(it: Consideration) -> tuple[object, ...]:
    order = ("held", "fixed", "possible", "missing", "no-place", "shut")
    return order.index(it.standing), it.missing or Worth(), -(it.fit.total if it.fit else 0), it.need.need_id
