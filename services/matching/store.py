"""Matching's state in PostgreSQL: one pool, fetched under its lock and written in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from contracts.event import Event
from contracts.message import EventData
from contracts.needs import Need as PublicNeed
from services.chassis.store import Connection, named_queries
from services.matching.changes import Changes
from services.matching.need_cache import NeedCache
from services.matching.pool import Pool
from services.matching.register import Assignment, Candidate, Need, need_document
from services.matching.rows import (
    ASSIGNMENT_COLUMNS,
    CANDIDATE_COLUMNS,
    DECLINED_COLUMNS,
    assignment_from,
    assignment_row,
    candidate_from,
    candidate_row,
    columns,
    flat_candidate_row,
    need_from,
    need_row,
)
from services.matching.rules import RULES, Rules
from services.matching.subjects import Subjects

_QUERIES = named_queries("services.matching")
_CACHE = NeedCache()
_BEFORE_ALL = UUID(int=0)


class MatchingStore:
    """The pool of one transaction; `load` waits until no other transaction has it."""

    def __init__(self, connection: Connection, *, rules: Rules = RULES) -> None:
        self.pool = Pool(rules)
        self._connection = connection
        self._rules = rules
        self._known_candidates: set[UUID] = set()
        self._known_assignments: set[UUID] = set()

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches needs with free places, what the events name, and those that may take places they free.

        Of the latter at most the rules' `waiting_bound`, in the order of their ids, and as many more for the
        need that an earlier transaction could not offer to all: the one nearest to its end, so that each ends.
        """
        await self._connection.execute(_QUERIES["lock_pool"])
        subjects = Subjects.of(events)
        assignments = await self._fetch_assignments(subjects)
        needs = await self._fetch_needs(subjects.needs | {assignment.need_id for assignment in assignments})
        pool = self.pool = _pool_of(needs, self._rules)
        candidates = await self._fetch_candidates(
            subjects.applications | {assignment.application_id for assignment in assignments}
        )
        candidates += await self._fetch_waiting(pool, subjects, assignments)
        self._known_assignments = {assignment.assignment_id for assignment in assignments}
        self._known_candidates = {candidate.application_id for candidate in candidates}
        pool.recall_assignments(assignments)
        pool.recall_candidates(candidates)
        declined = await self._fetch("fetch_declined", self._known_candidates | subjects.applications)
        pool.recall_declined((row["application_id"], row["need_id"]) for row in declined)

    async def save(self) -> None:
        """Writes each change once. What frees a unique key or a place goes before what takes it."""
        pool, changes = self.pool, self.pool.changes
        pool.changes = Changes()
        await self._save_needs(pool, changes)
        await self._save_assignments(pool, changes)
        await self._save_candidates(pool, changes)
        if changes.declined:
            await self._copy("declined", DECLINED_COLUMNS, changes.declined)

    async def _fetch_assignments(self, subjects: Subjects) -> list[Assignment]:
        if not (subjects.assignments or subjects.applications or subjects.needs):
            return []
        rows = await self._connection.fetch(
            _QUERIES["fetch_assignments"],
            list(subjects.assignments),
            list(subjects.applications),
            list(subjects.needs),
        )
        return [assignment_from(row) for row in rows]

    async def _fetch_needs(self, named: set[UUID]) -> list[Need]:
        rows = await self._connection.fetch(_QUERIES["fetch_needs"], list(named))
        documents = {row["revision"]: document for row in rows if (document := _CACHE.get(row["revision"]))}
        unread = [row["need_id"] for row in rows if row["revision"] not in documents]
        for row in await self._fetch("fetch_documents", unread):
            content = PublicNeed.model_validate_json(row["document"])
            documents[row["revision"]] = need_document(row["revision"], content, self._rules)
            _CACHE.keep(documents[row["revision"]])
        return [need_from(row, documents[row["revision"]]) for row in rows]

    async def _fetch_candidates(self, named: set[UUID]) -> list[Candidate]:
        return [candidate_from(row) for row in await self._fetch("fetch_candidates", named)]

    async def _fetch_waiting(
        self, pool: Pool, subjects: Subjects, assignments: Iterable[Assignment]
    ) -> list[Candidate]:
        to_offer, themes, publics = subjects.codes_to_offer(pool.needs.values(), assignments)
        found, horizon = await self._sweep(_BEFORE_ALL, themes, publics)
        pool.horizon.update(dict.fromkeys(to_offer, horizon))
        unfinished = [
            (need.swept_to, need)
            for need in pool.needs.values()
            if need.swept_to is not None and need.need_id not in to_offer
        ]
        if unfinished:
            after, need = max(unfinished, key=lambda pair: pair[0])
            profile = need.document.profile
            more, horizon = await self._sweep(after, profile.themes, profile.publics)
            found += more
            pool.horizon[need.need_id] = horizon
            pool.needs_to_offer[need.need_id] = None
        return found

    async def _sweep(
        self, after: UUID, themes: Iterable[str], publics: Iterable[str]
    ) -> tuple[list[Candidate], UUID | None]:
        """The next of those that wait and share a code, and the last of their ids where there may be more."""
        if not (codes := list(themes)):
            return [], None
        bound = self._rules.waiting_bound
        rows = await self._connection.fetch(_QUERIES["fetch_waiting"], after, codes, list(publics), bound)
        found = [candidate_from(row) for row in rows]
        return found, found[-1].application_id if len(found) == bound else None

    async def _fetch(self, query: str, named: Iterable[UUID]) -> list[asyncpg.Record]:
        if not (identifiers := list(named)):
            return []
        return await self._connection.fetch(_QUERIES[query], identifiers)

    async def _save_needs(self, pool: Pool, changes: Changes) -> None:
        await self._write("save_needs", [need_row(pool.needs[need_id]) for need_id in changes.documents])
        changed = [pool.needs[need_id] for need_id in changes.places if need_id not in changes.documents]
        await self._write(
            "save_places", [(need.need_id, need.proposed, need.confirmed, need.swept_to) for need in changed]
        )

    async def _save_assignments(self, pool: Pool, changes: Changes) -> None:
        changed = [pool.assignments[assignment_id] for assignment_id in changes.assignments]
        known = self._known_assignments
        moved = [it for it in changed if it.assignment_id in known]
        await self._write(
            "save_assignments", [(it.assignment_id, it.state, it.version, it.actor, it.reason) for it in moved]
        )
        new = [assignment_row(it) for it in changed if it.assignment_id not in known]
        await self._copy("assignment", ASSIGNMENT_COLUMNS, new)
        known.update(changes.assignments)

    async def _save_candidates(self, pool: Pool, changes: Changes) -> None:
        known = self._known_candidates
        if removed := known.intersection(changes.removed):
            await self._connection.execute(_QUERIES["remove_candidates"], list(removed))
        registered = [pool.candidates[it] for it in changes.candidates]
        rows = [candidate_row(it, waiting=pool.live_assignment(it.application_id) is None) for it in registered]
        await self._write("save_candidates", [flat_candidate_row(row) for row in rows if row[0] in known])
        await self._copy("candidate", CANDIDATE_COLUMNS, [row for row in rows if row[0] not in known])
        flipped = [it for it in changes.waiting if it not in changes.candidates and it in pool.candidates]
        await self._write("save_waiting", [(it, pool.live_assignment(it) is None) for it in flipped])
        known.difference_update(changes.removed)
        known.update(changes.candidates)

    async def _write(self, query: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self._connection.execute(_QUERIES[query], *columns(rows))

    async def _copy(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self._connection.copy_records_to_table(table, columns=list(names), records=rows)


def _pool_of(needs: Sequence[Need], rules: Rules) -> Pool:
    # The index of needs with free places is mostly that of the last transaction; the few others, which the
    # events name, are added to a copy of it.
    free = [need for need in needs if need.free_places]
    index = _CACHE.index_of([(need.need_id, need.document) for need in free])
    if others := [need for need in needs if not need.free_places]:
        index = index.copy()
        for need in others:
            index.put(need.need_id, need.document.profile)
    return Pool(rules, [*free, *others], index)
