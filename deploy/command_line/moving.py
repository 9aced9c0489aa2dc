"""A whole system into files and back: from one machine to servers, or from one cluster to another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.command_line.environment import connected, kafka_cluster
from libraries.chassis.settings import SettingsError
from libraries.clocks.machine import machine_time

if TYPE_CHECKING:
    from deploy.moving.manifest import Manifest

_DirectoryArgument = Annotated[Path, typer.Argument(metavar="DIR")]


def export(directory: _DirectoryArgument) -> None:
    """Write every table and every topic into a new directory, as `engage_migrations`; all services must be stopped.

    It holds personal data.
    """
    _tell(asyncio.run(_export(directory)), "exported")


def import_(directory: _DirectoryArgument) -> None:
    """Fill new tables and topics with what `engage export` wrote, as `engage_migrations`; no service may run yet.

    First `engage roles`, `engage migrate` and `engage topics apply` make them. Kafka's user must be an administrator.
    """
    _tell(asyncio.run(_import(directory)), "imported")


async def _export(directory: Path) -> Manifest:
    from deploy.moving.moving import export_to
    from deploy.topics import TopicsError

    try:
        async with connected() as connection:
            return await export_to(directory, connection, kafka_cluster(), at=machine_time())
    except TopicsError as error:
        raise SettingsError(str(error)) from None


async def _import(directory: Path) -> Manifest:
    from deploy.moving.moving import import_from
    from deploy.topics import TopicsError

    try:
        async with connected() as connection:
            return await import_from(directory, connection, kafka_cluster())
    except TopicsError as error:
        raise SettingsError(str(error)) from None


def _tell(manifest: Manifest, done: str) -> None:
    records = sum(part.records for part in manifest.partitions)
    typer.echo(
        f"{len(manifest.tables)} tables and {records} records of {len(manifest.partitions)} partitions {done}", err=True
    )
    for part in manifest.partitions:
        if part.unreadable:
            typer.echo(f"{part.place}: {part.unreadable} records that no client can read were left out", err=True)
