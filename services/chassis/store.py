"""What the chassis asks of a service's store, and named SQL from `queries.sql` files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Protocol, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from contracts.event import Event
from contracts.message import EventData

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Store(Protocol):
    """The state that one transaction touches.

    `load` fetches, in a number of statements that does not depend on how many events there are, all that
    the handlers of these events may read; handlers then change plain values in memory; `save` writes what
    changed, again in a fixed number of statements. Any exception rolls the transaction back.
    """

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches what the handlers of these events may need."""

    async def save(self) -> None:
        """Writes what the handlers changed."""


def named_queries(package: str) -> Mapping[str, str]:
    """The queries of a package's `queries.sql`, each under its line `-- name: fetch_something`."""
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}
