"""Rounds: everything that waits on a track priced, solved, solved again by another library, proved and published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

import structlog

from contracts.assignments import Levels
from contracts.rounds import GateCount, NeedUnmet, Nomination, NominationProposed, RoundCompleted, RoundRequested
from libraries.engine.certificate import violations
from libraries.engine.flow import TooLarge
from libraries.engine.instance import Instance, SharedBounds
from libraries.engine.solution import Solution
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from libraries.engine.worth import Worth
from services.matching.equity import full_territories
from services.matching.fit import FitPoints
from services.matching.placing import Unit, settle_in_round
from services.matching.pool import Pool
from services.matching.register import ROLLING_TRACK, Candidate, Need
from services.matching.wording import parts_between, unmet_cause

_MOST_NOMINATIONS: Final = 5
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


def complete(request: RoundRequested, unit: Unit) -> None:
    """Publishes a round as a whole: nominations on the contest's track, needs that stay unmet, and its summary.

    Where what the optimum decides is proposed at once, it is proposed already; else it is now. Raises Unproved.
    """
    pool = unit.store.pool
    candidates = [it for it in pool.candidates.values() if it.track == request.track]
    if request.track == ROLLING_TRACK:
        settle_in_round(unit)
        waiting = [it for it in candidates if it.application_id in pool.optimum.guests]
        instance = instance_of(pool, waiting, rolling=True)
        proof = prove(instance, solution_of(pool.optimum), _solved_at_once(instance))
        held = {(it.application_id, it.need_id) for it in pool.live}
    else:
        instance = instance_of(pool, candidates, rolling=False)
        solution = solve(instance)
        proof = prove(instance, solution, _solved_stepwise(instance))
        held = set(solution.assignment)
        _nominate(request, candidates, dict(held), unit)
    projects = Counter(need_id for _, need_id in held)
    unmet = list(_unmet(pool, projects))
    full = full_territories(pool.needs, projects, pool.rules) if request.track == ROLLING_TRACK else frozenset()
    for need in unmet:
        unit.publish(_need_unmet(request, need, candidates, full, unit))
    unit.publish(
        RoundCompleted(
            round_id=request.round_id,
            track=request.track,
            applications=len(candidates),
            placed=len({application_id for application_id, _ in held}),
            needs=sum(need.is_open for need in pool.needs.values()),
            unmet=len(unmet),
            pairs=instance.pairs,
            objective=_public(proof.objective),
            independent=_public(proof.independent) if proof.independent else None,
            certified=True,
            rules_version=pool.rules.version,
            lottery_seed=pool.rules.lottery_seed,
            digest=digest_of(pool, request.track, held, (need.need_id for need in unmet)),
            actor=pool.rules.actor,
            occurred_at=unit.now,
        )
    )


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


def _solved_at_once(instance: Instance[UUID, UUID]) -> Solution[UUID, UUID] | None:
    try:
        return solve(instance)
    except TooLarge as error:
        _log.warning("no second solver", action="round", detail=str(error))
        return None


def _solved_stepwise(instance: Instance[UUID, UUID]) -> Solution[UUID, UUID] | None:
    if instance.pairs > _MOST_STEPWISE:
        _log.warning("no second solver", action="round", detail=f"{instance.pairs} pairs take too long one by one")
        return None
    return solution_of(optimum_of(instance))


def digest_of(pool: Pool, track: str, held: Iterable[tuple[UUID, UUID]], unmet: Iterable[UUID]) -> str:
    """The SHA-256 of a whole result: the same events give the same, in whatever order they came."""
    result = {
        "track": track,
        "rules": pool.rules.version,
        "seed": pool.rules.lottery_seed,
        "held": sorted([str(application_id), str(need_id)] for application_id, need_id in held),
        "unmet": sorted(map(str, unmet)),
    }
    return sha256(json.dumps(result, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _unmet(pool: Pool, answered: Collection[UUID]) -> Iterator[Need]:
    for need in sorted(pool.needs.values(), key=lambda it: it.need_id):
        if need.is_open and need.need_id not in answered:
            yield need


def _need_unmet(
    request: RoundRequested, need: Need, candidates: list[Candidate], full: Collection[str], unit: Unit
) -> NeedUnmet:
    pool = unit.store.pool
    shut = [pool.shut_gates(candidate, need) for candidate in candidates]
    counts = Counter(gate for gates in shut for gate in gates)
    able = sum(not gates for gates in shut)
    if not need.capacity:
        cause = "no-capacity"
    elif not candidates:
        cause = "no-candidates"
    elif not able:
        cause = "all-gated"
    else:
        cause = "territory-full" if need.document.profile.bounded_in in full else "placed-elsewhere"
    return NeedUnmet(
        round_id=request.round_id,
        need_id=need.need_id,
        need_title=need.document.content.title,
        directorate=need.document.content.directorate,
        cause=unmet_cause(cause),
        gates=tuple(
            GateCount(gate=gate, applications=count)
            for gate, count in sorted(counts.items(), key=lambda it: (-it[1], it[0]))
        ),
        candidates=able,
        occurred_at=unit.now,
    )


def _nominate(request: RoundRequested, candidates: list[Candidate], held: dict[UUID, UUID], unit: Unit) -> None:
    pool = unit.store.pool
    for candidate in sorted(candidates, key=lambda it: it.application_id):
        best = sorted(pool.edges(candidate), key=lambda it: (-it[1].total, it[0].need_id))[:_MOST_NOMINATIONS]
        if best:
            unit.publish(
                NominationProposed(
                    application_id=candidate.application_id,
                    round_id=request.round_id,
                    lead_id=candidate.lead_id,
                    organisation_name=candidate.organisation_name,
                    project_title=candidate.project_title,
                    held_need_id=held.get(candidate.application_id),
                    needs=tuple(_nomination(candidate, need, fit, pool) for need, fit in best),
                    actor=pool.rules.actor,
                    occurred_at=unit.now,
                    rules_version=pool.rules.version,
                )
            )


def _nomination(candidate: Candidate, need: Need, fit: FitPoints, pool: Pool) -> Nomination:
    content = need.document.content
    return Nomination(
        need_id=need.need_id,
        need_title=content.title,
        directorate=content.directorate,
        fit=fit.total,
        parts=parts_between(candidate, need, fit, pool.rules),
    )


def _public(levels: Worth) -> Levels:
    return Levels(equity=levels.equity, coverage=levels.coverage, kept=levels.kept, fit=levels.fit)
