"""The contest's decisions: kept while they are under embargo, published at its end, laureates taken on."""

from __future__ import annotations

import json
from uuid import UUID

from contracts.contest import ContestDecided, ContestDecisionRefused
from contracts.event import Event
from libraries.chassis.handling import handles
from services.matching import lookups
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
    # With the event's ids, for its publication is caused by the jury's form and not by the clock.
    pool.keep_verdict(
        ContestVerdict(
            decided.application_id,
            decided.decision,
            json.dumps([score.model_dump() for score in decided.scores]),
            decided.publish_at,
            actor,
            decided.reason,
            event.id,
            unit.cause.identity,
            event.correlation_id,
            event.traceparent,
        )
    )
