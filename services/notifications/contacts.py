"""The contact register in one transaction: who is reached how in which role."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

import asyncpg

from contracts.contacts import ContactPublished, ContactRole, Work, contact_id_of
from libraries.chassis.store import Connection
from services.notifications.kinds import KINDS
from services.notifications.people import Contact, told
from services.notifications.planned.rows import AT_ONCE, BY_NUMBER, QUERIES, check_all_changed
from services.notifications.roles import OFFICES

Woken = list[tuple[int, datetime]]
"""In which lanes something is due since when."""


class AddressChange(NamedTuple):
    """What a word about a contact did to changes of its address: one that waited is over, one begins to wait."""

    ended: UUID | None
    begun: UUID | None


async def fetch_contacts(connection: Connection, contacts: Collection[UUID]) -> dict[UUID, Contact]:
    """How to reach people in their roles, by the contacts' ids, as far as that is known."""
    rows = await connection.fetch(QUERIES["fetch_contacts"], list(contacts))
    return {row["contact_id"]: _contact_from(row) for row in rows}


async def wake_waiting(connection: Connection, arrived: Collection[UUID]) -> Woken:
    """Has what waited for contacts, or for what was written of something, be due as planned; returns where and when."""
    rows = await connection.fetch(QUERIES["wake_waiting"], list(arrived))
    return [(row["lane"], row["due_at"]) for row in rows]


