"""What mentoring does where somebody asks to be forgotten."""

from __future__ import annotations

from datetime import datetime

from contracts.erasures import ErasureRequested
from contracts.event import Event
from libraries.chassis.handling import handles
from services.mentoring import lookups
from services.mentoring.flows import forgetting
from services.mentoring.store import Unit


@handles(ErasureRequested, needs=lambda said: lookups.erasure_of(said.person_id))
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit, asked_before: datetime | None) -> None:
    """A person asks to be forgotten: a mentor leaves, leads are handed over, and what anybody wrote is emptied."""
    forgetting.forget(event, unit)
