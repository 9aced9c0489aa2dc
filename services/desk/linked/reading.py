"""What the pages behind links read of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import orjson

from libraries.chassis.store import Connection, named_queries
from services.desk.linked.asked import Kept
from services.desk.linked.matters import Matter, Thing, Told, matter_of
from services.desk.linked.standing import ENTITIES, LinkedPage
from services.desk.linked.taking_part import part_of
from services.journal.operations import Names
from services.mentoring import operations as mentoring
from services.mentoring.operations import Brought

_QUERIES: Final = named_queries("services.desk.linked")
_MOST_TOLD: Final = 1_000
_MOST_THINGS: Final = 200
_MOST_FOUND: Final = 20


async def read_matter(connection: Connection, page: LinkedPage, matter_id: UUID) -> Matter | None:
    """A page's matter; None where the journal does not know it yet."""
    rows = await connection.fetch(_QUERIES["read_told"], matter_id, _MOST_TOLD)
    told = [Told(row["type"], row["happened_at"], orjson.loads(row["data"])) for row in rows]
    matter = matter_of(matter_id, ENTITIES[page], told)
    if matter is None:
        return None
    story = matter.person("application_id") or matter_id
    is_erased = bool(await connection.fetchval(_QUERIES["is_erased"], story))
    return matter_of(matter_id, ENTITIES[page], told, is_erased=is_erased)


async def read_things(connection: Connection, application_id: UUID, *kinds: str) -> list[Thing]:
    """Things of an application's story, the oldest first, of some kinds."""
    rows = await connection.fetch(_QUERIES["read_things"], application_id, list(kinds), _MOST_THINGS)
    return [Thing(row["id"], row["kind"], row["parent_id"], row["state"], orjson.loads(row["facts"])) for row in rows]


async def read_wishes(connection: Connection, matter: Matter) -> Kept:
    """What mentoring has, in its own schema, of what the lead of a project or a pair looks for."""
    assignment_id = matter.person("assignment_id")
    return Kept() if assignment_id is None else Kept(wishes=await mentoring.find_wishes(connection, assignment_id))


async def read_part(connection: Connection, person_id: UUID) -> Matter | None:
    """What mentoring has, in its own schema, of a person's part as a mentor; None where they never had one."""
    part = await mentoring.find_part(connection, person_id)
    return None if part is None else part_of(person_id, part)


async def read_brought(connection: Connection, mentor_id: UUID) -> tuple[Brought | None, Sequence[UUID]]:
    """What mentoring has, in its own schema, of what a mentor brings, and the applications that they abstain from."""
    brought = await mentoring.find_brought(connection, mentor_id)
    return brought, await mentoring.list_abstentions(connection, mentor_id)


async def find_applications(connection: Connection, search: str) -> Mapping[UUID, Names]:
    """What applications are of in whose organisation's name or title a text stands; none for an empty one."""
    if not search:
        return {}
    rows = await connection.fetch(_QUERIES["find_applications"], search, _MOST_FOUND)
    return {row["id"]: Names(row["organisation"], row["title"], row["id"]) for row in rows}
