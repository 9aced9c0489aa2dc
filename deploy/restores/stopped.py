"""Whether every service is stopped: what moves lanes or copies all there is must be alone.

It is asked before anything is done, and again before that counts: what restarts containers may have brought one back.
"""

from __future__ import annotations

from typing import Final

from deploy.roles import WITH_SCHEMA
from libraries.chassis.database import role_of
from libraries.chassis.settings import SettingsError
from libraries.chassis.store import Connection

_CONNECTED: Final = """
SELECT DISTINCT usename FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = ANY($1) ORDER BY 1
"""


async def check_stopped(connection: Connection) -> None:
    """Raises SettingsError where a service, the console or the desk is connected to the database."""
    rows = await connection.fetch(_CONNECTED, [role_of(name) for name in WITH_SCHEMA])
    if rows:
        names = ", ".join(row["usename"].removeprefix(role_of("")) for row in rows)
        raise SettingsError(f"{names}: still connected to the database; stop every service, the console and the desk")
