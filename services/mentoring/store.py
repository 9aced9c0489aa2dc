"""Mentoring's state in PostgreSQL: what a batch of events can touch is loaded, what changed is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection, named_queries
from services.mentoring import rows
from services.mentoring.lead import Lead
from services.mentoring.mentor import Mentor
from services.mentoring.obstacle import Obstacle
from services.mentoring.pair import Pair
from services.mentoring.pool import Pool
from services.mentoring.programme import Programme
from services.mentoring.rhythm import next_due
from services.mentoring.rules import RULES, SETTINGS, PairingRules, Settings
from services.mentoring.support import Action, Impact, Introduction
from services.mentoring.touched import Touched, touched_by

QUERIES: Final = named_queries("services.mentoring")
_DUE: Final = ("fetch_expired", "fetch_idle", "fetch_late", "take_reopened")


class Due(NamedTuple):
    """Ids of what is due: offers that expire, active pairs with a step, late obstacles, mentors free again."""

    offers: list[UUID]
    pairs: list[UUID]
    obstacles: list[UUID]
    mentors: list[UUID]


class StaleChoice(RuntimeError):
    """Places of mentors changed since they were read, or would be exceeded: nothing may be written."""


class MentoringStore:
    """The programme as one transaction sees it.

    `load` first locks the pool, so that choices are made one transaction after another, each on what the
    one before left; what is read after that can't change under it.
    """

    def __init__(self, connection: Connection, *, rules: PairingRules = RULES, settings: Settings = SETTINGS) -> None:
        self._connection = connection
        self._rules = rules
        self._settings = settings
        self._programme: Programme | None = None

    @property
    def programme(self) -> Programme:
        """What was loaded, with what handlers changed of it; raises RuntimeError before `load` and after `save`."""
        if self._programme is None:
            raise RuntimeError("the store holds nothing: load it first")
        return self._programme

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches all mentors, and the leads, pairs and recusals that these events may touch.

        Raises RuntimeError where the migration's pool row is missing.
        """
        await self._lock()
        await self._load(touched_by(events, self._settings))

    async def load_due(self, now: datetime, most: int) -> Due:
        """Fetches the same for what is due, the oldest first, so many of each sort; nothing where nothing is."""
        await self._lock()
        due = Due(*[await self._found(name, now, most) for name in _DUE])
        if any(due):
            touched = Touched(
                pairs={*due.offers, *due.pairs}, obstacles=set(due.obstacles), freed=len(due.offers) + len(due.pairs)
            )
            touched.until = now
            await self._load(touched)
        else:
            self._programme = Programme(Pool((), rules=self._rules, settings=self._settings))
        return due

    async def _found(self, query: str, now: datetime, most: int) -> list[UUID]:
        return [identifier for (identifier,) in await self._connection.fetch(QUERIES[query], now, most)]

    async def _lock(self) -> None:
        if await self._connection.fetchval(QUERIES["lock_pool"]) is None:
            raise RuntimeError("the pool row is missing: the schema was not migrated as it should be")

    async def _load(self, touched: Touched) -> None:
        pool = await self._load_pool()
        pairs = await self._load_pairs(touched)
        obstacles = await self._load_obstacles(touched)
        leads = await self._load_leads(touched, [*pairs, *obstacles])
        leads |= await self._load_queue(touched, pool)
        self._programme = Programme(
            pool,
            leads=leads.values(),
            pairs=pairs,
            obstacles=obstacles,
            meetings=await self._load_meetings(touched),
            actions=await self._load_actions(touched),
            introductions=await self._load_introductions(touched),
            impacts=await self._load_impacts(touched),
        )
        await self._load_recusals(touched, self._programme)

    async def save(self) -> None:
        """Writes what changed, once; raises StaleChoice where the places that were read no longer hold."""
        programme = self.programme
        await self._save_mentors(programme.pool)
        await self._save_leads(programme)
        await self._save_pairs(programme)
        await self._save_recusals(programme)
        await self._save_reports(programme)
        self._programme = None

    async def _load_pool(self) -> Pool:
        found = await self._connection.fetch(QUERIES["fetch_mentors"])
        return Pool(map(rows.mentor_from, found), rules=self._rules, settings=self._settings)

    async def _load_pairs(self, touched: Touched) -> list[Pair]:
        if not (touched.pairs or touched.assignments or touched.mentors):
            return []
        found = await self._connection.fetch(
            QUERIES["fetch_pairs"], touched.pairs, touched.assignments, touched.mentors
        )
        return [rows.pair_from(row) for row in found]

    async def _load_obstacles(self, touched: Touched) -> list[Obstacle]:
        if not (touched.obstacles or touched.assignments):
            return []
        found = await self._connection.fetch(QUERIES["fetch_obstacles"], touched.obstacles, touched.assignments)
        return [rows.obstacle_from(row) for row in found]

    async def _load_meetings(self, touched: Touched) -> list[UUID]:
        if not touched.meetings:
            return []
        found = await self._connection.fetch(QUERIES["fetch_meetings"], touched.meetings)
        return [identifier for (identifier,) in found]

    async def _load_actions(self, touched: Touched) -> list[Action]:
        if not touched.assignments:
            return []
        return [Action(*row) for row in await self._connection.fetch(QUERIES["fetch_actions"], touched.assignments)]

    async def _load_introductions(self, touched: Touched) -> list[Introduction]:
        if not touched.introductions:
            return []
        found = await self._connection.fetch(QUERIES["fetch_introductions"], touched.introductions)
        return [Introduction(*row) for row in found]

    async def _load_impacts(self, touched: Touched) -> list[Impact]:
        if not touched.measured:
            return []
        return [Impact(*row) for row in await self._connection.fetch(QUERIES["fetch_impacts"], touched.measured)]

    async def _load_leads(self, touched: Touched, things: Iterable[Pair | Obstacle]) -> dict[UUID, Lead]:
        wanted = touched.assignments | {thing.assignment_id for thing in things}
        if not wanted:
            return {}
        return _by_assignment(await self._connection.fetch(QUERIES["fetch_leads"], wanted, touched.projects))

    async def _load_queue(self, touched: Touched, pool: Pool) -> dict[UUID, Lead]:
        if not (places := pool.places(touched.until) + touched.freed):
            return {}
        return _by_assignment(
            await self._connection.fetch(QUERIES["fetch_queue"], places, touched.applications, touched.persons)
        )

    async def _load_recusals(self, touched: Touched, programme: Programme) -> None:
        applications = touched.applications | {lead.application_id for lead in programme.leads.values()}
        if applications:
            found = await self._connection.fetch(QUERIES["fetch_recusals"], applications)
            for application_id, mentor_id in found:
                programme.recusals.setdefault(application_id, set()).add(mentor_id)

    async def _save_mentors(self, pool: Pool) -> None:
        changes = [(before, pool[mentor_id]) for mentor_id, before in pool.before.items()]
        forms = [mentor for before, mentor in changes if before is None or before.version != mentor.version]
        if forms:
            await self._connection.execute(QUERIES["save_mentors"], *rows.form_columns(forms, self._settings))
        places = [
            (before[:2], mentor, pool.ceilings.get(mentor.mentor_id))
            for before, mentor in ((_places(before), mentor) for before, mentor in changes)
            if before != _places(mentor)
        ]
        if places:
            status = await self._connection.execute(QUERIES["save_places"], *rows.place_columns(places, self._settings))
            if status != f"UPDATE {len(places)}":
                raise StaleChoice(f"{len(places)} mentors were to change, but: {status}")

    async def _save_leads(self, programme: Programme) -> None:
        new = programme.changed_leads - programme.known_leads
        if new:
            await self._connection.copy_records_to_table(
                "lead",
                records=[rows.lead_record(programme.leads[identifier]) for identifier in sorted(new)],
                columns=rows.LEAD_COLUMNS,
            )
        if changed := programme.changed_leads & programme.known_leads:
            document = rows.leads_document(programme.leads[identifier] for identifier in sorted(changed))
            await self._connection.execute(QUERIES["save_leads"], document)

    async def _save_pairs(self, programme: Programme) -> None:
        # Pairs that close go first: a lead has one open pair at any time.
        if changed := programme.changed_pairs & programme.known_pairs:
            await self._connection.execute(QUERIES["save_pairs"], *rows.pair_columns(self._scheduled(changed)))
        if new := programme.changed_pairs - programme.known_pairs:
            records = [rows.pair_record(pair, due_at) for pair, due_at in self._scheduled(new)]
            columns = (*rows.PAIR_COLUMNS, "due_at")
            await self._connection.copy_records_to_table("pair", records=records, columns=columns)

    def _scheduled(self, pairs: Iterable[UUID]) -> Iterator[tuple[Pair, datetime | None]]:
        for identifier in sorted(pairs):
            pair = self.programme.pairs[identifier]
            due = next_due(pair, self._settings)
            yield pair, due.at if due else None

    async def _save_reports(self, programme: Programme) -> None:
        if programme.new_meetings:
            records = [
                (it.meeting_id, it.pair_id, it.held_on, it.minutes, it.obstacle_id, it.next_step)
                for it in programme.new_meetings
            ]
            await self._connection.copy_records_to_table("meeting", records=records)
        if changed := programme.changed_obstacles:
            obstacles = [programme.obstacles[identifier] for identifier in sorted(changed)]
            await self._connection.execute(QUERIES["save_obstacles"], *rows.obstacle_columns(obstacles))
        if actions := programme.changed_actions:
            columns = rows.columns_of(Action, (programme.actions[key] for key in sorted(actions)))
            await self._connection.execute(QUERIES["save_actions"], *columns)
        if introductions := programme.changed_introductions:
            columns = rows.columns_of(Introduction, (programme.introductions[key] for key in sorted(introductions)))
            await self._connection.execute(QUERIES["save_introductions"], *columns)
        if impacts := programme.changed_impacts:
            columns = rows.columns_of(Impact, (programme.impacts[key] for key in sorted(impacts)))
            await self._connection.execute(QUERIES["save_impacts"], *columns)

    async def _save_recusals(self, programme: Programme) -> None:
        if recusals := programme.new_recusals:
            columns = zip(*((application, mentor, at) for (mentor, application), at in recusals.items()), strict=True)
            await self._connection.execute(QUERIES["save_recusals"], *columns)


def _by_assignment(found: Iterable[asyncpg.Record]) -> dict[UUID, Lead]:
    return {lead.assignment_id: lead for lead in map(rows.lead_from, found)}


def _places(mentor: Mentor | None) -> tuple[int, int, tuple[datetime, ...], frozenset[UUID]]:
    if mentor is None:
        return 0, 0, (), frozenset()
    return mentor.held, mentor.pending, mentor.starts, mentor.accompanied
