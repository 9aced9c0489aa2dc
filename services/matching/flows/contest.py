"""The end of an embargo: a decision of the contest is published, and a laureate is taken on."""

from __future__ import annotations

import json

from contracts.contest import ContestDecisionPublished, CriterionScore
from services.matching.flows.settling import settle
from services.matching.states.statements import ContestVerdict
from services.matching.store import Unit


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
    # Before the pool changes what it is about: a laureate comes back as a newcomer of the rolling track.
    pool.drop_verdict(verdict.application_id)
    if verdict.decision == "laureate":
        pool.put_candidate(candidate.as_laureate())
        settle(unit, newcomer=candidate.application_id)
    else:
        pool.remove_candidate(verdict.application_id)