class ContactRegister:
    """What events change of contacts, written where it differs from what is there: what is received later holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[UUID, Contact] = {}
        self._changed: dict[UUID, Contact] = {}
        self._begun: dict[UUID, tuple[UUID, Contact]] = {}
        self._ended: set[UUID] = set()
        self._retracted: dict[UUID, datetime] = {}
        # Said and taken back within this transaction: the table never had them, and mail to them may be planned.
        self._passing: dict[UUID, Contact] = {}
        self._dropped: set[UUID] = set()

    async def load(self, contacts: Collection[UUID], people: Collection[UUID]) -> None:
        """Fetches what is known of the contacts of these events, and of people in every role."""
        self._known = await fetch_contacts(self._connection, contacts) if contacts else {}
        if people:
            rows = await self._connection.fetch(QUERIES["fetch_contacts_of"], list(people))
            self._known |= {row["contact_id"]: _contact_from(row) for row in rows}

    @property
    def waiting(self) -> frozenset[UUID]:
        """The changes of address that wait to be confirmed, of the contacts that were loaded."""
        return frozenset(known.change_id for known in self._known.values() if known.change_id is not None)

    def knows(self, role: ContactRole, person_id: UUID) -> bool:
        """Whether it is known how a loaded person is reached in a role."""
        return self._of(contact_id_of(role, person_id)) is not None

    def keep(self, said: ContactPublished, at: datetime, new_change: Callable[[], UUID]) -> AddressChange:
        """Replaces what is known of a contact, and says what that does to a change of its address."""
        before = self._of(said.contact_id)
        after = told(before, said, at, new_change)
        if after == before:
            return AddressChange(None, None)
        self._changed[said.contact_id] = after
        waited = None if before is None else before.change_id
        if waited == after.change_id:
            return AddressChange(None, None)
        if waited is not None:
            self._ended.add(waited)
        if after.change_id is not None:
            self._begun[after.change_id] = (said.contact_id, after)
        return AddressChange(waited, after.change_id)

    def retract(self, contact_id: UUID, at: datetime) -> None:
        """Forgets a contact; what is open for them in that role, or introduces them, will be cancelled."""
        if (known := self._of(contact_id)) is not None and known.change_id is not None:
            self._ended.add(known.change_id)
        # Topics are read in order: what was said before the tombstone is gone with it.
        if (passing := self._changed.pop(contact_id, None)) is not None:
            self._passing[contact_id] = passing
        self._retracted[contact_id] = at

    def forget(self, person_id: UUID, at: datetime) -> int:
        """Forgets a loaded person in every role, as far as it was said by then; returns in how many.

        Of who said an address after that what they had given before goes: the new one is the first that is known.
        """
        dropped = 0
        for contact_id in sorted({*self._known, *self._changed}):
            contact = self._of(contact_id)
            if contact is None or contact.person_id != person_id:
                continue
            after = contact.forgetting(at)
            if contact.change_id is not None and (after is None or after.change_id is None):
                self._ended.add(contact.change_id)
            if after is not None:
                if after != contact:
                    self._changed[contact_id] = after
                continue
            dropped += 1
            self._changed.pop(contact_id, None)
            if self._known.pop(contact_id, None) is not None:
                self._dropped.add(contact_id)
        return dropped

    def _of(self, contact_id: UUID) -> Contact | None:
        changed = self._changed.get(contact_id)
        return changed or (None if contact_id in self._retracted else self._known.get(contact_id))

    async def save(self) -> Woken:
        """Writes what changed, and says where something is due because of it.

        Raises asyncpg.SerializationError where another transaction has written to the same contact meanwhile.
        """
        retracted, self._retracted = self._retracted, {}
        changed, self._changed = self._changed, {}
        # First, since who comes back in the same batch is inserted anew.
        if self._dropped:
            dropped, self._dropped = sorted(self._dropped), set()
            await self._connection.execute(QUERIES["drop_contacts"], dropped)
        woken = await self._retract(retracted) if retracted else []
        new = sorted((who for who in changed if who in retracted or who not in self._known), key=BY_NUMBER)
        if new:
            woken += await self._insert({contact_id: changed[contact_id] for contact_id in new})
        if known := sorted(changed.keys() - set(new), key=BY_NUMBER):
            await self._replace({contact_id: changed[contact_id] for contact_id in known})
        await self._write_changes()
        return woken

    async def _write_changes(self) -> None:
        begun, self._begun = self._begun, {}
        ended, self._ended = self._ended, set()
        if begun:
            rows = [
                (change, contact_id, contact.person_id, contact.role, contact.said_at)
                for change, (contact_id, contact) in sorted(begun.items())
            ]
            await self._connection.execute(QUERIES["begin_address_changes"], *zip(*rows, strict=True))
        if ended:
            await self._connection.execute(QUERIES["replace_address_changes"], sorted(ended))

    async def _insert(self, contacts: Mapping[UUID, Contact]) -> Woken:
        records = [(contact_id, *contact[:-1], _work_row(contact.work)) for contact_id, contact in contacts.items()]
        try:
            await self._connection.copy_records_to_table(
                "contact", columns=("contact_id", *Contact._fields), records=records
            )
        except asyncpg.UniqueViolationError as error:
            raise asyncpg.SerializationError("a contact was written by two transactions at once") from error
        # Nothing waits for a contact that was known before.
        return await wake_waiting(self._connection, contacts)

    async def _replace(self, contacts: Mapping[UUID, Contact]) -> None:
        values = [
            (
                contact_id,
                (known := self._known[contact_id]).said_at,
                known.change_id,
                contact.name,
                contact.email,
                contact.language,
                contact.said_at,
                contact.former_email,
                contact.former_said_at,
                contact.change_id,
                contact.telephone,
                _work_row(contact.work),
            )
            for contact_id, contact in contacts.items()
        ]
        status = await self._connection.execute(QUERIES["change_contacts"], *zip(*values, strict=True))
        check_all_changed(status, len(contacts), "a contact")

    async def _retract(self, retracted: Mapping[UUID, datetime]) -> Woken:
        passing, self._passing = self._passing, {}
        rows = await self._connection.fetch(QUERIES["retract_contacts"], sorted(retracted))
        known = {contact_id: (contact.person_id, contact.role) for contact_id, contact in passing.items()}
        known |= {row["contact_id"]: (row["person_id"], row["role"]) for row in rows}
        if not known:
            return []
        gone = zip(*((who, retracted[contact_id], role) for contact_id, (who, role) in known.items()), strict=True)
        kinds = zip(*((kind.kind, kind.to, kind.introduces) for kind in KINDS.all), strict=True)
        named = (*gone, *kinds)
        found = await self._connection.fetch(QUERIES["retract_follow_ups"], *named)
        found += await self._connection.fetch(QUERIES["retract_series"], *named)
        return [(row["lane"], AT_ONCE) for row in found]


def _contact_from(row: asyncpg.Record) -> Contact:
    *values, work = row[1:]
    return Contact._make([*values, None if work is None else Work.model_validate_json(work)])


def _work_row(work: Work | None) -> str | None:
    return None if work is None else work.model_dump_json()


def contacts_of(kind: str, recipient_id: UUID, counterpart_id: UUID | None) -> tuple[UUID, ...]:
    """The contacts that sending a follow-up takes: the recipient's in the role that it is for, the counterpart's."""
    known = KINDS.by_name[kind]
    # Of who holds an office a setting says how they are reached, and no contact.
    recipient = recipient_id if known.to in OFFICES else contact_id_of(cast("ContactRole", known.to), recipient_id)
    if counterpart_id is None or known.introduces is None:
        return (recipient,)
    return recipient, contact_id_of(known.introduces, counterpart_id)
