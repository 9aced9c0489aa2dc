"""What matching does about an event as it comes: as the pool's only writer it decides at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.event import Event
from contracts.message import EventData
from services.chassis.service import Handler, NotYet
from services.matching.deciding import DECISIONS
from services.matching.placing import Unit, settle_under_rules
from services.matching.store import references_of


def decide(event: Event[Any], unit: Unit) -> None:
    """Decides upon an event, once all that it refers to has come; raises NotYet."""
    store = unit.store
    for entity, identifier in references_of(event.data):
        if not store.is_known(entity, identifier):
            raise NotYet(entity, identifier)
    if not store.pool.settled:
        # Decisions build on what is published, so what new rules move comes first.
        settle_under_rules(unit, at=unit.now)
        unit.because_of(event)
    DECISIONS[type(event.data)](event, unit)


HANDLERS: Final[Mapping[type[EventData], Handler]] = dict.fromkeys(DECISIONS, decide)
