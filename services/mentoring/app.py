"""The mentoring service: what it handles and where it keeps it."""

from __future__ import annotations

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Service
from libraries.clocks.programme import programme_clock
from libraries.programme.about import SEALED
from services.mentoring import handlers
from services.mentoring.due import DueDates
from services.mentoring.store import MentoringStore

SERVICE = Service(
    name="mentoring",
    handlers=handlers_in(handlers),
    store=MentoringStore,
    duties=(lambda: DueDates(programme_clock()),),
    programme=SEALED,
    single_writer=True,
)
