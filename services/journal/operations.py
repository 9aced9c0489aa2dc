"""What anybody may ask of the journal, over a connection in its schema: journeys, lists, and how far it has read.

All of it looks, but for `begin_again`, and gives frozen values. What is here is what was read so far: who shows it says
how far that is, with `read_positions` beside the ends of the topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from contracts.contacts import ContactRole
from libraries.chassis.store import Connection, named_queries
from services.journal.journeys.asked import asked_in
from services.journal.journeys.model import Journey, Position
from services.journal.journeys.telling import journey_of
from services.journal.reports import reading
from services.journal.reports.model import Became, EditionReport, UnmetNeed
from services.journal.rows import thing_from

_QUERIES: Final = named_queries("services.journal", "operations.sql")
_CHANGES: Final = named_queries("services.journal")

MOST_STEPS: Final = 2_000
"""Of a longer story the last so many are told."""
MOST_FOUND: Final = 50
MOST_LISTED: Final = 10_000
_OPEN_NEEDS: Final = frozenset({"open", "review-due"})

ListedKind: TypeAlias = Literal[
    "applications", "needs", "assignments", "mentors", "pairs", "obstacles", "follow-ups", "rounds"
]


class NothingFound(LookupError):
    """What was asked for names nothing that the journal knows; the text says what it was taken for."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; None for whatever it is. `since`: spoken of at that moment or later.

    Of pairs, `mentor_id`; of obstacles, the city `service` that owns them, and those that are `late`: a level was told
    of them, and they are still open.
    """

    state: str | None = None
    edition: str | None = None
    need_id: UUID | None = None
    since: datetime | None = None
    limit: int = MOST_LISTED
    mentor_id: UUID | None = None
    service: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: `facts` are what the kind's list shows beside id and state."""

    id: UUID
    state: str | None
    said_at: datetime
    first_at: datetime
    facts: Mapping[str, Any]


async def read_positions(connection: Connection) -> tuple[Position, ...]:
    """How far each partition has been read."""
    return tuple(Position(*row) for row in await connection.fetch(_QUERIES["read_positions"]))


async def find_stories(connection: Connection, text: str) -> tuple[UUID, ...]:
    """The stories of all that a text names, at most fifty; the first thing named that leads anywhere decides.

    A text may be an id of anything, a trace, a SIREN or RNA number, or a line of a log; an event's id may be any word.
    Raises NothingFound.
    """
    asked = asked_in(text)
    if not asked:
        raise NothingFound("this is no id, no SIREN or RNA number, and no line of a log with one in it")
    for identifier in (*asked.ids, *asked.others):
        ids = [identifier] if isinstance(identifier, UUID) else []
        if rows := await connection.fetch(_QUERIES["find_stories"], ids, MOST_FOUND, [str(identifier)]):
            return tuple(row[0] for row in rows)
    rows = await connection.fetch(_QUERIES["find_organisations"], asked.sirens, asked.rnas, MOST_FOUND)
    if not rows:
        named = ", ".join((*map(str, asked.ids), *asked.sirens, *asked.rnas, *asked.others))
        raise NothingFound(f"the journal knows nothing of {named}")
    return tuple(row[0] for row in rows)


async def read_journey(connection: Connection, story_id: UUID) -> Journey:
    """The journey of a story, as `find_stories` names it; raises NothingFound."""
    # In one snapshot: what things and events say belongs together.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        things = [thing_from(row) for row in await connection.fetch(_QUERIES["read_parts"], story_id)]
        referred = [thing_from(row) for row in await connection.fetch(_QUERIES["read_referring"], story_id, MOST_STEPS)]
        known = [thing.id for thing in things] or [story_id]
        rows = await connection.fetch(_QUERIES["read_steps"], known, MOST_STEPS + 1)
    if not rows and not referred:
        raise NothingFound(f"the journal knows nothing of {story_id}")
    read = [{**row, "data": None if row["data"] is None else orjson.loads(row["data"])} for row in rows[:MOST_STEPS]]
    return journey_of(story_id, things, referred, read, is_whole=len(rows) <= MOST_STEPS)


async def list_lines(connection: Connection, what: ListedKind, wanted: Filter) -> tuple[Line, ...]:
    """A list for people: needs by their titles, all else the last changed first."""
    asked = wanted.state, wanted.edition, wanted.need_id, wanted.since, wanted.limit
    own = f"list_{what}"
    if own in _QUERIES:
        rows = await connection.fetch(_QUERIES[own], *asked)
    else:
        more = what.removesuffix("s"), wanted.mentor_id, wanted.service, wanted.late
        rows = await connection.fetch(_QUERIES["list_things"], *asked, *more)
    return tuple(_line(dict(row)) for row in rows)


async def find_line(connection: Connection, kind: str, identifier: UUID) -> Line | None:
    """One thing of a kind as a list shows it; None where the journal knows none by that id."""
    row = await connection.fetchrow(_QUERIES["find_line"], identifier, kind)
    return None if row is None else _line(dict(row))


