"""The pulse: each server is asked again and again whether it answers, so that silence is seen as a failure is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from libraries.chassis.postgresql import DatabaseAway
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.servers.port import Kafka, NotPolled
from libraries.chassis.transport import NotVerified
from libraries.chassis.watching.log import named

_BETWEEN_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 1.5
"""With the moment that a trouble is given, what goes on saying nothing is named within five seconds."""


class Pulse:
    """A connection of its own to each server: who works waits for what is slow, and this must not."""

    def __init__(self, around: Surroundings, kafka: Kafka) -> None:
        self._around = around
        self._kafka = kafka
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def run(self) -> None:
        """Asks until the service stops."""
        await asyncio.gather(
            self._feel("reaching PostgreSQL", self._ask_postgresql), self._feel("reaching Kafka", self._kafka.ask)
        )

    def stop(self) -> None:
        """Lets go of its connection."""
        if self._connection is not None:
            self._connection.terminate()  # without a farewell, which would wait for a database that is away
            self._connection = None

    async def _feel(self, what: str, ask: Callable[[], Awaitable[None]]) -> None:
        around = self._around
        while not around.stopping.is_set():
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await ask()
            except Exception as error:
                around.log.warning("no answer", action="pulse", of=what, error=_why(error))
                around.troubles.failed(what, _why(error))
            else:
                around.troubles.went_well(what)
            await asyncio.sleep(_BETWEEN_SECONDS)

    async def _ask_postgresql(self) -> None:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._around.database.connect()
            await self._connection.fetchval("SELECT 1")
        except BaseException:
            self.stop()  # the next question goes a way of its own
            raise


def _why(error: Exception) -> str:
    """Our own words where there are some, which say what to do and nothing secret."""
    if isinstance(error, TimeoutError):
        return f"no answer in {_ANSWER_SECONDS} s"
    return str(error) if isinstance(error, (NotVerified, DatabaseAway, NotPolled)) else named(error)
