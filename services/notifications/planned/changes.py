"""What one transaction changes of what is planned, and how it is written: each row once, however often it changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from libraries.chassis.store import Connection
from services.notifications.planned.follow_ups import FollowUp, Planned, lane_of
from services.notifications.planned.rows import (
    insert_follow_ups,
    insert_series,
    move_series_on,
    renew,
    settle_follow_ups,
)
from services.notifications.planned.series import Series


class Changes:
    """Changes that are not written yet; what is new takes every later change before there is a row of it."""

    def __init__(self) -> None:
        self._planned: dict[UUID, Planned] = {}
        self._settled: dict[UUID, tuple[FollowUp, FollowUp]] = {}
        self._begun: dict[UUID, Series] = {}
        self._moved: dict[UUID, tuple[Series, Series]] = {}
        self._renewed: dict[UUID, Planned | Series] = {}

    @property
    def planned(self) -> Collection[Planned]:
        """The follow-ups that are new."""
        return self._planned.values()

    def plan(self, planned: Planned) -> None:
        """A new follow-up."""
        self._planned[planned.follow_up.id] = planned

    def begin(self, series: Series) -> None:
        """A new series."""
        self._begun[series.id] = series

    def settle(self, follow_up: FollowUp, *, before: FollowUp | None) -> None:
        """A follow-up that is never sent; `before` is how it was read, None where it is new."""
        if before is None:
            self._planned[follow_up.id] = self._planned[follow_up.id]._replace(follow_up=follow_up)
        else:
            self._settled[follow_up.id] = before, follow_up

    def renew(self, new: Planned | Series) -> None:
        """What an open follow-up, or what is to come of a series, says from now on."""
        if isinstance(new, Series):
            if new.id in self._begun:
                self._begun[new.id] = new
            else:
                self._renewed[new.id] = new
        elif new.follow_up.id in self._planned:
            self._planned[new.follow_up.id] = new
        else:
            self._renewed[new.follow_up.id] = new

    def move_on(self, series: Series, left: Series) -> None:
        """What is left of a series."""
        if series.id in self._begun:
            self._begun[series.id] = left
        else:
            # What is written is compared to what was read, however often it moved on in this transaction.
            before, _ = self._moved.get(series.id, (series, series))
            self._moved[series.id] = before, left

    async def write(self, connection: Connection) -> list[tuple[int, datetime]]:
        """Writes all, and says in which lanes something is due when because of it.

        Raises asyncpg.SerializationError where another transaction has planned or changed the same meanwhile.
        """
        if self._planned:
            await insert_follow_ups(connection, self._planned.values())
        if self._begun:
            await insert_series(connection, self._begun.values())
        # Before what was settled: that is known by the state in which it was read, which this leaves alone.
        if self._renewed:
            await renew(connection, self._renewed.values())
        if self._settled:
            await settle_follow_ups(connection, list(self._settled.values()))
        if self._moved:
            await move_series_on(connection, list(self._moved.values()))
        return self._due()

    def _due(self) -> list[tuple[int, datetime]]:
        due = [
            (lane_of(new.follow_up.key.recipient_id), new.due_at)
            for new in self._planned.values()
            if not new.follow_up.settled
        ]
        begun = self._begun.values()
        return due + [(lane_of(new.key.recipient_id), at) for new in begun if (at := new.next_due_at) is not None]
