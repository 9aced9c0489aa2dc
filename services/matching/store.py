"""Matching's state in PostgreSQL: the pool as its single writer last left it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.erasures import asked_in, keep_erasures
from libraries.chassis.store import NO_DEADLINES, Connection, Named, named_queries
from libraries.chassis.unit_of_work import UnitOfWork
from services.matching.pool.deadlines import REVIEW_AND_EMBARGO, next_deadline
from services.matching.pool.people import People
from services.matching.pool.pool import Pool
from services.matching.rows import (
    ASSIGNMENT as ASSIGNMENT_COLUMNS,
)
from services.matching.rows import (
    CANDIDATE,
    NEED,
    assignment_change,
    assignment_row,
    candidate_from,
    candidate_row,
    columns,
    need_from,
    need_row,
)
from services.matching.settings.rules import RULES, Rules
from services.matching.states.assignments import Assignment
from services.matching.states.changes import Changes, Rows
from services.matching.states.officers import Deputy, Officer
from services.matching.states.statements import ContestVerdict
from services.matching.states.vocabularies import SaidVocabulary

_QUERIES: Final = named_queries("services.matching")
_Row = tuple[Any, ...]


APPLICATION: Final = "application"
ASSIGNMENT: Final = "assignment"


class MatchingStore:
    """The pool, which stays in memory from one transaction to the next, and what is known beyond it.

    Of what the pool does not hold, events may refer to ended assignments, which `load` brings into it until
    `save`, and to applications that have left.
    """

    def __init__(self, connection: Connection, *, rules: Rules = RULES, heads: AbstractSet[UUID] = frozenset()) -> None:
        self.state = Pool(rules, People(heads))
        self._rules = rules
        self._heads = heads
        self._connection = connection
        # All of this transaction alone: what is not in the pool may be many times as much, and is seldom asked for.
        self._former: set[UUID] = set()
        self._recalled: set[UUID] = set()
        self._emptied: dict[UUID, int] = {}

    @property
    def pool(self) -> Pool:
        """The state, by its name in matching."""
        return self.state

    async def read_state(self) -> Pool:
        """The whole pool as it was last left, under the rules that hold now; it has still to be settled."""
        people = People(
            self._heads,
            officers=[Officer(*row) for row in await self._fetch("fetch_officers")],
            deputies=[Deputy(*row) for row in await self._fetch("fetch_deputies")],
            erased=[tuple(row) for row in await self._fetch("fetch_erased")],
        )
        verdicts = [ContestVerdict(*row) for row in await self._fetch("fetch_verdicts")]
        settlements = await self._connection.fetchval(_QUERIES["fetch_settlements"])
        pool = Pool.restored(self._rules, people, verdicts=verdicts, settlements=settlements, **await self._weighed())
        pool.said = {row["name"]: SaidVocabulary(*row) for row in await self._fetch("fetch_said")}
        return pool

    async def read_weighing(self) -> Pool:
        """What weighs projects against needs, and nothing of who decides: for whoever may read no more than that."""
        return Pool.restored(self._rules, People(), **await self._weighed())

    async def _weighed(self) -> dict[str, Any]:
        assignments = [Assignment(*row) for row in await self._fetch("fetch_live")]
        fixed = Counter(it.need_id for it in assignments if it.is_fixed)
        needs = await self._fetch("fetch_needs")
        return {
            "needs": [need_from(row, self._rules, fixed=fixed[row["need_id"]]) for row in needs],
            "candidates": [candidate_from(row) for row in await self._fetch("fetch_candidates")],
            "assignments": assignments,
            "forbidden": [tuple(row) for row in await self._fetch("fetch_forbidden")],
            "recused": [tuple(row) for row in await self._fetch("fetch_recusals")],
        }

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Looks up what these events name and the pool does not hold: at most two statements, mostly none."""
        pool = self.pool
        # Of applications mostly none: an event about one that takes part needs no statement.
        left = [application for application in named[APPLICATION] if not self.has_come(application)]
        self._former.update(row[0] for row in await self._fetch_of("fetch_former", left))
        over = [assignment for assignment in named[ASSIGNMENT] if assignment not in pool.assignments]
        ended = [Assignment(*row) for row in await self._fetch_of("fetch_ended", over)]
        self._recalled.update(assignment.assignment_id for assignment in ended)
        pool.recall(ended)
        await self._keep_erasures(events)

    def has_come(self, application_id: UUID) -> bool:
        """Whether an application that a loaded event names has come, also where it has left since."""
        pool = self.pool
        return (
            application_id in pool.candidates or application_id in pool.changes.left or application_id in self._former
        )

    def records_emptied(self, person_id: UUID) -> int:
        """How many held records named a person who asks to be forgotten, and were emptied; told once."""
        return self._emptied.pop(person_id, 0)

    async def save(self) -> None:
        """Writes what was changed of the pool: a COPY for what is new in a table and an UPDATE for the rest of it."""
        pool = self.pool
        # Taken before the first statement: where one fails, the chassis reads the whole pool anew.
        changes, pool.changes = pool.changes, Changes()
        await self._save_assignments(changes.assignments)
        needs, candidates = pool.needs, pool.candidates
        await self._copy("need", NEED, [need_row(needs[it]) for it in changes.needs.inserted])
        await self._write("update_needs", [need_row(needs[it]) for it in changes.needs.updated])
        await self._copy("candidate", CANDIDATE, [candidate_row(candidates[it]) for it in changes.candidates.inserted])
        await self._write("update_candidates", [candidate_row(candidates[it]) for it in changes.candidates.updated])
        await self._remove("remove_candidates", changes.candidates.deleted)
        await self._remove("remember_former", changes.left)
        await self._save_words(changes)
        await self._save_people()

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """When the next of what is done by the clock is due."""
        # Of the whole pool and not of what changed: new rules, or a need that was closed, may take the nearest away.
        following = next_deadline(self.pool)
        return NO_DEADLINES if following is None else {(REVIEW_AND_EMBARGO, 0): following}

    async def _save_assignments(self, rows: Rows) -> None:
        assignments = self.pool.assignments
        if rows.updated:
            changed = columns(assignment_change(assignments[it]) for it in rows.updated)
            await self._connection.execute(_QUERIES["update_assignments"], *changed)
        await self._copy("assignment", ASSIGNMENT_COLUMNS, [assignment_row(assignments[it]) for it in rows.inserted])
        # Ended ones leave the memory once they are written; who decides on one later has it loaded again.
        written = (assignments[it] for it in (*rows.updated, *rows.inserted))
        self.pool.forget(self._recalled.union(it.assignment_id for it in written if not it.is_live))
        self._recalled.clear()

    async def _keep_erasures(self, events: Sequence[Event[EventData]]) -> None:
        """Remembers who asks to be forgotten: before the handlers, which say what was removed."""
        self._emptied = await keep_erasures(self._connection, asked_in(events))

    async def _save_people(self) -> None:
        officers, deputies = self.pool.people.take_changes()
        await self._write("save_officers", officers)
        await self._write("save_deputies", [deputy for deputy in deputies.values() if deputy is not None])
        await self._remove("end_deputies", [owner_id for owner_id, deputy in deputies.items() if deputy is None])

    async def _save_words(self, changes: Changes) -> None:
        """Writes what people have said, and what was said of vocabularies, which is little."""
        forbidden, verdicts = changes.forbidden.items(), changes.verdicts.items()
        await self._write("forbid", [it for _, it in forbidden if it is not None])
        await self._write("allow", [pair for pair, it in forbidden if it is None])
        await self._write("save_recusals", changes.recusals)
        await self._write("save_verdicts", [it for _, it in verdicts if it is not None])
        await self._remove("drop_verdicts", [application_id for application_id, it in verdicts if it is None])
        await self._write("save_said", [self.pool.said[name] for name in changes.said])
        if changes.settled:
            await self._connection.execute(_QUERIES["count_settlement"], self.pool.settlements)

    async def _fetch(self, query: str) -> list[Any]:
        return await self._connection.fetch(_QUERIES[query])

    async def _fetch_of(self, query: str, identifiers: Collection[UUID]) -> list[Any]:
        return await self._connection.fetch(_QUERIES[query], list(identifiers)) if identifiers else []

    async def _copy(self, table: str, names: Sequence[str], rows: Sequence[_Row]) -> None:
        if rows:
            await self._connection.copy_records_to_table(table, columns=list(names), records=rows)

    async def _write(self, query: str, rows: Sequence[_Row]) -> None:
        if rows:
            await self._connection.execute(_QUERIES[query], *columns(rows))

    async def _remove(self, query: str, identifiers: Collection[UUID]) -> None:
        if identifiers:
            await self._connection.execute(_QUERIES[query], list(identifiers))


Unit: TypeAlias = UnitOfWork[MatchingStore]
"""What each handler and each flow gets: the pool, the clock, the ids, and where to publish."""
