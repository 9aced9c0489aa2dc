"""Which programme a service decides by: one at a time, whichever process decides.

Each process of a service holds a lock, shared with the others, while it runs. To put another programme into force takes
that lock for oneself alone, so that nobody decides by the one before when the next begins.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from libraries.chassis.store import Connection, named_queries
from libraries.programme.programme import Identity, Sealed

_QUERIES: Final = named_queries("libraries.chassis", "programmes.sql")
_LOCK_CLASS: Final = 0x70726F67  # "prog"


class OtherProgramme(Exception):
    """Another programme is in force than the one that a process has; the text says what to do."""


class InForce(NamedTuple):
    """A programme that was put into force, and when."""

    identity: Identity
    since: datetime


async def share(connection: Connection, service: str) -> None:
    """Keeps others from putting a programme into force, as long as the connection lives; waits while one is."""
    await connection.execute(_QUERIES["share"], _LOCK_CLASS, _key(service))


async def is_alone(connection: Connection, service: str) -> bool:
    """Whether no process of the service runs, nor will start before the transaction ends."""
    return bool(await connection.fetchval(_QUERIES["is_alone"], _LOCK_CLASS, _key(service)))


async def in_force(connection: Connection) -> InForce | None:
    """The programme that the service decides by; None where none was put into force yet."""
    row = await connection.fetchrow(_QUERIES["in_force"])
    return None if row is None else InForce(Identity(row["version"], row["digest"]), row["since"])


async def files_in_force(connection: Connection) -> Mapping[str, str] | None:
    """The text of every file of the programme in force, by its name; None where there is none."""
    packed = await connection.fetchval(_QUERIES["files_in_force"])
    if packed is None:
        return None
    files: Mapping[str, str] = json.loads(zlib.decompress(packed))
    return files


async def history(connection: Connection) -> list[InForce]:
    """All programmes that were put into force, the newest first."""
    rows = await connection.fetch(_QUERIES["history"])
    return [InForce(Identity(row["version"], row["digest"]), row["since"]) for row in rows]


async def put_into_force(connection: Connection, programme: Sealed, *, now: datetime) -> None:
    """Has the service decide by a programme from now on; who calls is alone."""
    await connection.execute(_QUERIES["put_into_force"], *_row(programme, now))


async def agree(connection: Connection, service: str, programme: Sealed, *, now: datetime) -> None:
    """Makes sure that this programme is in force; the very first one that a service has comes into force by it.

    Raises OtherProgramme, which says what to do.
    """
    await connection.execute(_QUERIES["begin"], *_row(programme, now))
    held = await in_force(connection)
    if held is not None and held.identity.digest != programme.identity.digest:
        raise OtherProgramme(
            f"{service} decides by the programme {held.identity} since {held.since:%Y-%m-%d %H:%M} UTC, and this "
            f"process has {programme.identity}: name the directory of the one in force by ENGAGE_PROGRAMME, or stop "
            "all services and run `engage programme activate` with the other one"
        )


def _row(programme: Sealed, now: datetime) -> tuple[Any, ...]:
    packed = zlib.compress(json.dumps(dict(programme.files), sort_keys=True).encode())
    return programme.identity.version, programme.identity.digest, now, packed


def _key(service: str) -> int:
    return int.from_bytes(blake2b(service.encode(), digest_size=4).digest(), "big", signed=True)
