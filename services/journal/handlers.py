"""What the journal does with an event, whichever it is: it keeps it, and what it says of which things."""

from __future__ import annotations

from contracts.any_event import AnyData
from contracts.event import Event
from libraries.chassis.handling import Origin, handles_every_event
from services.journal.store import Unit


@handles_every_event
def on_event(event: Event[AnyData], origin: Origin, unit: Unit) -> None:
    """The event is kept, and the things that it names know what it says of them."""
    unit.store.keep(event, origin)
