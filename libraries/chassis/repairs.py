"""Repairs: what is to become of records that a service set aside, who looks at them, and what came of it.

The one author of both for people: the command line and the operators' page call these functions, each with a connection
in the schema of the service that it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from libraries.chassis.operations import NotThere, find_held
from libraries.chassis.store import Connection, named_queries

Decision: TypeAlias = Literal["replay", "discard", "replace"]
"""What may become of a record that is set aside: it is tried again, dropped for good, or another event is sent in its
place."""

Outcome: TypeAlias = Literal[
    "asked", "stopped", "committed", "dead-again", "waits", "discarded", "replaced", "undone", "gone"
]
"""What became of a decision: the service has still to look, it was stopped before it did, its effects are committed,
the record is dead again or waits for what it refers to, it was dropped or replaced, the drop was undone, or nothing of
it is kept any more."""

MOST_AT_ONCE: Final = 10_000
"""Records that one decision is about at most."""
MOST_GROUPS: Final = 500
CLAIMED_FOR: Final = timedelta(hours=4)
"""Who looks at something for longer says so again."""
_COMMON: Final = ("state", "reason", "topic", "type", "source")
_MOST_ABOUT_CHARACTERS: Final = 500

_QUERIES: Final = named_queries("libraries.chassis", "repairs.sql")


@dataclass(frozen=True, slots=True)
class Selection:
    """Undecided records: those with these ids, or all that have something in common; None for whatever it is.

    `before` is by when they were set aside, so that what comes later is in none, and `since` from when on. An empty
    type or source is that of a record which does not say it where it could be read without its content.
    """

    before: datetime
    ids: Sequence[UUID] | None = None
    state: str | None = None
    reason: str | None = None
    topic: str | None = None
    type: str | None = None
    source: str | None = None
    since: datetime | None = None

    @property
    def said(self) -> str:
        """The selection in one line, for whoever reads later what a repair was about."""
        if self.ids is not None:
            return ", ".join(map(str, self.ids))[:_MOST_ABOUT_CHARACTERS]
        known = {name: value for name in _COMMON if (value := getattr(self, name)) is not None}
        common = [f"{name} {value or '-'}" for name, value in known.items()]
        if self.since is not None:
            common.append(f"since {self.since:%Y-%m-%d %H:%M}")
        return (", ".join(common) or "all")[:_MOST_ABOUT_CHARACTERS]


class Claimed(NamedTuple):
    """How many records somebody looks at from now on, and how many others look at already."""

    records: int
    of_others: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A decision on records: what it is about in one line, who asked for it, when and why.

    `records` are how many it is about. It `is_running` for as long as the service has not come to all of them; one that
    was stopped says by whom and when, and can be resumed.
    """

    id: UUID
    decision: Decision
    about: str
    by: str
    why: str
    at: datetime
    records: int = 0
    is_running: bool = False
    stopped_by: str | None = None
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many records of a repair have had which outcome, and how many discards can still be undone."""

    counts: Mapping[Outcome, int] = field(default_factory=Counter)
    can_be_undone: int = 0

    @property
    def total(self) -> int:
        """All records of it."""
        return sum(self.counts.values())

    @property
    def to_come(self) -> int:
        """Those that the service has not come to."""
        return self.counts.get("asked", 0)


class RecordOutcome(NamedTuple):
    """What became of one record, the reason it has now, and whether its discard can still be undone."""

    id: UUID
    outcome: Outcome
    reason: str | None
    can_be_undone: bool


async def group_held(connection: Connection, now: datetime) -> list[asyncpg.Record]:
    """What waits for a decision, by state, reason, topic, type and source, the most first; at most 500 groups.

    Each says of how many `claimed` somebody looks at them now: `claimed_by` is one of so many `claimants`.
    """
    return await connection.fetch(_QUERIES["group_held"], MOST_GROUPS, now)


async def select_held(
    connection: Connection, wanted: Selection, decision: Decision | None = None, *, limit: int = MOST_AT_ONCE
) -> list[asyncpg.Record]:
    """The undecided records of a selection, the oldest first and without their content.

    Of a decision, only those that it can be about: what was emptied can't be tried again.
    """
    filters = wanted.state, wanted.reason, wanted.topic, wanted.type, wanted.source
    ids = None if wanted.ids is None else list(wanted.ids)
    moments = wanted.since, wanted.before
    return await connection.fetch(_QUERIES["select_held"], ids, *filters, *moments, decision == "replay", limit)


async def claim(
    connection: Connection, wanted: Selection, *, by: str, why: str, now: datetime, until: datetime
) -> Claimed:
    """Says that somebody looks at the records of a selection, until a moment; others who do go on doing so.

    It is told to everybody and holds nobody back: who claimed may be gone, and the records are not.
    """
    ids = [row["id"] for row in await select_held(connection, wanted)]
    claimed = await connection.fetch(_QUERIES["claim"], ids, by, why, now, until)
    return Claimed(len(claimed), len(ids) - len(claimed))


async def release_claims(connection: Connection, wanted: Selection) -> int:
    """Says that nobody looks at the records of a selection any more; returns of how many somebody did."""
    ids = [row["id"] for row in await select_held(connection, wanted)]
    return len(await connection.fetch(_QUERIES["release_claims"], ids))


async def begin_repair(
    connection: Connection, repair: Repair, identifiers: Sequence[UUID], *, replaced_by: str | None = None
) -> int:
    """Says what is to become of records; returns of how many it could still be said.

    The service does it at its next looks, in portions; `progress` tells how far it is. A record that is replaced is so
    by the event of the id `replaced_by`.
    """
    asked = repair.id, repair.decision, repair.about, repair.by, repair.why, repair.at
    return len(await connection.fetch(_QUERIES["begin_repair"], list(identifiers), *asked, replaced_by))


async def stop_repair(connection: Connection, repair_id: UUID, *, by: str, now: datetime) -> int:
    """Has a repair not go on: what the service has not come to is held as before; returns how many records are.

    Raises NotThere where there is no such repair.
    """
    await find_repair(connection, repair_id)
    return len(await connection.fetch(_QUERIES["stop_repair"], repair_id, by, now))


async def resume_repair(connection: Connection, repair_id: UUID, *, by: str) -> int:
    """Has a stopped repair go on with what is still undecided of it; returns with how many records.

    Raises NotThere where there is no such repair.
    """
    await find_repair(connection, repair_id)
    return len(await connection.fetch(_QUERIES["resume_repair"], repair_id, by))


async def list_repairs(connection: Connection, *, limit: int) -> list[Repair]:
    """The last repairs, the newest first."""
    return [Repair(**row) for row in await connection.fetch(_QUERIES["list_repairs"], None, limit)]


async def find_repair(connection: Connection, repair_id: UUID) -> Repair:
    """A repair by its id; raises NotThere."""
    row = await connection.fetchrow(_QUERIES["list_repairs"], repair_id, 1)
    if row is None:
        raise NotThere(f"there is no repair {repair_id}")
    return Repair(**row)


async def progress(connection: Connection, repair_id: UUID) -> Progress:
    """How far a repair is."""
    rows = await connection.fetch(_QUERIES["progress"], repair_id)
    return Progress({row["outcome"]: row["records"] for row in rows}, sum(row["can_be_undone"] for row in rows))


async def outcomes(connection: Connection, repair_id: UUID, *, limit: int = MOST_AT_ONCE) -> list[RecordOutcome]:
    """What became of the records of a repair, each as it stands now, what went well last."""
    return [RecordOutcome(*row) for row in await connection.fetch(_QUERIES["outcomes"], repair_id, limit)]


async def undo_discards(connection: Connection, repair_id: UUID) -> int:
    """Takes the discards of a repair back whose content is still kept; returns how many.

    The records are dead again, and hold nothing back.
    """
    return len(await connection.fetch(_QUERIES["undo_discards"], repair_id))


async def why_undecidable(connection: Connection, identifier: UUID) -> str:
    """Why nothing can be decided on a record that no selection has, for whoever named it."""
    row = await find_held(connection, identifier)
    if row is None:
        return f"{identifier} is no id of a record that was set aside"
    if row["requested"] is not None and row["resolved_at"] is None:
        return f"{identifier}: {row['requested_by']} has decided to {row['requested']} it, and the service comes to it"
    if row["state"] in ("dead", "waiting"):
        return f"{identifier} was emptied: it can be discarded, and not be tried again"
    return f"{identifier} is {row['state']}: only what is dead or waiting can be decided on"
