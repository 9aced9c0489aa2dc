"""Persons as leads: who introduced them, whether contacts say how to reach them, and what they asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libraries.chassis.store import Connection
from services.intake.queries import QUERIES


class Lead(NamedTuple):
    """A person as a lead, in the columns of their table.

    `source` is the form that introduced them. `reached_at` is when the form was sent that says how to reach them, None
    where contacts hold nothing. Applications sent until `withdrawn_until` are withdrawn, as they asked.
    """

    person_id: UUID
    source: str | None = None
    reached_at: datetime | None = None
    withdrawn_until: datetime | None = None


class Leads:
    """The leads whom a batch names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._leads: dict[UUID, Lead] = {}
        self._changed: set[UUID] = set()

    def __getitem__(self, person_id: UUID) -> Lead:
        """A person as a lead; of whom nothing is known, a new one."""
        return self._leads.get(person_id) or Lead(person_id)

    def keep(self, lead: Lead) -> None:
        """Makes this what is known of a lead."""
        if self[lead.person_id] != lead:
            self._leads[lead.person_id] = lead
            self._changed.add(lead.person_id)

    async def load(self, people: Collection[UUID]) -> None:
        """Fetches these people, in one statement."""
        rows = await self._connection.fetch(QUERIES["fetch_leads"], list(people))
        self._leads = {row[0]: Lead(*row) for row in rows}

    async def save(self) -> None:
        """Writes those who changed, in at most one statement."""
        if self._changed:
            # In one order, so that no two transactions wait for each other.
            changed = [self._leads[person_id] for person_id in sorted(self._changed)]
            await self._connection.execute(QUERIES["keep_leads"], *zip(*changed, strict=True))
        self._changed.clear()
