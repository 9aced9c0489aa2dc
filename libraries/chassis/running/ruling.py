"""The programme that a running service decides by: agreed at its start, and kept from changing while it runs."""

from __future__ import annotations

import asyncpg

from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.programmes import agree, share


class Ruling:
    """A share of the lock that keeps the programme in force; nothing where a service has no programme."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def keep(self) -> None:
        """Takes the share, or takes it again where its connection was lost.

        Raises OtherProgramme where another programme is in force, or came into force meanwhile.
        """
        around, programme = self._around, self._around.service.programme
        if programme is None or (self._connection is not None and not self._connection.is_closed()):
            return
        # As long as its session: a connection of its own, which no pool hands to others.
        connection = await around.database.connect()
        try:
            await share(connection, around.service.name)
            await agree(connection, around.service.name, programme, now=around.programme_clock())
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection

    def give_up(self) -> None:
        """Lets another programme come into force."""
        if self._connection is not None:
            self._connection.terminate()  # without a farewell, which would wait for a database that is away
            self._connection = None
