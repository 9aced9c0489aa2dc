"""The contact register in one transaction: who is reached how, and who was forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from contracts.contacts import ContactPublished
from libraries.chassis.store import Connection
from services.notifications.people import Contact
from services.notifications.planned.rows import AT_ONCE, BY_NUMBER, QUERIES, check_all_changed

Woken = list[tuple[int, datetime]]
"""In which lanes something is due since when."""


async def fetch_contacts(connection: Connection, people: Collection[UUID]) -> dict[UUID, Contact]:
    """How to reach these people, as far as that is known."""
    rows = await connection.fetch(QUERIES["fetch_contacts"], list(people))
    return {row["person_id"]: Contact(*row[1:]) for row in rows}


class ContactRegister:
    """What events change of contacts: written where it differs from what is there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Mapping[UUID, Contact] = {}
        self._changed: dict[UUID, Contact] = {}
        self._erased: set[UUID] = set()

    async def load(self, people: Collection[UUID]) -> None:
        """Fetches what is known of the people of these events."""
        self._known = await fetch_contacts(self._connection, people) if people else {}

    def keep(self, contact: ContactPublished) -> None:
        """Replaces what is known of a person, unless that is newer or the same."""
        person_id = contact.person_id
        given = Contact(contact.name, contact.email, contact.language, contact.updated_at)
        known = self._changed.get(person_id) or (None if person_id in self._erased else self._known.get(person_id))
        # Equal times too: of two that say the same moment, the one that comes later is right.
        if known is None or (known.updated_at <= given.updated_at and known[:4] != given[:4]):
            self._changed[person_id] = given

    def erase(self, person_id: UUID) -> None:
        """Forgets a person; what is open for them, or introduces them, will be cancelled."""
        # Topics are read in order: what was said before the tombstone is gone with it.
        self._changed.pop(person_id, None)
        self._erased.add(person_id)

    async def save(self) -> Woken:
        """Writes what changed, and says where something is due because of it.

        Raises asyncpg.SerializationError where another transaction has written to the same person meanwhile.
        """
        erased, self._erased = self._erased, set()
        changed, self._changed = self._changed, {}
        # First, since who comes back in the same batch is inserted anew.
        woken = await self._forget(sorted(erased)) if erased else []
        new = sorted((who for who in changed if who in erased or who not in self._known), key=BY_NUMBER)
        if new:
            woken += await self._insert({person_id: changed[person_id] for person_id in new})
        if len(changed) > len(new):
            known = sorted(changed.keys() - set(new), key=BY_NUMBER)
            await self._replace({person_id: changed[person_id] for person_id in known})
        return woken

    async def _insert(self, contacts: Mapping[UUID, Contact]) -> Woken:
        columns = ("person_id", "name", "email", "language", "updated_at")
        records = [(person_id, *contact[:4]) for person_id, contact in contacts.items()]
        try:
            await self._connection.copy_records_to_table("contact", columns=columns, records=records)
        except asyncpg.UniqueViolationError as error:
            raise asyncpg.SerializationError("a contact was written by two transactions at once") from error
        # Nothing waits for a person who was known before.
        rows = await self._connection.fetch(QUERIES["wake_waiting"], list(contacts))
        return [(row["lane"], row["due_at"]) for row in rows]

    async def _replace(self, contacts: Mapping[UUID, Contact]) -> None:
        values = [(person_id, *contact[:4]) for person_id, contact in contacts.items()]
        status = await self._connection.execute(QUERIES["change_contacts"], *zip(*values, strict=True))
        check_all_changed(status, len(contacts), "a contact")

    async def _forget(self, people: Collection[UUID]) -> Woken:
        await self._connection.execute(QUERIES["erase_contacts"], people)
        rows = await self._connection.fetch(QUERIES["erase_follow_ups"], people)
        rows += await self._connection.fetch(QUERIES["erase_series"], people)
        return [(row["lane"], AT_ONCE) for row in rows]
