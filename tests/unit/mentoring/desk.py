"""A programme that is only in memory, and a unit of work over it: events in, what they published out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, cast
from uuid import UUID

from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from libraries.chassis.unit_of_work import UnitOfWork
from services.mentoring.app import SERVICE
from services.mentoring.choice.roster import Roster
from services.mentoring.due import due_items, settle
from services.mentoring.memory.entities import FIGURES, INTRODUCTION, LEAD, MEETING, OBSTACLE, PAIR, PERSON, PLAN
from services.mentoring.programme import Programme
from services.mentoring.reporters import reporting
from services.mentoring.settings.pairing_rules import RULES, PairingRules
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from services.mentoring.store import MentoringStore
from tests.unit.mentoring.examples import FORM, NOW, answered, confirmed, enrolled, event

TABLES = ("leads", "pairs", "obstacles", "actions", "introductions", "impacts", "meetings")


class MemoryStore(MentoringStore):
    """A store whose tables are dictionaries: what is over is forgotten and fetched again, as from PostgreSQL."""

    def __init__(self, *, rules: PairingRules = RULES, settings: MentoringSettings = SETTINGS) -> None:
        super().__init__(cast("Connection", None), rules=rules, settings=settings)
        self.state = Programme(Roster((), rules=rules, settings=settings))
        self.erased: dict[UUID, datetime] = {}
        self.tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}

    def begin(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches what these events name and memory lacks; to look for anything else raises, as over PostgreSQL."""
        named, programme = SERVICE.handlers.named(events), self.state
        programme.ask(named)
        self._fetch_missing("leads", named[LEAD])
        self._fetch_missing("pairs", named[PAIR])
        self._fetch_missing("obstacles", named[OBSTACLE])
        self._fetch_missing("introductions", named[INTRODUCTION])
        self._fetch_missing("meetings", named[MEETING])
        for name, assignments in (("actions", named[PLAN]), ("impacts", named[FIGURES])):
            known = {key for key in self.tables[name] if key[0] in assignments and programme.leads.held(key[0])}
            self._fetch_missing(name, known)
        self._ask_who_was_erased(events, {*named[PERSON], *reporting(events, programme)})

    def _ask_who_was_erased(self, events: Sequence[Event[EventData]], people: set[UUID]) -> None:
        known = {person_id: self.erased[person_id] for person_id in people & self.erased.keys()}
        self.state.erasures.ask(people, known, {}, at=self._clock())
        for each in events:
            if isinstance(each.data, ErasureRequested):
                person_id = each.data.person_id
                self.erased[person_id] = max(each.time, self.erased.get(person_id, each.time))
        if people & self.erased.keys():
            leads = {it for it, lead in self.tables["leads"].items() if lead.lead_id in people & self.erased.keys()}
            self._fetch_missing("leads", leads)
            self._fetch_missing("introductions", self.tables["introductions"])

    def _fetch_missing(self, name: str, keys: Iterable[Any]) -> None:
        kept = getattr(self.state, name)
        for key in kept.lacking(keys):
            if key in self.tables[name]:
                if name == "leads":
                    self.state.fetch_lead(self.tables[name][key])
                else:
                    kept.fetch(key, self.tables[name][key])

    def commit(self, at: datetime) -> None:
        """Keeps what changed, and forgets what is over."""
        self.state.record(at)
        for name, table in self.tables.items():
            kept = getattr(self.state, name)
            table.update({key: kept[key] for key in kept.new | kept.changed})
        self.state.written()

    def reload(self) -> None:
        """Makes the programme again from its values alone, as after a rollback."""
        known = self.state
        mentors = [known.roster[identifier] for identifier in known.roster]
        reopenings = {it: moment for it in known.roster if (moment := known.roster.reopenings.at(it))}
        self.state = Programme(
            Roster(mentors, rules=self._rules, settings=self._settings, reopenings=reopenings),
            leads=[lead for lead in self.tables["leads"].values() if lead.state != "released"],
            pairs=[pair for pair in self.tables["pairs"].values() if pair.open],
            obstacles=[obstacle for obstacle in self.tables["obstacles"].values() if obstacle.open],
            recusals=[(application, mentor) for application, those in known.recusals.items() for mentor in those],
        )


