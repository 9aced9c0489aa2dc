"""Who asked to be forgotten: all that is there of theirs is emptied at once, and what comes late is known by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.erasures import ErasureRequested, Removed
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.erasures import fetch_erasures, keep_erasures
from libraries.chassis.store import Connection
from services.notifications.contacts import Woken
from services.notifications.planned.rows import AT_ONCE, QUERIES

FORGOTTEN: Final = "contact-erased"
"""Why nothing more is sent to somebody, or about them."""

_LOCK: Final = 4_032_017
"""The number of this service's advisory lock. Who writes what names a person holds it shared, and an erasure alone: two
transactions that don't see each other's rows would else leave what one writes while the other forgets."""


async def lock_against_erasures(connection: Connection) -> None:
    """Waits for an erasure that is under way, and has the next one wait: until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", _LOCK)


class Forgotten:
    """The people of one transaction who asked to be forgotten, and what was removed of those who ask in it.

    What a batch holds of erasures is carried out before any of its events is handled: in which order the others come
    then makes no difference, for all that was said before is told by its time.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: frozenset[UUID] = frozenset()
        self._at: Mapping[UUID, datetime] = {}
        self._removed: dict[UUID, tuple[Removed, ...]] = {}
        self.woken: Woken = []
        """In which lanes mail is to be cancelled because of it."""

    async def load(self, events: Iterable[Event[EventData]], people: Collection[UUID]) -> None:
        """Forgets who asks to be, and fetches who of the people that these events name asked before."""
        asking: dict[UUID, datetime] = {}
        for event in events:
            if isinstance(event.data, ErasureRequested):
                who = event.data.person_id
                asking[who] = max(event.time, asking.get(who, event.time))
        self._asked = frozenset(people) | asking.keys()
        self._removed, self.woken = {}, []
        if asking:
            await self._forget(asking)
        elif self._asked:
            await lock_against_erasures(self._connection)
        self._at = await fetch_erasures(self._connection, self._asked)

    def covers(self, person_id: UUID, said_at: datetime) -> bool:
        """Whether a person asked to be forgotten when, or after, something was said of them.

        Raises LookupError where the need of a handler did not name them.
        """
        # Whom nobody asked for looks as if they had not asked: a mistake that no test of others would show.
        if person_id not in self._asked:
            raise LookupError(f"no need named whether {person_id} is forgotten")
        at = self._at.get(person_id)
        return at is not None and said_at <= at

    def among(self, people: Iterable[UUID], said_at: datetime) -> frozenset[UUID]:
        """Those of some people whom `covers` has."""
        return frozenset(person_id for person_id in people if self.covers(person_id, said_at))

    def removed(self, person_id: UUID) -> tuple[Removed, ...]:
        """What was removed of a person who asks in this transaction; told once, to the first who asks for them."""
        return self._removed.pop(person_id, ())

    async def _forget(self, asking: Mapping[UUID, datetime]) -> None:
        await self._connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        held = await keep_erasures(self._connection, asking)
        people = sorted(asking)
        asked = people, [asking[person_id] for person_id in people]
        counts = {person_id: {"contact": 0, "mail": 0, "held-record": held.get(person_id, 0)} for person_id in people}
        for row in await self._connection.fetch(QUERIES["erase_contacts"], *asked):
            counts[row["person_id"]]["contact"] += 1
        await self._connection.execute(QUERIES["erase_former_addresses"], *asked)
        await self._connection.execute(QUERIES["erase_address_changes"], *asked)
        for query in ("erase_follow_ups", "erase_series"):
            for row in await self._connection.fetch(QUERIES[query], *asked):
                for person_id in row["people"]:
                    counts[person_id]["mail"] += 1
                if row["is_to_be_said"]:
                    self.woken.append((row["lane"], AT_ONCE))
        for person_id, count in counts.items():
            self._removed[person_id] = tuple(
                Removed(what=what, count=number) for what, number in count.items() if number
            )
