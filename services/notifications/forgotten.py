"""Who asked to be forgotten: all that is there of theirs is emptied, and what comes late is known by its time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.erasures import Removed
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.erasures import asked_in, fetch_erasures, keep_erasures
from libraries.chassis.store import Connection
from services.notifications.contacts import Woken
from services.notifications.kinds import KINDS
from services.notifications.planned.rows import AT_ONCE, QUERIES

FORGOTTEN: Final = "contact-erased"
"""Why nothing more is sent to somebody, or about them."""

_REPEATING: Final = [kind.kind for kind in KINDS.all if kind.says == "withdrawn"]
"""Kinds about an application that repeat what its forms said, whose words may be older than what they tell."""

_NOBODY: Final = frozenset[UUID]()
_UNNAMED: Final = "no need named whether somebody is forgotten"

_LOCK: Final = 4_032_017
"""The number of this service's advisory lock. Who writes what names a person holds it shared, and an erasure alone: two
transactions that don't see each other's rows would else leave what one writes while the other forgets."""


async def lock_against_erasures(connection: Connection) -> None:
    """Waits for an erasure that is under way, and has the next one wait: until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", _LOCK)


class Forgotten:
    """The people of one transaction who asked to be forgotten, before it or in it.

    What is said of them is told by its time: what was said before they asked may be read after it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._named: frozenset[UUID] = frozenset()
        self._at: dict[UUID, datetime] = {}
        self._held: dict[UUID, int] = {}
        self._mails: dict[UUID, list[datetime]] = {}
        self._asked: dict[UUID, datetime] = {}

    async def load(self, events: Iterable[Event[EventData]], people: Collection[UUID]) -> frozenset[UUID]:
        """Fetches who of the people that these events name asked before; returns who asks in them."""
        asking = asked_in(events)
        self._named = frozenset(people) | asking.keys()
        if asking:
            await self._connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        elif self._named:
            await lock_against_erasures(self._connection)
        self._at = await fetch_erasures(self._connection, self._named)
        self._held, self._mails = {}, {}
        if asking:
            # After that: whatever stands before a request in its batch is handled as if it had come alone.
            self._held = await keep_erasures(self._connection, asking)
            for row in await self._connection.fetch(QUERIES["fetch_mails_of"], sorted(asking)):
                self._mails.setdefault(row["recipient_id"], []).append(row["caused_at"])
        return frozenset(asking)

    def covers(self, person_id: UUID, said_at: datetime) -> bool:
        """Whether a person asked to be forgotten when, or after, something was said of them.

        Raises LookupError where the need of a handler did not name them.
        """
        return self.has_asked(person_id) and said_at <= self._at[person_id]

    def has_asked(self, person_id: UUID) -> bool:
        """Whether a person ever asked to be forgotten; raises LookupError as `covers` does."""
        # Whom nobody asked for looks as if they had not asked: a mistake that no test of others would show.
        if person_id not in self._named:
            raise LookupError(_UNNAMED)
        return person_id in self._at

    def among(self, people: Iterable[UUID], said_at: datetime) -> frozenset[UUID]:
        """Those of some people whom `covers` has."""
        if not (people := frozenset(people)) <= self._named:
            raise LookupError(_UNNAMED)
        # Nearly always nobody has: then each person's id is not hashed once more.
        return frozenset(person_id for person_id in people if self.covers(person_id, said_at)) if self._at else _NOBODY

    def ask(self, person_id: UUID, at: datetime, *, contacts: int, planned: int) -> tuple[Removed, ...]:
        """Forgets a person from here on; returns what there was of theirs, with what this transaction had of it."""
        before = self._at.get(person_id)
        self._at[person_id] = max(at, self._at.get(person_id, at))
        self._asked[person_id] = max(at, self._asked.get(person_id, at))
        mails = self._mails.get(person_id, [])
        self._mails[person_id] = [caused_at for caused_at in mails if caused_at > at]
        counts = {
            "contact": contacts,
            # What an earlier request had counted is not theirs any more.
            "mail": sum(before is None or caused_at > before for caused_at in mails if caused_at <= at) + planned,
            "held-record": self._held.pop(person_id, 0),
        }
        return tuple(Removed(what=what, count=count) for what, count in counts.items() if count)

    async def save(self) -> Woken:
        """Empties all mail of those who asked, once all else is written, and says in which lanes some is cancelled."""
        asked, self._asked = self._asked, {}
        if not asked:
            return []
        people = sorted(asked)
        named = people, [asked[person_id] for person_id in people]
        await self._connection.execute(QUERIES["erase_address_changes"], *named)
        rows = await self._connection.fetch(QUERIES["erase_follow_ups"], *named, _REPEATING)
        rows += await self._connection.fetch(QUERIES["erase_series"], *named)
        return [(row["lane"], AT_ONCE) for row in rows if row["is_to_be_said"]]
