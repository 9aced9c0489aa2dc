"""Lanes as an operator handles them: where each stands; what stopped is resumed, or steps over one record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.command_line.schemas import ServiceOption, each, known, within
from deploy.command_line.selecting import ByOption, JsonOption, WhyOption
from deploy.json_lines import print_lines
from libraries.chassis import operations
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection

lanes = typer.Typer(name="lanes", help="Where each service stands on each partition.", no_args_is_help=True)


@lanes.command(name="list")
def list_lanes(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """List every lane: its position, what it has still to publish, and why it stopped, if it did."""
    rows = asyncio.run(each(service, operations.list_lanes))
    if as_json:
        print_lines(rows)
        return
    table = Table("service", Column("lane", no_wrap=True), "next offset", "unrelayed pages", "stopped because")
    for row in rows:
        place = f"{row['topic']}/{row['partition']}"
        numbers = str(row["next_offset"]), str(row["unrelayed_pages"])
        table.add_row(row["service"], place, *numbers, row["stopped_because"] or "")
    Console().print(table)


@lanes.command()
def resume(service: str, topic: str, partition: int) -> None:
    """Let a stopped lane go on from where it stopped."""
    _on_lane(known(service), lambda connection: operations.resume_lane(connection, LaneName(topic, partition)))
    typer.echo(f"{topic}/{partition} goes on at {service}'s next look", err=True)


@lanes.command()
def skip(service: str, topic: str, partition: int, offset: int, why: WhyOption, by: ByOption) -> None:
    """Step over the one record that a lane stands at and can't get past; who and why are kept."""
    lane, now = LaneName(topic, partition), datetime.now(UTC)
    _on_lane(
        known(service),
        lambda connection: operations.skip_offset(connection, service, lane, offset, by=by, why=why, now=now),
    )
    typer.echo(f"{lane} goes on behind {offset} at {service}'s next look", err=True)


def _on_lane(service: str, work: Callable[[Connection], Awaitable[None]]) -> None:
    try:
        asyncio.run(within(service, work))
    except operations.NotThere as error:
        raise typer.BadParameter(f"{service}: {error}") from None
