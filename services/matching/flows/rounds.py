"""Rounds: everything that waits on a track priced, solved, solved again by another library, proved and published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from contracts.fits import Levels
from contracts.rounds import RoundCompleted, RoundRequested
from libraries.engine.solving import solve
from libraries.engine.stepwise import solution_of
from libraries.engine.worth import Worth
from services.matching.edges.equity import full_territories
from services.matching.flows.nominations import nominate
from services.matching.flows.proof import Proof, instance_of, prove, solved_at_once, solved_stepwise
from services.matching.flows.settling import settle_in_round
from services.matching.flows.unmet import need_unmet, unmet_needs
from services.matching.flows.unplaced import say_unplaced
from services.matching.pool.pool import Pool
from services.matching.states.candidates import ROLLING_TRACK, Candidate
from services.matching.states.needs import Need
from services.matching.store import Unit


@dataclass(frozen=True, slots=True)
class Result:
    """What a round came to: the pairs held, of how many, with what proof, and the territories that are full."""

    held: Collection[tuple[UUID, UUID]]
    pairs: int
    proof: Proof
    full: frozenset[str] = frozenset()


def complete(request: RoundRequested, unit: Unit) -> RoundCompleted:
    """Publishes a round as a whole: nominations on the contest's track, who and what stays without, its summary.

    Where what the optimum decides is proposed at once, it is proposed already; else it is now. Returns the summary.
    Raises Unproved.
    """
    pool = unit.store.pool
    candidates = [candidate for candidate in pool.candidates.values() if candidate.track == request.track]
    if request.track == ROLLING_TRACK:
        result = _settle_all(candidates, unit)
    else:
        result = _decide_nominations(pool, candidates)
        nominate(request, candidates, dict(result.held), unit)
    unmet = unmet_needs(pool, {need_id for _, need_id in result.held})
    for need in unmet:
        unit.publish(need_unmet(request, need, candidates, result.full, unit))
    if request.track == ROLLING_TRACK:
        # Of the contest La France s'engage decides, whatever the City points at.
        say_unplaced(request, candidates, {application_id for application_id, _ in result.held}, unit)
    summary = _summary(request, len(candidates), result, unmet, unit)
    unit.publish(summary)
    return summary


def _settle_all(candidates: Iterable[Candidate], unit: Unit) -> Result:
    """Proposes what the live optimum holds; the second solver is the one that knows nothing of it."""
    pool = unit.store.pool
    # Before it is proved: a proof that fails rolls back what was published with it.
    settle_in_round(unit)
    waiting = [candidate for candidate in candidates if candidate.application_id in pool.optimum.guests]
    instance = instance_of(pool, waiting, rolling=True)
    proof = prove(instance, solution_of(pool.optimum), solved_at_once(instance))
    held = {(assignment.application_id, assignment.need_id) for assignment in pool.live}
    projects = Counter(need_id for _, need_id in held)
    return Result(held, instance.pairs, proof, full_territories(pool.needs, projects, pool.rules))


def _decide_nominations(pool: Pool, candidates: Iterable[Candidate]) -> Result:
    """Decides which need holds which application; nothing of it is kept, so it is solved from nothing."""
    instance = instance_of(pool, candidates, rolling=False)
    solution = solve(instance)
    return Result(solution.assignment, instance.pairs, prove(instance, solution, solved_stepwise(instance)))


def _summary(
    request: RoundRequested, applications: int, result: Result, unmet: Collection[Need], unit: Unit
) -> RoundCompleted:
    pool, proof = unit.store.pool, result.proof
    return RoundCompleted(
        round_id=request.round_id,
        track=request.track,
        applications=applications,
        placed=len({application_id for application_id, _ in result.held}),
        needs=sum(need.is_open for need in pool.needs.values()),
        unmet=len(unmet),
        pairs=result.pairs,
        objective=_levels(proof.objective),
        independent=_levels(proof.independent) if proof.independent else None,
        certified=True,
        rules_version=pool.rules.version,
        lottery_seed=pool.rules.lottery_seed,
        digest=digest_of(pool, request.track, result.held, (need.need_id for need in unmet)),
        actor=pool.rules.actor,
        occurred_at=unit.now,
    )


def digest_of(pool: Pool, track: str, held: Iterable[tuple[UUID, UUID]], unmet: Iterable[UUID]) -> str:
    """The SHA-256 of a whole result: the same events give the same, in whatever order they came."""
    # Sorted and without spaces: one result has one text, whatever the order in which it was found.
    result = {
        "track": track,
        "rules": pool.rules.version,
        "seed": pool.rules.lottery_seed,
        "held": sorted([str(application_id), str(need_id)] for application_id, need_id in held),
        "unmet": sorted(map(str, unmet)),
    }
    return sha256(json.dumps(result, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _levels(worth: Worth) -> Levels:
    return Levels(equity=worth.equity, coverage=worth.coverage, kept=worth.kept, fit=worth.fit)
