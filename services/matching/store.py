"""Matching's state in PostgreSQL: the line of changes, and the pool as its owner last left it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from contracts.applications import ApplicationAmended, ApplicationRegistered
from contracts.assignments import AssignmentDecided, PlacementDecided
from contracts.contest import ContestDecided
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from services.chassis.store import Connection, named_queries
from services.matching.changes import Changes
from services.matching.pool import Pool
from services.matching.register import Assignment, ContestVerdict
from services.matching.rows import (
    CHANGE_COLUMNS,
    assignment_row,
    candidate_from,
    candidate_row,
    change_row,
    columns,
    event_from,
    need_from,
    need_row,
)
from services.matching.rules import RULES, Rules

_QUERIES: Final = named_queries("services.matching")
_MAKING_KNOWN: Final = (NeedDeclared, ApplicationRegistered, ApplicationAmended)


def references_of(data: EventData) -> list[tuple[str, UUID]]:
    """The needs, applications and assignments that an event refers to, and which must have come before it."""
    if isinstance(data, NeedRevised | NeedClosed):
        return [("need", data.need_id)]
    if isinstance(data, AssignmentDecided):
        return [("assignment", data.assignment_id)]
    if isinstance(data, ContestDecided):
        return [("application", data.application_id)]
    if isinstance(data, PlacementDecided):
        return [("need", data.need_id), ("application", data.application_id)]
    return []


class OwnerLost(RuntimeError):
    """Somebody else has decided upon changes meanwhile: the pool in memory is not the pool any more."""


class MatchingStore:
    """What one transaction sees: which things are known, the line, and, for the owner, the pool.

    Lanes put events in line: `load`, `append`, `save`. The owner takes them from there: it gives the store the
    pool that it keeps in memory, and `save` writes what was changed of it.
    """

    def __init__(self, connection: Connection, *, rules: Rules = RULES) -> None:
        self.pool = Pool(rules)
        self._connection = connection
        self._known: set[UUID] = set()
        self._appended: list[Event[EventData]] = []
        self._recalled: set[UUID] = set()

    # The lanes' side.

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Finds out which of the things that these events refer to are known."""
        named = {identifier for event in events for _, identifier in references_of(event.data)}
        types = [it.event_type for it in _MAKING_KNOWN]
        if named:
            rows = await self._connection.fetch(_QUERIES["fetch_known"], list(named), types)
            self._known = {row[0] for row in rows}

    def is_known(self, identifier: UUID) -> bool:
        """Whether a thing that one of the loaded events refers to has come."""
        return identifier in self._known

    def append(self, event: Event[EventData]) -> None:
        """Puts an event in line, behind all that are there."""
        self._appended.append(event)
        if isinstance(event.data, _MAKING_KNOWN):
            self._known.add(event.data.aggregate_id)

    async def save(self) -> None:
        """Writes what was put in line and what was changed of the pool; each once."""
        if self._appended:
            appended, self._appended = self._appended, []
            first = await self._connection.fetchval(_QUERIES["take_numbers"], len(appended)) + 1
            rows = [change_row(number, event) for number, event in enumerate(appended, first)]
            await self._connection.copy_records_to_table("change", columns=list(CHANGE_COLUMNS), records=rows)
        changes, self.pool.changes = self.pool.changes, Changes()
        await self._save_pool(changes)

    # The owner's side.

    async def decided(self) -> int:
        """The number of the last change that was decided upon."""
        number: int = await self._connection.fetchval(_QUERIES["fetch_line"])
        return number

    async def undecided(self) -> int:
        """How many changes are in line."""
        decided, appended = await self._connection.fetchrow(_QUERIES["fetch_line"]) or (0, 0)
        return int(appended - decided)

    async def next_changes(self, after: int, most: int) -> list[tuple[int, Event[EventData]]]:
        """The next changes in line with their numbers."""
        rows = await self._connection.fetch(_QUERIES["fetch_changes"], after, most)
        return [(row["number"], event_from(row)) for row in rows]

    async def settle_changes(self, before: int, to: int) -> None:
        """Takes changes out of the line; raises OwnerLost where the last one decided upon is not `before`."""
        if await self._connection.execute(_QUERIES["settle_changes"], before, to) != "UPDATE 1":
            raise OwnerLost(f"change {before} is not the last one that was decided upon")

    async def read_pool(self, rules: Rules) -> Pool:
        """The whole pool as its owner last left it."""
        return Pool.restored(
            rules,
            needs=[need_from(row, rules) for row in await self._fetch("fetch_needs")],
            candidates=[candidate_from(row) for row in await self._fetch("fetch_candidates")],
            assignments=[Assignment(*row) for row in await self._fetch("fetch_live")],
            forbidden=[tuple(row) for row in await self._fetch("fetch_forbidden")],
            recused=[tuple(row) for row in await self._fetch("fetch_recusals")],
            verdicts=[ContestVerdict(*row) for row in await self._fetch("fetch_verdicts")],
        )

    async def recall_ended(self, events: Iterable[Event[EventData]]) -> None:
        """Fetches the assignments that decisions name and that hold nothing any more."""
        named = {it.data.assignment_id for it in events if isinstance(it.data, AssignmentDecided)}
        if missing := named - self.pool.assignments.keys():
            rows = await self._connection.fetch(_QUERIES["fetch_assignments"], list(missing))
            self.pool.recall(Assignment(*row) for row in rows)
            self._recalled = missing

    async def _fetch(self, query: str) -> list[Any]:
        return await self._connection.fetch(_QUERIES[query])

    async def _save_pool(self, changes: Changes) -> None:
        pool = self.pool
        await self._write("save_needs", [need_row(pool.needs[it]) for it in changes.needs])
        assignments = [pool.assignments[it] for it in changes.assignments]
        # An application's live assignment is one: what ends goes before what begins.
        await self._write("save_assignments", [assignment_row(it) for it in assignments if not it.is_live])
        await self._write("save_assignments", [assignment_row(it) for it in assignments if it.is_live])
        await self._write("save_candidates", [candidate_row(it) for it in changes.candidates.values()])
        if changes.removed:
            await self._connection.execute(_QUERIES["remove_candidates"], list(changes.removed))
        forbidden = list(changes.forbidden.items())
        await self._write("forbid", [it for _, it in forbidden if it is not None])
        await self._write("allow", [pair for pair, it in forbidden if it is None])
        await self._write("save_recusals", changes.recusals)
        await self._write("save_verdicts", [it for it in changes.verdicts.values() if it is not None])
        if dropped := [application_id for application_id, it in changes.verdicts.items() if it is None]:
            await self._connection.execute(_QUERIES["drop_verdicts"], dropped)
        pool.forget(self._recalled.union(it.assignment_id for it in assignments if not it.is_live))

    async def _write(self, query: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self._connection.execute(_QUERIES[query], *columns(rows))
