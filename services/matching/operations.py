"""What people may ask of matching from outside its handlers: all of it looks, and nothing is changed or published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from contracts.message import Reason
from contracts.needs import Need as PublicNeed
from contracts.needs import NeedDeclared, NeedRevised
from contracts.states import NeedState
from libraries.chassis.store import Connection, named_queries
from libraries.data_files import parse_data_file
from libraries.typed.words import reasons_of
from services.matching.answers.explanations import Explanation
from services.matching.answers.explanations import explain as explanation_of
from services.matching.answers.suppositions import Outcome, Supposition
from services.matching.answers.suppositions import suppose as outcome_of
from services.matching.edges.fit import FitPoints
from services.matching.pool.pool import Pool
from services.matching.states.candidates import Candidate
from services.matching.states.need_forms import ReadNeed, read_need
from services.matching.store import MatchingStore

_QUERIES: Final = named_queries("services.matching", "operations.sql")

Listed: TypeAlias = Mapping[str, Any]
"""A line of a list, by the names that it is shown under."""


class Near(NamedTuple):
    """A project that could answer a need: its fit, and the needs that it is held against now."""

    candidate: Candidate
    fit: FitPoints
    held_against: tuple[UUID, ...]


class NotThere(LookupError):
    """An application that takes no part, or a need that is not in the register; the text says which."""


async def read_pool(connection: Connection) -> Pool:
    """The pool as its writer last left it, over a connection to the service's schema.

    In one snapshot, for its tables say something together only as of one commit.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await MatchingStore(connection).read_state()


async def read_weighing(connection: Connection) -> Pool:
    """The pool as it weighs projects against needs, without who is forgotten and what a jury keeps to itself.

    For logins that may read no more than that: it explains and supposes, and knows nothing of who may decide.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await MatchingStore(connection).read_weighing()


class RegisteredNeed(NamedTuple):
    """A need as the register has it, with its owner and the source that it belongs to."""

    need_id: UUID
    version: int
    state: NeedState
    owner_id: UUID
    source: str
    content: PublicNeed


async def find_needs(
    connection: Connection, owner_ids: Sequence[UUID] | None, *, most: int = 2_000
) -> list[RegisteredNeed]:
    """The needs of owners, or of everybody where none is given; the open ones first, by their titles."""
    owners = None if owner_ids is None else list(owner_ids)
    return [_registered(row) for row in await connection.fetch(_QUERIES["find_needs"], owners, most)]


async def find_need(connection: Connection, need_id: UUID) -> RegisteredNeed | None:
    """A need of the register; None where there is none by that id."""
    row = await connection.fetchrow(_QUERIES["find_need"], need_id)
    return None if row is None else _registered(row)


async def find_deputised(connection: Connection, person_id: UUID, *, at: datetime) -> list[UUID]:
    """The owners in whose place a person decides at a moment."""
    return [row["owner_id"] for row in await connection.fetch(_QUERIES["find_deputised"], person_id, at)]


async def find_deputy(connection: Connection, owner_id: UUID, *, at: datetime) -> Listed | None:
    """Who decides in an owner's place at a moment (`person_id`), and until when (`until`); None for nobody."""
    row = await connection.fetchrow(_QUERIES["find_deputy"], owner_id, at)
    return None if row is None else dict(row)


async def find_stances(connection: Connection, application_id: UUID, need_id: UUID, person_id: UUID) -> Listed:
    """Whether a project and a need are ruled out (`forbidden`), and whether a person `abstains` from the file."""
    return dict(await connection.fetchrow(_QUERIES["find_stances"], application_id, need_id, person_id) or {})


def problems_of(form: NeedDeclared | NeedRevised, sent_at: datetime) -> tuple[Reason, ...]:
    """What matching would say is wrong with a need's form that was sent at a moment; nothing where it would take it."""
    read = read_need(form, sent_at)
    return () if isinstance(read, ReadNeed) else reasons_of(read)


def _registered(row: asyncpg.Record) -> RegisteredNeed:
    content = PublicNeed.model_validate_json(row["document"])
    return RegisteredNeed(row["need_id"], row["version"], row["state"], row["owner_id"], row["source"], content)


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


def near(pool: Pool, need_id: UUID, most: int) -> tuple[Near, ...]:
    """The projects that could answer a need, the best fit first, each with where it is held now; raises NotThere."""
    if (need := pool.needs.get(need_id)) is None:
        raise NotThere(f"{need_id} is not in the register of needs")
    found = [
        Near(candidate, fit, tuple(pool.live_of(candidate.application_id)))
        for candidate in pool.candidates.values()
        if not pool.shut_gates(candidate, need) and (fit := pool.edge(candidate, need)) is not None
    ]
    return tuple(sorted(found, key=lambda it: (-it.fit.total, it.candidate.application_id))[:most])


def read_supposition(text: str, name: str) -> Supposition:
    """A supposition out of a file, in TOML or JSON by the end of its name; raises DataFileError."""
    return parse_data_file(text, name, Supposition)


def suppose(pool: Pool, supposition: Supposition) -> Outcome:
    """What would be decided otherwise; raises Impossible, or DataFileError where the rules would be wrong."""
    return outcome_of(pool, supposition)
