"""What became of a story's dead letters, and what waits behind them, by the services that set them aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from contracts.catalogue import SERVICES
from libraries.chassis import operations
from libraries.chassis.store import Connection
from services.journal.journeys.model import DeadLetter


@dataclass(frozen=True, slots=True)
class SetAside:
    """How a dead letter stands now: dead, replayed, discarded …, and how many records of its key wait behind it.

    `state` is None where this login may not ask the service, or where the service has emptied its memory of it.
    """

    id: UUID
    state: str | None
    behind: int


async def set_aside(
    connect: Callable[[str], AbstractAsyncContextManager[Connection]], letters: Iterable[DeadLetter]
) -> list[SetAside]:
    """How each dead letter stands; `connect` gives a connection in a service's schema."""
    found = []
    for letter in letters:
        if letter.service not in SERVICES:
            found.append(SetAside(letter.id, None, 0))
            continue
        async with connect(letter.service) as connection:
            try:
                found.append(await _stands(connection, letter))
            except asyncpg.InsufficientPrivilegeError:
                found.append(SetAside(letter.id, None, 0))
    return found


async def _stands(connection: Connection, letter: DeadLetter) -> SetAside:
    standing = await operations.standing_of(connection, letter.id)
    return SetAside(letter.id, None, 0) if standing is None else SetAside(letter.id, standing.state, standing.behind)
