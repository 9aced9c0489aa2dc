"""What people may ask of matching from outside its handlers: all of it looks, and nothing is changed or published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from libraries.chassis.store import Connection, named_queries
from libraries.data_files import parse_data_file
from services.matching.answers.explanations import Explanation
from services.matching.answers.explanations import explain as explanation_of
from services.matching.answers.suppositions import Outcome, Supposition
from services.matching.answers.suppositions import suppose as outcome_of
from services.matching.pool.pool import Pool
from services.matching.store import MatchingStore

_QUERIES: Final = named_queries("services.matching", "operations.sql")

Listed: TypeAlias = Mapping[str, Any]
"""A line of a list, by the names that it is shown under."""


class NotThere(LookupError):
    """An application that takes no part, or a need that is not in the register; the text says which."""


async def read_pool(connection: Connection) -> Pool:
    """The pool as its writer last left it, over a connection to the service's schema.

    In one snapshot, for its tables say something together only as of one commit.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await MatchingStore(connection).read_state()


async def list_needs(connection: Connection, *, at: datetime, without_owner: bool = False) -> list[Listed]:
    """All needs by their titles, with who decides on each at a moment; `without_owner` are those that nobody owns."""
    return [dict(row) for row in await connection.fetch(_QUERIES["list_needs"], without_owner, at)]


def explain(pool: Pool, application_id: UUID, *, need_id: UUID | None = None) -> Explanation:
    """Why an application is where it is, for one need or for all; raises NotThere."""
    if application_id not in pool.candidates:
        raise NotThere(f"{application_id} is no application that takes part: withdrawn, rejected or unknown")
    if need_id is not None and need_id not in pool.needs:
        raise NotThere(f"{need_id} is not in the register of needs")
    found = explanation_of(pool, application_id)
    if need_id is None:
        return found
    return replace(found, considerations=tuple([each for each in found.considerations if each.need.need_id == need_id]))


def read_supposition(text: str, name: str) -> Supposition:
    """A supposition out of a file, in TOML or JSON by the end of its name; raises DataFileError."""
    return parse_data_file(text, name, Supposition)


def suppose(pool: Pool, supposition: Supposition) -> Outcome:
    """What would be decided otherwise; raises Impossible, or DataFileError where the rules would be wrong."""
    return outcome_of(pool, supposition)
