"""Why an application is where it is: for each need the gates, the fit, its price, and exactly what was missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from contracts.message import Language
from libraries.engine.worth import Worth, pack, unpack
from services.matching.codes import Gate, Standing
from services.matching.edges.fit import FitPoints
from services.matching.settings.texts import TEXTS, StandingText
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need

if TYPE_CHECKING:
    from services.matching.pool.pool import Pool

_LEVELS: Final[tuple[StandingText, ...]] = (
    "missing-equity",
    "missing-coverage",
    "missing-kept",
    "missing-fit",
    "missing-lottery",
)
"""The texts of a worth's levels, in their order."""


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
    shut: tuple[Gate, ...] = ()
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
    held, whole = pool.optimum.hosts_of(candidate.application_id), pool.optimum.worth()
    fixed = {need_id for need_id, live in pool.live_of(candidate.application_id).items() if live.is_fixed}
    open_to_it: list[tuple[Need, FitPoints]] = []
    for need in pool.needs.values():
        is_fixed = need.need_id in fixed
        if need.state == "closed" and not is_fixed:
            continue
        if shut := pool.shut_gates(candidate, need):
            yield Consideration(need, "fixed" if is_fixed else "shut", tuple(shut))
            continue
        fit = pool.edge(candidate, need)
        assert fit is not None  # or a gate were shut
        if is_fixed:
            yield Consideration(need, "fixed", (), fit)
        else:
            open_to_it.append((need, fit))
    tried = list(_tried(pool, candidate, [need for need, _ in open_to_it]))
    best = max([whole, *(trial.worth for trial in tried if trial is not None)])
    for (need, fit), trial in zip(open_to_it, tried, strict=True):
        if trial is None:
            yield Consideration(need, "no-place", (), fit)
            continue
        missing = unpack(best - trial.worth)
        standing: Standing = "missing" if any(missing) else "possible"
        yield Consideration(need, "held" if need.need_id in held else standing, (), fit, unpack(trial.cost), missing)


class _Trial(NamedTuple):
    """What all others lose by an application's place at a need, and what the whole would then be worth."""

    cost: int
    worth: int


def _tried(pool: Pool, candidate: Candidate, needs: Iterable[Need]) -> Iterator[_Trial | None]:
    """Each need with the application put there; None where it has no place. Leaves the application elsewhere."""
    application_id, room = candidate.application_id, pool.room(candidate)
    values = {need.need_id: pack(pool.worth(candidate, need, fit)) for need, fit in pool.edges(candidate)}
    rest: int | None = None
    for need in needs:
        # What it may still answer besides this need, which by itself is nothing whatever the need; then what all
        # the others lose by its place here.
        if rest is None or room > 1:
            others = {need_id: value for need_id, value in values.items() if need_id != need.need_id}
            pool.place_with(application_id, others, room=room - 1)
            rest = pool.optimum.worth()
        cost = pool.optimum.cost_of_a_place(need.need_id)
        yield None if cost is None else _Trial(cost, rest + values[need.need_id] - cost)


def _nearness(consideration: Consideration) -> tuple[object, ...]:
    order = ("held", "fixed", "possible", "missing", "no-place", "shut")
    points = consideration.fit.total if consideration.fit else 0
    return order.index(consideration.standing), consideration.missing or Worth(), -points, consideration.need.need_id


def standing_text(consideration: Consideration, language: Language) -> str:
    """Why a need holds an application or does not."""
    if consideration.standing == "shut":
        words = ", ".join(TEXTS.gates[gate].said_in(language) for gate in consideration.shut)
        return f"{words[:1].upper()}{words[1:]}."
    if consideration.standing != "missing":
        return TEXTS.standings[consideration.standing].said_in(language)
    # The first level that differs decides, so nothing is said of those after it.
    name, points = next(
        (name, points) for name, points in zip(_LEVELS, consideration.missing or (), strict=True) if points
    )
    return TEXTS.standings[name].said_in(language).format(points=points)
