"""What the pages behind links read of the journal."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import orjson

from libraries.chassis.store import Connection, named_queries
from services.desk.linked.asked import Kept
from services.desk.linked.matters import Matter, Thing, Told, matter_of
from services.desk.linked.standing import ENTITIES, LinkedPage
from services.mentoring import operations as mentoring

_QUERIES: Final = named_queries("services.desk.linked")
_MOST_TOLD: Final = 1_000
_MOST_THINGS: Final = 200


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


async def read_kept(connection: Connection, role: str | None, matter: Matter) -> Kept:
    """What mentoring has, in its own schema, of who sees a project or a pair."""
    if role == "mentor" and (mentor_id := matter.person("mentor_id")):
        return Kept(brought=await mentoring.find_brought(connection, mentor_id))
    if role == "lead" and (assignment_id := matter.person("assignment_id")):
        return Kept(wishes=await mentoring.find_wishes(connection, assignment_id))
    return Kept()
