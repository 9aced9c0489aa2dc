"""What the chassis asks of a service's store, and named SQL from `queries.sql` files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from contracts.event import Event
from contracts.message import EventData

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"


class Named(dict[str, AbstractSet[UUID]]):
    """The ids that a batch of events names, by what they are ids of; of what none names, the empty set."""

    def __missing__(self, entity: str) -> AbstractSet[UUID]:
        return frozenset()


NOTHING_NAMED: Final = Named()
"""Of a unit of work that no event has caused."""

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Store(Protocol):
    """The state that one transaction touches.

    `load` fetches, in a number of statements that does not depend on how many events there are, all that
    the handlers of these events may read; handlers then change plain values in memory; `save` writes what
    changed, again in a fixed number of statements. Any exception rolls the transaction back.
    """

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Fetches what these events name, by what their handlers said that they need."""

    async def save(self) -> None:
        """Writes what the handlers changed."""

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """After `save`: when duties have something to do because of it, by the duty's name and lane.

        Of a single writer: by its state as it now is, whatever changed it.
        """


class WriterStore(Store, Protocol):
    """The store of a single writer, whose state stays in memory from one transaction to the next.

    The chassis sets `state` to what the last committed transaction left, or, after a rollback or another owner's
    commit, to what `read_state` gives; `load` then adds what these events need beyond it, if anything, and `save`
    writes what was changed of it and leaves it ready for the next transaction.
    """

    state: Any

    async def read_state(self) -> Any:
        """The whole state anew, as the tables have it."""


NO_DEADLINES: Mapping[tuple[str, int], datetime] = MappingProxyType({})
"""Of a store that no duty looks at."""


class _NoStore:
    """A store that holds nothing: for what touches no state of a service."""

    deadlines = NO_DEADLINES

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Nothing to load."""

    async def save(self) -> None:
        """Nothing to save."""


NO_STORE: Store = _NoStore()


def named_queries(package: str, file: str = "queries.sql") -> Mapping[str, str]:
    """The queries of a file of a package, each under its line `-- name: fetch_something`."""
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    # The same text each time: asyncpg keeps a prepared statement for it on every connection.
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}
