"""What matching does about an event as it comes: it is put in line for the owner of the pool, who decides."""

from __future__ import annotations

from typing import Any

from contracts.event import Event
from services.chassis.service import NotYet
from services.chassis.unit_of_work import UnitOfWork
from services.matching.store import MatchingStore, references_of


def put_in_line(event: Event[Any], unit: UnitOfWork[MatchingStore]) -> None:
    """The event becomes the pool's next change, once what it refers to has come."""
    for entity, identifier in references_of(event.data):
        if not unit.store.is_known(identifier):
            raise NotYet(entity, identifier)
    unit.store.append(event)
