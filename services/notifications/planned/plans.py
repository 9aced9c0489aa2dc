"""What is planned about matters, in one transaction: read where a need names it, changed in memory, written once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection
from services.notifications.planned.changes import Changes
from services.notifications.planned.follow_ups import FollowUp, Planned
from services.notifications.planned.history import History, LastSaid
from services.notifications.planned.rows import (
    BY_NUMBER,
    QUERIES,
    follow_up_of,
    matter_ranges,
    planned_of,
    series_of,
)
from services.notifications.planned.series import Series
from services.notifications.roles import Role

_Of = TypeVar("_Of")
_OPEN: Final = ("scheduled", "sending")


class Plans:
    """Follow-ups and series by their matters.

    Nothing is locked when it is read: what another process has changed meanwhile is noticed when it is written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._matters: frozenset[UUID] = frozenset()
        self._matters_in_series: frozenset[UUID] = frozenset()
        self._matters_in_words: frozenset[UUID] = frozenset()
        self._known: set[UUID] = set()
        self._read: dict[UUID, FollowUp] = {}
        self._open: dict[UUID, dict[UUID, FollowUp]] = {}
        self._series: dict[UUID, dict[UUID, Series]] = {}
        self._changes = Changes()
        self._causes: dict[UUID, tuple[UUID | None, datetime]] = {}
        self._history = History()
        self._forgotten: set[UUID] = set()

    async def load(
        self, matters: Iterable[UUID], in_series: Iterable[UUID], in_words: Iterable[UUID] = frozenset()
    ) -> None:
        """Fetches all that was ever planned about matters, the series about some, and what was said about some.

        Three statements at most.
        """
        # Anew for each batch, also where one store serves several: what was read before may have been written since.
        self._matters_in_series, self._matters_in_words = frozenset(in_series), frozenset(in_words)
        self._matters = frozenset(matters) | self._matters_in_words
        self._known, self._read, self._open, self._series, self._causes = set(), {}, {}, {}, {}
        self._history = History()
        if silent := self._matters - self._matters_in_words:
            ranges = matter_ranges(silent)
            self._read_follow_ups(await self._connection.fetch(QUERIES["fetch_planned"], *ranges))
        if self._matters_in_words:
            ranges = matter_ranges(self._matters_in_words)
            rows = await self._connection.fetch(QUERIES["fetch_in_words"], *ranges)
            self._read_follow_ups(rows)
            for row in rows:
                self._history.note_words(planned_of(row))
        if self._matters_in_series:
            ranges = matter_ranges(self._matters_in_series)
            self._read_series(await self._connection.fetch(QUERIES["fetch_series"], *ranges))

    def open_of(self, matter_id: UUID) -> Collection[FollowUp]:
        """What is scheduled or being sent about a matter; a copy, which later changes leave alone."""
        self._check(matter_id, self._matters)
        return _in_order(self._open.get(matter_id, {}))

    def series_of(self, matter_id: UUID) -> Collection[Series]:
        """What is to come about a matter over the years; a copy."""
        self._check(matter_id, self._matters_in_series)
        return _in_order(self._series.get(matter_id, {}))

    def ever_about(self, matter_id: UUID) -> list[Planned]:
        """All that was ever planned about a matter, with what it said."""
        self._check(matter_id, self._matters_in_words)
        return self._history.in_words(matter_id)

    @property
    def known_ids(self) -> Collection[UUID]:
        """The ids of all follow-ups and series that were read or planned."""
        return self._known

    def last_said(self, matter_id: UUID, role: Role) -> LastSaid | None:
        """What those in a role were told last of a matter's states, or will be."""
        self._check(matter_id, self._matters)
        return self._history.last_said(matter_id, role)

    def plan(self, new: Planned | Series) -> bool:
        """Adds what a loaded matter calls for; False, and nothing is added, where it was planned before."""
        if isinstance(new, Series):
            self._check(new.key.matter_id, self._matters_in_series)
            return self._begin(new)
        self._check(new.follow_up.key.matter_id, self._matters)
        return self.add(new)

    def add(self, planned: Planned) -> bool:
        """Adds a follow-up, as `plan` does, where nothing was read of its matter: the sender's, of one that it holds.

        That it was there before is then only noticed when it is written.
        """
        follow_up = planned.follow_up
        if follow_up.id in self._known:
            return False
        self._known.add(follow_up.id)
        self._changes.plan(planned)
        self._causes[follow_up.id] = planned.counterpart_id, planned.caused_at
        self._open.setdefault(follow_up.key.matter_id, {})[follow_up.id] = follow_up
        self._history.note_words(planned)
        return True

    def begin(self, matter_id: UUID) -> None:
        """Says that the event at hand has made a matter, about which nothing can have been planned before."""
        self._matters |= {matter_id}

    def forget(self, person_id: UUID, at: datetime) -> int:
        """Leaves what was caused by then for a person, or introduces them, to the sender; counts this batch's own."""
        for matter_open in self._open.values():
            for follow_up in list(matter_open.values()):
                counterpart_id, caused_at = self._causes[follow_up.id]
                if caused_at <= at and person_id in (follow_up.key.recipient_id, counterpart_id):
                    del matter_open[follow_up.id]
        for series in self._series.values():
            for each in list(series.values()):
                if each.caused_at <= at and each.key.recipient_id == person_id:
                    del series[each.id]
        planned = {
            new.follow_up.id
            for new in self._changes.planned
            if new.follow_up.key.recipient_id == person_id and new.caused_at <= at
        }
        count = len(planned - self._forgotten)
        self._forgotten |= planned
        return count

    def settle(self, follow_up: FollowUp) -> None:
        """Keeps what a follow-up has become: it is never sent."""
        del self._open[follow_up.key.matter_id][follow_up.id]
        self._history.note(follow_up)
        self._changes.settle(follow_up, before=self._read.get(follow_up.id))

    def renew(self, new: Planned | Series) -> None:
        """Keeps what an open follow-up, or what is to come of a series, says from now on."""
        if isinstance(new, Series):
            self._series[new.key.matter_id][new.id] = new
        else:
            self._causes[new.follow_up.id] = new.counterpart_id, new.caused_at
            self._history.note_words(new)
        self._changes.renew(new)

    def move_on(self, series: Series, left: Series) -> None:
        """Keeps what is left of a series."""
        self._series[series.key.matter_id][series.id] = left
        self._changes.move_on(series, left)

    async def save(self) -> list[tuple[int, datetime]]:
        """Writes every change once, and says in which lanes something is due when because of it.

        Raises asyncpg.SerializationError where another transaction has planned or changed the same meanwhile: none
        of the events made here may be published, and the next attempt will find what the other wrote.
        """
        # Emptied first: a store may be saved once an event, and must not write the same twice.
        changes, self._changes = self._changes, Changes()
        return await changes.write(self._connection)

    def _begin(self, series: Series) -> bool:
        if series.id in self._known:
            return False
        self._known.add(series.id)
        self._changes.begin(series)
        self._series.setdefault(series.key.matter_id, {})[series.id] = series
        return True

    def _check(self, matter_id: UUID, loaded: Collection[UUID]) -> None:
        # What was not read looks as if nothing were planned: a mistake that no test on an empty table would show.
        if matter_id not in loaded:
            raise LookupError(f"no need named what is planned about {matter_id}")

    def _read_follow_ups(self, rows: Sequence[asyncpg.Record]) -> None:
        for row in rows:
            self._known.add(row["id"])
            self._history.note(follow_up := follow_up_of(row))
            # What is over is only known again, and what was settled is its sender's.
            if row["state"] in _OPEN and row["settled"] is None:
                self._read[row["id"]] = follow_up
                self._causes[row["id"]] = row["counterpart_id"], row["caused_at"]
                self._open.setdefault(row["matter_id"], {})[row["id"]] = follow_up

    def _read_series(self, rows: Sequence[asyncpg.Record]) -> None:
        for series in map(series_of, rows):
            self._known.add(series.id)
            if series.settled is None:
                self._series.setdefault(series.key.matter_id, {})[series.id] = series


def _in_order(found: Mapping[UUID, _Of]) -> tuple[_Of, ...]:
    # Of their ids, not that in which they were read: what ends together is told under ids that count from one to the
    # next, which must be the same however a service is built anew.
    return tuple(found[identifier] for identifier in sorted(found, key=BY_NUMBER))
