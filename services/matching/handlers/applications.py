"""What matching does about applications: taken into the pool, renewed, taken out."""

from __future__ import annotations

from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationContentErased,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.event import Event
from libraries.chassis.handling import handles
from services.matching import codes
from services.matching.flows.amending import amending, of_application
from services.matching.flows.proposals import release
from services.matching.flows.settling import settle
from services.matching.states.candidates import ROLLING_TRACK, candidate_of
from services.matching.store import Unit


@handles(ApplicationRegistered)
def on_application_registered(event: Event[ApplicationRegistered], unit: Unit) -> None:
    """The application becomes a candidate; the optimum proposes it for a need, or it waits."""
    _take_in(event, unit)


@handles(ApplicationAmended)
def on_application_amended(event: Event[ApplicationAmended], unit: Unit) -> None:
    """The candidate is renewed; a proposal whose gates it no longer passes is released, a fixed one stays."""
    _take_in(event, unit)


@handles(ApplicationWithdrawn)
def on_application_withdrawn(event: Event[ApplicationWithdrawn], unit: Unit) -> None:
    """What the application holds is released, and it is no candidate any more."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=codes.WITHDRAWN, unit=unit)


@handles(ApplicationRejected)
def on_application_rejected(event: Event[ApplicationRejected], unit: Unit) -> None:
    """A registered application that a correction made fail takes no further part."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=codes.REJECTED, unit=unit)


@handles(CorrectionRequested)
def on_correction_requested(event: Event[CorrectionRequested], unit: Unit) -> None:
    """An application that waits for its correction is no candidate; what a person confirmed for it stays."""
    held = unit.store.pool.live_of(event.data.application_id)
    if not any(assignment.state == "confirmed" for assignment in held.values()):
        reason = codes.CORRECTION_REQUESTED
        _take_out(event.data.application_id, actor=event.data.actor, reason=reason, unit=unit)


@handles(ApplicationContentErased)
def on_application_content_erased(event: Event[ApplicationContentErased], unit: Unit) -> None:
    """What is kept of an application's texts is emptied, also where it is read without the request for it."""
    candidate = unit.store.pool.candidates.get(event.data.application_id)
    if candidate is not None and candidate.said_at <= unit.now:
        unit.store.pool.forget_texts(candidate)


def _take_in(event: Event[ApplicationRegistered] | Event[ApplicationAmended], unit: Unit) -> None:
    pool = unit.store.pool
    candidate = candidate_of(event.data, unit.now)
    if pool.people.is_forgotten(candidate.lead_id, unit.now):
        # It was on its way when they asked.
        candidate = candidate.without_texts(pool.words_of_needs())
    # A correction may name the track that the form was for, and takes no laureate back into the contest.
    known = pool.candidates.get(candidate.application_id)
    if known is not None and known.laureate:
        candidate = candidate.as_laureate()
    with amending(unit, of_application(unit, candidate.application_id), actor=event.data.actor):
        pool.put_candidate(candidate)
        if candidate.track != ROLLING_TRACK:
            for held in list(pool.live_of(candidate.application_id).values()):
                if not held.is_fixed:
                    release(held, actor=pool.rules.actor, reason=codes.NO_LONGER_MEETS, unit=unit)
        settle(unit, newcomer=candidate.application_id, because={candidate.application_id: codes.NO_LONGER_MEETS})


def _take_out(application_id: UUID, *, actor: str, reason: str, unit: Unit) -> None:
    pool = unit.store.pool
    if reason != codes.CORRECTION_REQUESTED:
        pool.drop_verdict(application_id)
    # Many a withdrawn or rejected application never was a candidate: whoever decides on it is answered at once.
    if application_id not in pool.candidates:
        pool.leave(application_id)
    else:
        for _, held in sorted(pool.live_of(application_id).items()):
            release(held, actor=actor, reason=reason, unit=unit)
        pool.remove_candidate(application_id)
        settle(unit)