class Names(NamedTuple):
    """What something is of: the organisation and the title that anybody may know, and the story."""

    organisation: str | None
    title: str | None
    story_id: UUID


async def read_names(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, Names]:
    """What things are of, by their ids; of what the journal does not know, nothing."""
    rows = await connection.fetch(_QUERIES["read_names"], list(set(ids)))
    return {row["id"]: Names(row["organisation"], row["title"], row["story_id"]) for row in rows}


class Said(NamedTuple):
    """The last event of a type about a thing: when it happened, and what it says."""

    id: UUID
    at: datetime
    data: Mapping[str, Any]


async def last_words(
    connection: Connection, kind: str, event_type: str, *, states: Sequence[str] | None = None, limit: int = MOST_LISTED
) -> tuple[Said, ...]:
    """Of each thing of a kind (in one of some states), the last event of a type about it, the newest first.

    `limit` is how many things are looked at, those that were spoken of last.
    """
    asked = None if states is None else list(states)
    rows = await connection.fetch(_QUERIES["last_words"], kind, event_type, asked, limit)
    return tuple(Said(row["id"], row["happened_at"], orjson.loads(row["data"])) for row in rows)


async def read_editions(connection: Connection) -> tuple[str, ...]:
    """Every edition that an application named, by name."""
    return await reading.editions(connection)


async def read_report(connection: Connection, edition: str | None) -> EditionReport:
    """What came of an edition, or of all where None is asked for: counts, and no personal data.

    Raises NothingFound for an edition that no application named.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        if edition is not None and edition not in (known := await reading.editions(connection)):
            raise NothingFound(f"the journal knows no application of {edition}; it knows {', '.join(known) or 'none'}")
        needs = [line for line in await list_lines(connection, "needs", Filter()) if line.state in _OPEN_NEEDS]
        said = {each.id: each.data for each in await last_words(connection, "need", "engage.need.unmet.v1")}
        unmet = [
            UnmetNeed(
                line.id,
                line.facts.get("title") or str(line.id),
                line.facts.get("directorate"),
                _in_words(said[line.id].get("cause")) if line.id in said else None,
            )
            for line in needs
            if not line.facts.get("proposed") and not line.facts.get("confirmed")
        ]
        return await reading.read_counted(connection, edition, len(needs), unmet)


async def read_became(connection: Connection, applications: Sequence[UUID]) -> Mapping[UUID, Became]:
    """What became of projects, by their applications, in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await reading.read_became(connection, applications)


async def said_of(
    connection: Connection, identifier: UUID, event_types: Sequence[str], *, limit: int = 1
) -> tuple[Said, ...]:
    """The last events of some types about a thing, the newest first."""
    rows = await connection.fetch(_QUERIES["said_of"], identifier, list(event_types), limit)
    return tuple(Said(row["id"], row["happened_at"], orjson.loads(row["data"])) for row in rows)


async def left_unmet(connection: Connection, rounds: Sequence[Line]) -> list[Said]:
    """What the last round of each track left unmet, and nobody answers since; `rounds` has the newest first."""
    last = {str(line.id) for line in {line.facts.get("track"): line for line in reversed(rounds)}.values()}
    lines = await list_lines(connection, "needs", Filter())
    answered = {line.id for line in lines if line.facts.get("proposed") or line.facts.get("confirmed")}
    said = await last_words(connection, "need", "engage.need.unmet.v1")
    return [each for each in said if each.data["round_id"] in last and each.id not in answered]


async def left_unplaced(connection: Connection) -> list[Said]:
    """What the last rounds left unplaced, and nothing holds since."""
    lines = await list_lines(connection, "applications", Filter(state="registered"))
    held = {line.id for line in lines if line.facts.get("assignment")}
    said = await last_words(connection, "application", "engage.application.unplaced.v1", states=["registered"])
    return [each for each in said if each.id not in held]


async def people_of(connection: Connection, things: Sequence[UUID]) -> tuple[tuple[ContactRole, UUID], ...]:
    """Who was spoken of as what by events about things, by their ids; at most fifty."""
    rows = await connection.fetch(_QUERIES["read_people"], list(things), MOST_FOUND)
    return tuple((row["role"], row["person_id"]) for row in rows)


async def begin_again(connection: Connection) -> None:
    """Empties the journal and has it read all topics from their beginnings, whether it runs or not."""
    async with connection.transaction():
        await connection.execute(_CHANGES["drop_months"], date.max)
        for query in ("forget_all_things", "forget_held", "forget_repairs", "forget_inbox", "begin_lanes_again"):
            await connection.execute(_CHANGES[query])


def _in_words(cause: Any) -> Mapping[str, str] | None:
    """The words of a cause in both languages."""
    return {name: str(cause[name]) for name in ("fr", "en")} if isinstance(cause, dict) else None


def _line(row: dict[str, Any]) -> Line:
    facts = orjson.loads(row.pop("facts", None) or "{}")
    head = row.pop("id"), row.pop("state", None), row.pop("said_at"), row.pop("first_at")
    return Line(*head, {**facts, **{name: value for name, value in row.items() if value is not None}})
