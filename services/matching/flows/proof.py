"""What a round is solved from, and how its result is proved: by its prices, and by a second solver."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import structlog

from libraries.engine.certificate import violations
from libraries.engine.flow import TooLarge
from libraries.engine.instance import Instance, SharedBounds
from libraries.engine.solution import Solution
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from libraries.engine.worth import Worth
from services.matching.pool.pool import Pool
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need

# Pairs that a live optimum is built from within a few seconds, even where places are tight.
_MOST_STEPWISE: Final = 200_000
_log = structlog.get_logger()


class Unproved(RuntimeError):
    """A result that its prices do not prove, or that another solver contradicts: nothing of it is published."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a round's result is worth, and what another solver's is; None where the problem is too large for it."""

    objective: Worth
    independent: Worth | None


def instance_of(pool: Pool, candidates: Iterable[Candidate], *, rolling: bool) -> Instance[UUID, UUID]:
    """All pairs that pass every gate, priced, with the places that people have not filled.

    Nominations of the contest fill no place, so there every need has all of its own, and no territory has bounds.
    """
    needs = [need for need in pool.needs.values() if need.is_open]
    candidates = list(candidates)
    return Instance.of(
        edges={
            candidate.application_id: {
                need.need_id: pool.worth(candidate, need, fit) for need, fit in pool.edges(candidate)
            }
            for candidate in candidates
        },
        places={need.need_id: need.places() if rolling else replace(need, fixed=0).places() for need in needs},
        capacities={it.application_id: pool.room(it) for it in candidates if rolling and it.members},
        groups=_groups(pool, needs) if rolling else {},
    )


def _groups(pool: Pool, needs: Iterable[Need]) -> dict[Hashable, SharedBounds[UUID]]:
    needs_in: dict[str, list[UUID]] = {bound.territory: [] for bound in pool.rules.equity}
    for need in needs:
        if (territory := need.document.profile.bounded_in) is not None:
            needs_in[territory].append(need.need_id)
    return {territory: SharedBounds(frozenset(its), *pool.bounds(territory)) for territory, its in needs_in.items()}


def prove(instance: Instance[UUID, UUID], solution: Solution[UUID, UUID], second: Solution[UUID, UUID] | None) -> Proof:
    """Checks a result by its prices and by another solver's; raises Unproved where either says that it is wrong."""
    if wrong := violations(instance, solution):
        raise Unproved(f"{len(wrong)} conditions of optimality are broken, the first: {wrong[0]}")
    objective = instance.objective(solution.assignment)
    if second is None:
        return Proof(objective, None)
    independent = instance.objective(second.assignment)
    if independent != objective:
        raise Unproved(f"the result is worth {objective}, and another solver finds {independent}")
    return Proof(objective, independent)


def solved_at_once(instance: Instance[UUID, UUID]) -> Solution[UUID, UUID] | None:
    """What an independent library finds; None where the problem is too large for it."""
    try:
        return solve(instance)
    except TooLarge as error:
        _log.warning("no second solver", action="round", detail=str(error))
        return None


def solved_stepwise(instance: Instance[UUID, UUID]) -> Solution[UUID, UUID] | None:
    """What a live optimum finds, one application after the other; None where that would take too long."""
    if instance.pairs > _MOST_STEPWISE:
        _log.warning("no second solver", action="round", detail=f"{instance.pairs} pairs take too long one by one")
        return None
    return solution_of(optimum_of(instance))
