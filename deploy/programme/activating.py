"""Which programme each service decides by, and how another one comes into force: for all at one moment, or for none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import asyncpg

from contracts.catalogue import SERVICES
from libraries.chassis.programmes import InForce, files_in_force, history, in_force, is_alone, put_into_force
from libraries.programme.programme import Sealed

_SCHEMA: Final = "SELECT set_config('search_path', $1, true)"


class StillRunning(Exception):
    """Services still decide by the programme before; names them, and says what to do."""


async def activate(
    connection: asyncpg.Connection[asyncpg.Record], programme: Sealed, *, now: datetime
) -> Mapping[str, bool]:
    """Puts a programme into force for all services; by the name of each whether that changes anything.

    Raises StillRunning where a process of one still runs; then nothing is changed.
    """
    changed: dict[str, bool] = {}
    async with connection.transaction():
        running = [service for service in SERVICES if not await is_alone(connection, service)]
        if running:
            raise StillRunning(
                f"{', '.join(running)} still run, and decide by the programme before: stop all processes of the "
                "services, activate, and start them again; events wait in Kafka meanwhile"
            )
        for service in SERVICES:
            await connection.execute(_SCHEMA, service)
            held = await in_force(connection)
            changed[service] = held is None or held.identity.digest != programme.identity.digest
            if changed[service]:
                await put_into_force(connection, programme, now=now)
    return changed


async def histories(connection: asyncpg.Connection[asyncpg.Record]) -> Mapping[str, list[InForce]]:
    """All programmes that each service has decided by, the newest first."""
    found: dict[str, list[InForce]] = {}
    for service in SERVICES:
        async with connection.transaction():
            await connection.execute(_SCHEMA, service)
            found[service] = await history(connection)
    return found


async def running_files(connection: asyncpg.Connection[asyncpg.Record]) -> Mapping[str, str] | None:
    """The files of the programme in force, as the first service that has one keeps them; None where none has."""
    for service in SERVICES:
        async with connection.transaction():
            await connection.execute(_SCHEMA, service)
            if (files := await files_in_force(connection)) is not None:
                return files
    return None
