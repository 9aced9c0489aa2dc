"""The state of one transaction: what is planned and settled by events, and the contact register."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from contracts.contacts import ContactPublished
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.store import Connection, Named
from services.notifications.dispatch import Dispatch
from services.notifications.follow_ups import MAIL, FollowUp, Planned, lane_of
from services.notifications.kinds import KINDS
from services.notifications.planning import matters_of
from services.notifications.register import ContactRegister
from services.notifications.rows import (
    BY_NUMBER,
    QUERIES,
    check_all_changed,
    follow_up_of,
    insert_follow_ups,
    insert_series,
    matter_ranges,
    move_series_on,
    series_of,
)
from services.notifications.series import Series

_OPEN = ("scheduled", "sending")


class NotificationStore:
    """What handlers of a batch of events read and change, in a fixed number of statements; `dispatch` is the sender's.

    Nothing is locked when it is read: what another process has changed meanwhile is noticed when it is written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dispatch = Dispatch(connection)
        self._register = ContactRegister(connection)
        self._known: set[UUID] = set()
        self._read: dict[UUID, FollowUp] = {}
        self._open: dict[UUID, dict[UUID, FollowUp]] = {}
        self._series: dict[UUID, dict[UUID, Series]] = {}
        self._planned: dict[UUID, Planned] = {}
        self._settled: dict[UUID, FollowUp] = {}
        self._begun: dict[UUID, Series] = {}
        self._moved: dict[UUID, tuple[Series, Series]] = {}
        self._recusals: set[tuple[UUID, UUID]] = set()
        self._deadlines: dict[tuple[str, int], datetime] = {}

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Fetches all that was planned about the matters of these events, and their people's contacts."""
        self._known, self._read, self._open, self._series = set(), {}, {}, {}
        if matters := _matters(events, _CONCERNED):
            self._read_follow_ups(await self._connection.fetch(QUERIES["fetch_planned"], *matter_ranges(matters)))
        if matters := _matters(events, _IN_SERIES):
            self._read_series(await self._connection.fetch(QUERIES["fetch_series"], *matter_ranges(matters)))
        contacts: Sequence[Any] = [event.data for event in events if type(event.data) is ContactPublished]
        await self._register.load({contact.person_id for contact in contacts})

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """After `save`: when the lanes of the sender have something to do because of it."""
        return self._deadlines

    def open_of(self, matter_id: UUID) -> Collection[FollowUp]:
        """What is scheduled or being sent about a matter; a copy, which later changes leave alone."""
        return tuple(self._open.get(matter_id, {}).values())

    def series_of(self, matter_id: UUID) -> Collection[Series]:
        """What is to come about a matter over the years; a copy."""
        return tuple(self._series.get(matter_id, {}).values())

    def plan(self, new: Planned | Series) -> bool:
        """Adds a follow-up or a series; False, and nothing is added, where it was planned before."""
        identified = new if isinstance(new, Series) else new.follow_up
        identifier, matter_id = identified.id, identified.key.matter_id
        if identifier in self._known:
            return False
        self._known.add(identifier)
        if isinstance(new, Series):
            self._begun[identifier] = new
            self._series.setdefault(matter_id, {})[identifier] = new
        else:
            self._planned[identifier] = new
            self._open.setdefault(matter_id, {})[identifier] = new.follow_up
        return True

    def settle(self, follow_up: FollowUp) -> None:
        """Keeps what a follow-up has become: it is never sent."""
        del self._open[follow_up.key.matter_id][follow_up.id]
        if (planned := self._planned.get(follow_up.id)) is not None:
            self._planned[follow_up.id] = planned._replace(follow_up=follow_up)
        else:
            self._settled[follow_up.id] = follow_up

    def move_on(self, series: Series, left: Series) -> None:
        """Keeps what is left of a series."""
        identifier = series.id
        self._series[series.key.matter_id][identifier] = left
        if identifier in self._begun:
            self._begun[identifier] = left
        else:
            before, _ = self._moved.get(identifier, (series, series))
            self._moved[identifier] = before, left

    def keep_contact(self, contact: ContactPublished) -> None:
        """Replaces what is known of a person, unless it is newer."""
        self._register.keep(contact)

    def keep_recusal(self, person_id: UUID, application_id: UUID) -> None:
        """Keeps that nothing about an application is to be sent to a person."""
        self._recusals.add((person_id, application_id))

    def erase_contact(self, person_id: UUID) -> None:
        """Forgets a person; what is scheduled for them, or introduces them, will be cancelled."""
        self._register.erase(person_id)

    async def save(self) -> None:
        """Writes every change once.

        Raises asyncpg.SerializationError where another transaction has planned or changed the same meanwhile: none
        of the events made here may be published, and the next attempt will find what the other wrote.
        """
        planned, self._planned = self._planned, {}
        begun, self._begun = self._begun, {}
        moved, self._moved = self._moved, {}
        if planned:
            await insert_follow_ups(self._connection, planned.values())
        if begun:
            await insert_series(self._connection, begun.values())
        if self._settled:
            await self._write_settled()
        if moved:
            await move_series_on(self._connection, list(moved.values()))
        if self._recusals:
            recusals, self._recusals = sorted(self._recusals), set()
            await self._connection.execute(QUERIES["keep_recusals"], *zip(*recusals, strict=True))
        woken = await self._register.save()
        self._note_deadlines(planned.values(), begun.values(), woken)

    async def _write_settled(self) -> None:
        settled, self._settled = self._settled, {}
        # In the order of their ids, as everywhere, so that no two transactions wait for each other.
        changes = [
            (key, self._read[key].state, (after := settled[key]).attempts, after.state, after.settled)
            for key in sorted(settled, key=BY_NUMBER)
        ]
        status = await self._connection.execute(QUERIES["settle"], *zip(*changes, strict=True))
        check_all_changed(status, len(changes), "a follow-up")

    def _note_deadlines(
        self, planned: Collection[Planned], begun: Collection[Series], woken: Sequence[tuple[int, datetime]]
    ) -> None:
        due = [(lane_of(new.follow_up.key.recipient_id), new.due_at) for new in planned if not new.follow_up.settled]
        due += [(lane_of(new.key.recipient_id), at) for new in begun if (at := new.next_due_at) is not None]
        for lane, at in (*due, *woken):
            known = self._deadlines.get((MAIL, lane))
            self._deadlines[MAIL, lane] = at if known is None else min(known, at)

    def _read_follow_ups(self, rows: Sequence[asyncpg.Record]) -> None:
        for row in rows:
            self._known.add(row["id"])
            if row["state"] in _OPEN and row["settled"] is None:
                follow_up = self._read[row["id"]] = follow_up_of(row)
                self._open.setdefault(row["matter_id"], {})[row["id"]] = follow_up

    def _read_series(self, rows: Sequence[asyncpg.Record]) -> None:
        for series in map(series_of, rows):
            self._known.add(series.id)
            if series.settled is None:
                self._series.setdefault(series.key.matter_id, {})[series.id] = series


def _matters(events: Sequence[Event[EventData]], of: Collection[type[EventData]]) -> set[UUID]:
    """What those events are about that are of certain types."""
    return {matter for event in events if type(event.data) in of for matter in matters_of(event.data)}


_CONCERNED: Final = frozenset(event for event, kinds in KINDS.planned_by.items() if kinds or KINDS.settled_by[event])
_IN_SERIES: Final = frozenset(
    event for event in _CONCERNED if KINDS.series_by[event] or not KINDS.in_series.isdisjoint(KINDS.settled_by[event])
)
"""The events by which a series may be planned, or be settled in part."""
