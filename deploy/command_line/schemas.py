"""Services' schemas, as commands about what services set aside reach them: one, or each in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from contracts.catalogue import SERVICES
from deploy.command_line.environment import connected
from libraries.chassis.store import Connection

Value = TypeVar("Value")
ServiceOption = Annotated[str | None, typer.Option("--service", help=f"One of {', '.join(SERVICES)}")]


async def within(service: str, work: Callable[[Connection], Awaitable[Value]]) -> Value:
    """Does something in a service's schema, whole or not at all."""
    async with connected(search_path=service) as connection, connection.transaction():
        return await work(connection)


async def each(
    service: str | None, look: Callable[[Connection], Awaitable[Sequence[asyncpg.Record]]]
) -> list[dict[str, Any]]:
    """What a look at one service, or at all of them, finds; each row with the service's name."""
    return [{"service": name, **row} for name in named(service) for row in await within(name, look)]


def named(service: str | None) -> Sequence[str]:
    """The services that are meant: one, or all; raises BadParameter for a name that none has."""
    return SERVICES if service is None else (known(service),)


def known(service: str) -> str:
    """A service's name; raises BadParameter for one that none has."""
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is no service; these are: {', '.join(SERVICES)}")
    return service
