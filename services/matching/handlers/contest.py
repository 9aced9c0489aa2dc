"""The contest's decisions: kept while they are under embargo, published at its end, laureates taken on."""

from __future__ import annotations

import json
from uuid import UUID

from contracts.contest import ContestDecided, ContestDecisionPublished, ContestDecisionRefused, CriterionScore
from contracts.event import Event
from libraries.chassis.handling import handles
from services.matching import lookups
from services.matching.flows.settling import settle
from services.matching.settings.texts import refusal
from services.matching.states.candidates import CONTEST_TRACK
from services.matching.states.statements import ContestVerdict
from services.matching.store import Unit


@handles(ContestDecided, needs=lambda said: lookups.application(said.application_id))
def on_contest_decided(event: Event[ContestDecided], unit: Unit, _: UUID) -> None:
    """What a jury decided is kept until its publication; what comes before that replaces it."""
    decided, pool = event.data, unit.store.pool
    actor = f"jury:{decided.decided_by}"
    candidate = pool.candidates.get(decided.application_id)
    if candidate is None or candidate.track != CONTEST_TRACK:
        unit.publish(
            ContestDecisionRefused(
                application_id=decided.application_id,
                actor=actor,
                occurred_at=unit.now,
                reasons=(refusal("not-in-the-contest"),),
            )
        )
        return
    pool.keep_verdict(
        ContestVerdict(
            decided.application_id,
            decided.decision,
            json.dumps([score.model_dump() for score in decided.scores]),
            decided.publish_at,
            actor,
            decided.reason,
            event.id,
            event.correlation_id,
            event.traceparent,
        )
    )


def publish_verdict(verdict: ContestVerdict, unit: Unit) -> None:
    """Tells everybody. A laureate becomes a candidate for implantation; another application leaves the pool."""
    pool = unit.store.pool
    candidate = pool.candidates[verdict.application_id]
    unit.publish(
        ContestDecisionPublished.model_validate(
            {
                "application_id": candidate.application_id,
                "lead_id": candidate.lead_id,
                "organisation_name": candidate.organisation_name,
                "project_title": candidate.project_title,
                "decision": verdict.decision,
                "scores": [CriterionScore(**score) for score in json.loads(verdict.scores)],
                "actor": verdict.actor,
                "reason": verdict.reason,
                "occurred_at": unit.now,
            }
        )
    )
    pool.drop_verdict(verdict.application_id)
    if verdict.decision == "laureate":
        pool.put_candidate(candidate.as_laureate())
        settle(unit, newcomer=candidate.application_id)
    else:
        pool.remove_candidate(verdict.application_id)