def values_of(programme: Programme) -> dict[str, Any]:
    """Everything that a programme holds and that `read_state` would give again."""
    roster = programme.roster
    return {
        **{name: dict(getattr(programme, name)) for name in TABLES},
        "mentors": {identifier: roster[identifier] for identifier in roster},
        "counts": (roster.active, roster.full),
        "involved": [
            (roster[it].person_id, sorted(roster.involvement.of_person(roster[it].person_id))) for it in sorted(roster)
        ],
        "managed": {
            person_id: sorted(roster.involvement.managed_by(person_id))
            for it in roster
            if (person_id := roster[it].clearances.line_manager_id)
        },
        "recusals": programme.recusals,
        "erasures": vars(programme.erasures),
        "open pairs": {it: programme.open_pair_of_lead(it) for it in programme.leads},
        "pairs of mentors": {it: programme.open_pairs_of_mentor(it) for it in roster},
        "open obstacles": {it: programme.open_obstacles(it) for it in programme.leads},
        "projects": {it: programme.others_of_project(lead) for it, lead in programme.leads.items()},
        "agendas": (programme.expiries, programme.steps, programme.escalations, programme.questions, roster.reopenings),
        "deadline": programme.next_deadline(),
    }


def published(rows: Iterable[OutboxRow]) -> list[tuple[str, dict[str, Any]]]:
    """What was published, but for support plans: the event's short name (`pair.offered`) and its data."""
    return [(name, data) for name, data in all_published(rows) if not name.startswith("support.")]


def all_published(rows: Iterable[OutboxRow]) -> list[tuple[str, dict[str, Any]]]:
    """What was published, with the support plan that every confirmation opens and every release ends."""
    return [
        (row.type.removeprefix("engage.").rpartition(".")[0], json.loads(row.payload))
        # Without a payload it is a tombstone.
        if row.payload
        else (f"{_retracted(row)}.retracted", {f"{_retracted(row)}_id": row.key})
        for row in rows
    ]


def _retracted(row: OutboxRow) -> str:
    return {"contacts.v1": "contact", "descriptions.v1": "obstacle"}[row.topic]


class Desk:
    """A programme in memory and a clock: hands events to the handlers as the chassis does."""

    def __init__(self, **store: Any) -> None:
        self.store = MemoryStore(**store)
        self.now = NOW
        self.taken = count(1)

    def take(self, *data: EventData, source: str = FORM) -> list[tuple[str, dict[str, Any]]]:
        """Handles events of a source at the present time; returns what they published, but for support plans."""
        return published(self.take_rows(*data, source=source))

    def take_rows(self, *data: EventData, source: str = FORM) -> list[OutboxRow]:
        """Handles events of a source at the present time; returns all that they published."""
        unit = UnitOfWork("mentoring", self.store)
        events = [event(each, self.now, next(self.taken), source=source) for each in data]
        self.store.begin(events)
        handle(unit, events)
        self.store.commit(self.now)
        return unit.published

    def look(self) -> list[tuple[str, dict[str, Any]]]:
        """Does what is due now; returns what that published."""
        unit: UnitOfWork[MentoringStore] = UnitOfWork("mentoring", self.store)
        settle(unit, due_items(self.store.state, self.now), self.now)
        self.store.commit(self.now)
        return published(unit.published)

    def offer(self, mentor: int = 1, lead: int = 1, **changes: Any) -> UUID:
        """Enrols a mentor, confirms a lead, and returns the id of the pair offered."""
        self.take(enrolled(mentor, **changes))
        ((name, offer),) = self.take(confirmed(lead))
        assert name == "pair.offered"
        return UUID(offer["pair_id"])

    def accept_both(self, pair: UUID) -> list[tuple[str, dict[str, Any]]]:
        """Has the mentor and the lead accept an offer; returns what that published."""
        return self.take(answered(pair, "mentor", "accept"), answered(pair, "lead", "accept"))


def handle(unit: UnitOfWork[MentoringStore] | UnitOfWork[MemoryStore], events: Sequence[Event[EventData]]) -> None:
    """Runs the handlers of events, in order."""
    for each in events:
        unit.because_of(each)
        SERVICE.handlers[type(each.data)](each, unit)


def names(events: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Only the names of what was published."""
    return [name for name, _ in events]


def codes(data: dict[str, Any]) -> list[str]:
    """The codes of the reasons that something published gives."""
    return [reason["code"] for reason in data["reasons"]]
