"""The intake service: what it handles and where it keeps it."""

from __future__ import annotations

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Service
from libraries.programme.about import SEALED
from services.intake import handlers
from services.intake.door.door import door_from_environment
from services.intake.store import IntakeStore

SERVICE = Service(
    name="intake",
    handlers=handlers_in(handlers),
    store=IntakeStore,
    http=door_from_environment,
    programme=SEALED,
)
