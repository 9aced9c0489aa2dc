"""The journal service: it takes all that anybody may read, keeps it by story, and says nothing."""

from __future__ import annotations

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Service
from services.journal import handlers
from services.journal.retention import Retention, retention_from_environment
from services.journal.store import JournalStore

SERVICE = Service(
    name="journal",
    handlers=handlers_in(handlers),
    store=JournalStore,
    duties=(retention_from_environment,),
    housekeeping=frozenset({Retention.name}),
    single_writer=True,
)
