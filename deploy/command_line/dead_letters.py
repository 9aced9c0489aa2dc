"""Dead letters and lanes as an operator handles them: list, show, replay, discard, resume, step over."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.table import Column, Table

from contracts.catalogue import SERVICES
from deploy.command_line.environment import connected
from deploy.json_lines import print_json, print_lines
from libraries.chassis import operations
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import headers_from_bytes
from libraries.chassis.store import Connection

dead_letters = typer.Typer(name="dead-letters", help="Records that could not be processed.", no_args_is_help=True)
lanes = typer.Typer(name="lanes", help="Where each service stands on each partition.", no_args_is_help=True)

Value = TypeVar("Value")
ServiceOption = Annotated[str | None, typer.Option("--service", help=f"One of {', '.join(SERVICES)}")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides", default_factory=getpass.getuser)]
WhyOption = Annotated[str, typer.Option("--why", help="Why: kept with the record")]


@dead_letters.command(name="list")
def list_command(
    service: ServiceOption = None,
    topic: Annotated[str | None, typer.Option(help="The topic it came from")] = None,
    key: Annotated[str | None, typer.Option(help="The record's key")] = None,
    reason: Annotated[str | None, typer.Option(help="Its reason, such as json, contract, handler-failed")] = None,
    state: Annotated[str, typer.Option(help="dead, waiting, behind, replayed, discarded, or all")] = "dead",
    older_than: Annotated[float, typer.Option(help="Held for at least so many hours")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """List what is set aside, oldest first; content is never shown here."""
    before = datetime.now(UTC) - timedelta(hours=older_than)
    wanted = None if state == "all" else state
    rows = _run(
        _each(service, partial(operations.list_held, before=before, topic=topic, key=key, reason=reason, state=wanted))
    )
    if as_json:
        print_lines(rows)
        return
    table = Table(Column("id", no_wrap=True), "service", "state", "reason", "record", "held since", "detail")
    for row in rows:
        place = f"{row['topic']}/{row['partition']}@{row['offset']}"
        held_since = f"{row['held_at']:%Y-%m-%d %H:%M}"
        table.add_row(str(row["id"]), row["service"], _state(row), row["reason"], place, held_since, row["detail"])
    Console().print(table if rows else "Nothing is set aside.")


@dead_letters.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    content: Annotated[bool, typer.Option("--content", help="Show the record itself: it may be personal")] = False,
) -> None:
    """Show one record that was set aside, as one JSON object."""
    service, row = _run(_find(identifier))
    shown = {name: value for name, value in row.items() if name not in ("key", "value", "headers")}
    if content:
        shown["key"] = _text(row["key"])
        shown["value"] = _text(row["value"])
        shown["headers"] = [(name, _text(value)) for name, value in headers_from_bytes(row["headers"])]
    print_json({"service": service, **shown}, indent=1)


@dead_letters.command()
def replay(identifiers: Annotated[list[str], typer.Argument(metavar="ID...")], why: WhyOption, by: ByOption) -> None:
    """Let records be tried again; what waits behind them follows in its order."""
    _request(identifiers, "replay", by, why)


@dead_letters.command()
def discard(identifiers: Annotated[list[str], typer.Argument(metavar="ID...")], why: WhyOption, by: ByOption) -> None:
    """Drop records for good; what waits behind them goes on. They stay in the table, marked."""
    _request(identifiers, "discard", by, why)


@lanes.command(name="list")
def list_lanes(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """List every lane: its position, what it has still to publish, and why it stopped, if it did."""
    rows = _run(_each(service, operations.list_lanes))
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
    _on_lane(_known(service), lambda connection: operations.resume_lane(connection, LaneName(topic, partition)))
    typer.echo(f"{topic}/{partition} goes on at {service}'s next look", err=True)


@lanes.command()
def skip(service: str, topic: str, partition: int, offset: int, why: WhyOption, by: ByOption) -> None:
    """Step over the one record that a lane stands at and can't get past; who and why are kept."""
    lane, now = LaneName(topic, partition), datetime.now(UTC)
    _on_lane(
        _known(service),
        lambda connection: operations.skip_offset(connection, service, lane, offset, by=by, why=why, now=now),
    )
    typer.echo(f"{lane} goes on behind {offset} at {service}'s next look", err=True)


def _on_lane(service: str, work: Callable[[Connection], Awaitable[None]]) -> None:
    try:
        _run(_within(service, work))
    except operations.NotThere as error:
        raise typer.BadParameter(f"{service}: {error}") from None


def _request(identifiers: Sequence[str], decision: operations.Decision, by: str, why: str) -> None:
    for identifier in identifiers:
        service, row = _run(_find(identifier))
        decide = partial(operations.decide_on_held, identifier=row["dead_letter_id"], decision=decision, by=by, why=why)
        try:
            _run(_within(service, decide))
        except operations.NotThere as error:
            raise typer.BadParameter(str(error)) from None
        typer.echo(f"{identifier}: {decision} requested; {service} does it at its next look", err=True)


async def _find(identifier: str) -> tuple[str, Mapping[str, Any]]:
    """The service that set a record aside, and the record: an id says nothing of whose it is."""
    with suppress(ValueError):
        wanted = UUID(identifier)
        for service in SERVICES:
            if row := await _within(service, partial(operations.find_held, identifier=wanted)):
                return service, dict(row)
    raise typer.BadParameter(f"{identifier} is no id of a record that was set aside: see `engage dead-letters list`")


async def _each(
    service: str | None, look: Callable[[Connection], Awaitable[Sequence[asyncpg.Record]]]
) -> list[dict[str, Any]]:
    """What a look at one service, or at all of them, finds; each row with the service's name."""
    return [{"service": name, **row} for name in _names(service) for row in await _within(name, look)]


async def _within(service: str, work: Callable[[Connection], Awaitable[Value]]) -> Value:
    """Does something in a service's schema."""
    async with connected(search_path=service) as connection:
        return await work(connection)


def _names(service: str | None) -> Sequence[str]:
    return SERVICES if service is None else (_known(service),)


def _known(service: str) -> str:
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is no service; these are: {', '.join(SERVICES)}")
    return service


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['state']} ({row['requested']} requested)" if row["requested"] else str(row["state"])


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")


def _run(work: Coroutine[Any, Any, Value]) -> Value:
    return asyncio.run(work)
