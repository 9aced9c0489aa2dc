"""What matching does about a round that is asked for."""

from __future__ import annotations

from contracts.event import Event
from contracts.rounds import RoundCompleted, RoundRequested
from libraries.chassis.handling import handles
from libraries.chassis.watching import metrics, tracing
from services.matching.store import Unit


@handles(RoundRequested, slow=True)
def on_round_requested(event: Event[RoundRequested], unit: Unit) -> None:
    """The round is solved, proved and published as a whole."""
    # Only now, since rounds are seldom: NumPy and the solver behind it take a tenth of the memory of an idle service.
    from services.matching.flows.rounds import complete

    with metrics.ROUND_SECONDS.labels(event.data.track).time(), tracing.span("solve", track=event.data.track):
        completed = complete(event.data, unit)
    _measure(completed)


def _measure(completed: RoundCompleted) -> None:
    metrics.ROUND_PLACED.labels(completed.track).set(completed.placed)
    for level, value in completed.objective.model_dump().items():
        metrics.ROUND_VALUE.labels(completed.track, level).set(value)
