"""Nominations: what the City points the contest's jury at."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Final
from uuid import UUID

from contracts.rounds import Nomination, NominationProposed, RoundRequested
from services.matching.edges.fit import FitPoints
from services.matching.edges.sentences import parts_of
from services.matching.pool.pool import Pool
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.store import Unit

# As many as a jury reads; the rest says little of a project.
_MOST_NOMINATIONS: Final = 5


def nominate(request: RoundRequested, candidates: list[Candidate], held: Mapping[UUID, UUID], unit: Unit) -> None:
    """Names for each application to the contest the needs that it would answer best, and the one that holds it."""
    pool = unit.store.pool
    for candidate in sorted(candidates, key=attrgetter("application_id")):
        best = sorted(pool.edges(candidate), key=_best_first)[:_MOST_NOMINATIONS]
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
        parts=parts_of(candidate, need.document.profile, fit, pool.rules),
    )


def _best_first(edge: tuple[Need, FitPoints]) -> tuple[int, UUID]:
    need, fit = edge
    return -fit.total, need.need_id
