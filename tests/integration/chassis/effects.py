"""A service as small as can be, whose every effect can be counted: one row and one event for each form.

It stands in for intake. What a form asks for is in its project's title: `refuse`, `break`, `wait NAME`,
`correct …` (which waits for another form of its own key), `kill` and `kill after NAME` (which end the process
as running out of memory would).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from contracts.applications import ApplicationCorrected, ApplicationForm, ApplicationSubmitted
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.handling import NotYet, Refused, handlers_in, handles
from libraries.chassis.running.serving import serve
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings, read_settings
from libraries.chassis.store import NO_DEADLINES, Connection, Named
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching.log import configure_logs
from libraries.typed.people import ReadPerson
from tests.forms import identifier

TABLE = "CREATE TABLE intake.effect (number bigserial PRIMARY KEY, title text, subject text, event_id uuid)"


class EffectStore:
    """Rows to be written, and the titles that were written before."""

    deadlines = NO_DEADLINES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.seen: set[str] = set()
        self.subjects: set[str] = set()
        self.rows: list[tuple[str, str, object]] = []

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        rows = await self._connection.fetch("SELECT title, subject FROM effect")
        self.seen = {row["title"] for row in rows}
        self.subjects = {row["subject"] for row in rows}

    async def save(self) -> None:
        await self._connection.copy_records_to_table(
            "effect", records=self.rows, columns=("title", "subject", "event_id")
        )
        self.rows = []


def on_application(event: Event[ApplicationForm], unit: UnitOfWork[EffectStore]) -> None:
    """Writes one row and publishes one event, or fails as it was asked to."""
    title = str(event.data.project.title or "")
    if title == "refuse":
        raise Refused("refused", "it asked for it")
    if title == "break":
        raise KeyError(event.data.lead.email)
    if title.startswith("correct") and event.subject not in unit.store.subjects:
        raise NotYet("application", event.data.application_id)
    if title.startswith("kill after ") and title.removeprefix("kill after ") not in unit.store.seen:
        raise NotYet("effect", identifier(title))
    if title.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if title.startswith("wait ") and title.removeprefix("wait ") not in unit.store.seen:
        raise NotYet("effect", identifier(title))
    unit.store.seen.add(title)
    unit.store.subjects.add(event.subject)
    unit.store.rows.append((title, event.subject, event.id))
    lead = event.data.lead
    said = ReadPerson(lead.person_id, title, str(lead.email), None, "fr")
    unit.publish(said.contact("lead"))


handles(ApplicationSubmitted)(on_application)
handles(ApplicationCorrected)(on_application)

SERVICE = Service(
    name="intake",
    handlers=handlers_in(sys.modules[__name__]),
    store=EffectStore,
)


def main() -> None:
    """Runs the service as `engage run` would."""
    settings = read_settings(Settings)
    sys.exit(asyncio.run(serve(SERVICE, settings, configure_logs("intake", settings.log_level))))


if __name__ == "__main__":
    main()
