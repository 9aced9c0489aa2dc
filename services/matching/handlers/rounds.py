"""What matching does about a round that is asked for."""

from __future__ import annotations

from contracts.event import Event
from contracts.rounds import RoundRequested
from libraries.chassis.handling import handles
from services.matching.flows.rounds import complete
from services.matching.store import Unit


@handles(RoundRequested, slow=True)
def on_round_requested(event: Event[RoundRequested], unit: Unit) -> None:
    """The round is solved, proved and published as a whole."""
    complete(event.data, unit)
