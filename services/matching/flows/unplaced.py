"""Applications that a round leaves without a need: why, and what would change it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Final
from uuid import UUID

from contracts.rounds import ApplicationUnplaced, RoundRequested
from services.matching.codes import Gate, Remedy, UnplacedCause
from services.matching.pool.pool import Pool
from services.matching.settings.texts import remedy, unplaced_cause
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.store import Unit

# What an applicant can do about a gate; what people decided, or a need that is closed, is not theirs to change.
_REMEDIES: Final[dict[Gate, Remedy]] = {
    "theme-or-public": "themes-and-publics",
    "territory": "territories",
    "floor": "complete-file",
}


def say_unplaced(
    request: RoundRequested, candidates: Sequence[Candidate], placed: Collection[UUID], unit: Unit
) -> None:
    """Publishes for each application that no need holds why, and what would change it."""
    pool = unit.store.pool
    needs = [need for need in pool.needs.values() if need.is_open]
    for candidate in sorted(candidates, key=attrgetter("application_id")):
        if candidate.application_id not in placed:
            unit.publish(_unplaced(request, candidate, needs, unit))


def _unplaced(request: RoundRequested, candidate: Candidate, needs: Sequence[Need], unit: Unit) -> ApplicationUnplaced:
    pool = unit.store.pool
    cause, remedies = _why(pool, candidate, needs)
    return ApplicationUnplaced(
        application_id=candidate.application_id,
        round_id=request.round_id,
        lead_id=candidate.lead_id,
        organisation_name=candidate.organisation_name,
        project_title=candidate.project_title,
        cause=unplaced_cause(cause),
        remedies=tuple(remedy(code) for code in remedies),
        actor=pool.rules.actor,
        occurred_at=unit.now,
        rules_version=pool.rules.version,
    )


def _why(pool: Pool, candidate: Candidate, needs: Sequence[Need]) -> tuple[UnplacedCause, list[Remedy]]:
    if not needs:
        return "no-open-need", []
    if next(iter(pool.edges(candidate)), None) is not None:
        return "places-taken", []
    shut = [frozenset(pool.shut_gates(candidate, need)) for need in needs]
    # The needs that it comes nearest to, of those that something of its file keeps it from.
    mendable = [gates for gates in shut if gates <= _REMEDIES.keys()]
    fewest = min(map(len, mendable), default=0)
    nearest = {gate for gates in mendable if len(gates) == fewest for gate in gates}
    return "no-need-meets", [code for gate, code in _REMEDIES.items() if gate in nearest]
