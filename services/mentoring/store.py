"""Mentoring's state in PostgreSQL: read when a writer begins, asked for what memory lacks, told what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg

from contracts.event import Event
from contracts.mentors import MentorForm
from contracts.message import EventData
from libraries.chassis.erasures import asked_in, fetch_erasures, keep_erasures
from libraries.chassis.store import NO_DEADLINES, Connection, Named, named_queries
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.clocks.programme import programme_clock
from services.mentoring import columns, rows
from services.mentoring.choice.roster import Roster
from services.mentoring.memory.entities import FIGURES, INTRODUCTION, LEAD, MEETING, OBSTACLE, PAIR, PERSON, PLAN
from services.mentoring.memory.tracked import Tracked
from services.mentoring.programme import Programme
from services.mentoring.reporters import names_of, reporting
from services.mentoring.settings.pairing_rules import RULES, PairingRules
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from services.mentoring.states.pair import KnownMeeting
from services.mentoring.states.support import Action, Impact, Introduction

QUERIES: Final = named_queries("services.mentoring")
DUE_DATES: Final = "due-dates"
"""The duty that does what is due; it has one lane."""


class MentoringStore:
    """The programme as a single writer keeps it from one transaction to the next."""

    state: Programme

    def __init__(
        self,
        connection: Connection,
        *,
        rules: PairingRules = RULES,
        settings: MentoringSettings = SETTINGS,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._settings = settings
        self._clock = clock or programme_clock()

    async def read_state(self) -> Programme:
        """All that is alive, anew, as the tables have it."""
        # Statement by statement, and yet of one moment: a single writer is the only one that writes these tables.
        mentors = await self._fetch("read_mentors")
        roster = Roster(
            map(rows.mentor_from, mentors),
            rules=self._rules,
            settings=self._settings,
            reopenings={row["mentor_id"]: row["reopens_at"] for row in mentors if row["reopens_at"]},
        )
        return Programme(
            roster,
            leads=map(rows.lead_from, await self._fetch("read_leads")),
            pairs=map(rows.pair_from, await self._fetch("read_pairs")),
            obstacles=map(rows.obstacle_from, await self._fetch("read_obstacles")),
            recusals=[(application_id, mentor_id) for application_id, mentor_id in await self._fetch("read_recusals")],
        )

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Fetches what these events name and memory lacks, in eight statements at most, and mostly one.

        Where somebody asks to be forgotten, or did: four more, for all that they wrote.
        """
        programme = self.state
        # First: what was not asked for may not be looked for, also where the tables have none of it.
        programme.ask(named)
        for row in await self._named("fetch_leads", programme.leads.lacking(named[LEAD])):
            programme.fetch_lead(rows.lead_from(row))
        for row in await self._named("fetch_pairs", programme.pairs.lacking(named[PAIR])):
            programme.pairs.fetch(row["pair_id"], rows.pair_from(row))
        for row in await self._named("fetch_obstacles", programme.obstacles.lacking(named[OBSTACLE])):
            programme.obstacles.fetch(row["obstacle_id"], rows.obstacle_from(row))
        await self._load_reports(named, programme)
        await self._load_erasures(events, named, programme)

    async def save(self) -> None:
        """Writes what changed, and forgets what is over."""
        programme = self.state
        # By our clock and not the database's: memory and table have to say the same.
        programme.record(self._clock())
        # No order among the tables matters, for no row refers to another by a foreign key.
        await self._save_mentors(programme.roster)
        await self._save_leads(programme)
        await self._save_pairs(programme)
        await self._save_obstacles(programme)
        await self._save_reports(programme)
        programme.written()

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """When something of the programme is due first."""
        earliest = self.state.next_deadline()
        return NO_DEADLINES if earliest is None else {(DUE_DATES, 0): earliest}

    async def _load_reports(self, named: Named, programme: Programme) -> None:
        # A lead that is not known has no plan, no figures; so these come after the leads were fetched.
        for row in await self._named("fetch_actions", filter(programme.leads.held, named[PLAN])):
            programme.actions.fetch((row["assignment_id"], row["code"]), Action(*row))
        for row in await self._named("fetch_impacts", filter(programme.leads.held, named[FIGURES])):
            programme.impacts.fetch((row["assignment_id"], row["year"]), Impact(*row))
        for row in await self._named("fetch_introductions", named[INTRODUCTION]):
            programme.introductions.fetch(row["introduction_id"], Introduction(*row))
        for row in await self._named("fetch_meetings", named[MEETING]):
            programme.meetings.fetch(row["meeting_id"], KnownMeeting(row["pair_id"]))

    async def _load_erasures(self, events: Sequence[Event[EventData]], named: Named, programme: Programme) -> None:
        # After the leads, since who speaks as the lead of an assignment is its lead.
        people = {*named[PERSON], *reporting(events, programme)}
        requested = asked_in(events)
        # As they were before these events, which are handled in their order; what is kept of them is final.
        erased = await fetch_erasures(self._connection, people)
        emptied = await keep_erasures(self._connection, requested)
        programme.erasures.ask(people, erased, emptied, at=self._clock())
        if forgotten := {*erased, *requested}:
            await self._load_writings(forgotten, events, programme)

    async def _load_writings(
        self, people: Collection[UUID], events: Sequence[Event[EventData]], programme: Programme
    ) -> None:
        """Fetches all that these people wrote and tables have."""
        for row in await self._named("fetch_leads_of", people):
            programme.fetch_lead(rows.lead_from(row))
        led = [lead.assignment_id for lead in programme.leads.values() if lead.lead_id in people]
        mentors = {mentor_id for person_id in people for mentor_id in programme.roster.involvement.of_person(person_id)}
        # Who is a mentor by a form of this very batch may have been named before it.
        forms = [event.data for event in events if isinstance(event.data, MentorForm)]
        mentors.update(form.mentor_id for form in forms if form.person.person_id in people)
        names = names_of(sorted(people), sorted(mentors))
        for row in await self._connection.fetch(QUERIES["fetch_introductions_by"], names, led):
            programme.introductions.fetch(row["introduction_id"], Introduction(*row))

    async def _fetch(self, query: str) -> list[asyncpg.Record]:
        return await self._connection.fetch(QUERIES[query])

    async def _named(self, query: str, identifiers: Iterable[UUID]) -> list[asyncpg.Record]:
        # In order, as the index has them: neighbours share a page, since ids grow with time.
        wanted = sorted(identifiers)
        return await self._connection.fetch(QUERIES[query], wanted) if wanted else []

    async def _copy(self, table: str, order: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
        # None at all is no statement: most transactions touch two or three tables of nine.
        if records:
            await self._connection.copy_records_to_table(table, columns=order, records=records)

    async def _update(self, query: str, changes: Sequence[Sequence[Any]]) -> None:
        # One statement however many changed: the columns go as arrays, and `unnest` makes rows of them again.
        if changes:
            await self._connection.execute(QUERIES[query], *zip(*changes, strict=True))

    async def _save_mentors(self, roster: Roster) -> None:
        # A form's columns apart from those of places: a mentor may handle 500 files, and places change with every pair.
        new, forms, places = list[rows.Row](), list[rows.Row](), list[rows.Row]()
        for mentor_id, (before, reopened_at) in roster.before.items():
            mentor, reopens_at = roster[mentor_id], roster.reopenings.at(mentor_id)
            if before is None:
                new.append(rows.mentor_record(mentor, reopens_at))
                continue
            if before.version != mentor.version:
                forms.append(rows.form_change(mentor))
            if (change := rows.place_change(mentor, reopens_at)) != rows.place_change(before, reopened_at):
                places.append(change)
        await self._copy("mentor", columns.MENTOR_COLUMNS, new)
        await self._update("update_forms", forms)
        await self._update("update_places", places)

    async def _save_leads(self, programme: Programme) -> None:
        leads = programme.leads
        # Sorted, here and below, so that the same events write the same pages, and a replay can be compared.
        await self._copy("lead", columns.LEAD_COLUMNS, [rows.lead_record(leads[key]) for key in sorted(leads.new)])
        if leads.changed:
            document = rows.leads_document(leads[key] for key in sorted(leads.changed))
            await self._connection.execute(QUERIES["update_leads"], document)
        recusals = [(*key, declared_at) for key, declared_at in programme.new_recusals.items()]
        await self._copy("recusal", ("application_id", "mentor_id", "declared_at"), recusals)

    async def _save_pairs(self, programme: Programme) -> None:
        # Pairs that close go first: a lead has one open pair at any time.
        pairs = programme.pairs
        await self._update("update_pairs", [rows.pair_change(pairs[key]) for key in sorted(pairs.changed)])
        await self._copy("pair", columns.PAIR_COLUMNS, [rows.pair_record(pairs[key]) for key in sorted(pairs.new)])

    async def _save_obstacles(self, programme: Programme) -> None:
        obstacles = programme.obstacles
        new = [rows.obstacle_record(obstacles[key]) for key in sorted(obstacles.new)]
        await self._copy("obstacle", columns.OBSTACLE_COLUMNS, new)
        changed = [rows.obstacle_change(obstacles[key]) for key in sorted(obstacles.changed)]
        await self._update("update_obstacles", changed)

    async def _save_reports(self, programme: Programme) -> None:
        meetings = [rows.meeting_record(programme.meetings[key]) for key in sorted(programme.meetings.new)]
        await self._copy("meeting", columns.MEETING_COLUMNS, meetings)
        await self._save_values("support_action", programme.actions, "update_actions", columns.ACTION_COLUMNS)
        introductions, order = programme.introductions, columns.INTRODUCTION_COLUMNS
        await self._save_values("introduction", introductions, "update_introductions", order)
        await self._save_values("impact", programme.impacts, "update_impacts", columns.IMPACT_COLUMNS)

    async def _save_values(self, table: str, values: Tracked[Any, Any], update: str, order: Sequence[str]) -> None:
        """Writes values whose fields are the columns, in their order."""
        await self._copy(table, order, [rows.record(values[key], order) for key in sorted(values.new)])
        await self._update(update, [rows.record(values[key], order) for key in sorted(values.changed)])


Unit: TypeAlias = UnitOfWork[MentoringStore]
"""What every handler and flow of mentoring works in."""
