"""Dead letters and lanes as an operator handles them: list, show, replay, discard, resume, step over."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Column, Table

from contracts.catalogue import SERVICES
from deploy.command_line.environment import connected
from deploy.command_line.json_lines import print_lines
from libraries.chassis import operations
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import headers_from_bytes
from libraries.chassis.store import Connection

dead_letters = typer.Typer(name="dead-letters", help="Records that could not be processed.", no_args_is_help=True)
lanes = typer.Typer(name="lanes", help="Where each service stands on each partition.", no_args_is_help=True)

_COLUMNS = """dead_letter_id AS id, '{service}' AS service, state, reason, detail, topic, partition, "offset",
              encode(key, 'escape') AS key, recorded_at, held_at, retries, awaits, requested, requested_by,
              requested_why"""

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
    rows = _run(_fetch(service, topic=topic, key=key, reason=reason, state=state, older_than=older_than))
    if as_json:
        print_lines(map(dict, rows))
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
    shown = {name: row[name] for name in row.keys() if name not in ("key", "value", "headers")}  # noqa: SIM118
    if content:
        shown["key"] = _text(row["key"])
        shown["value"] = _text(row["value"])
        shown["headers"] = [(name, _text(value)) for name, value in headers_from_bytes(row["headers"])]
    print(json.dumps({"service": service, **shown}, default=str, ensure_ascii=False, indent=1))


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
    rows = _run(_lanes(service))
    if as_json:
        for row in rows:
            print(json.dumps(row))
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
    async def connect_and_work() -> None:
        async with connected(search_path=service) as connection:
            await work(connection)

    try:
        _run(connect_and_work())
    except operations.NotThere as error:
        raise typer.BadParameter(f"{service}: {error}") from None


def _request(identifiers: Sequence[str], what: str, by: str, why: str) -> None:
    for identifier in identifiers:
        service, row = _run(_find(identifier))
        if row["state"] not in ("dead", "waiting"):
            raise typer.BadParameter(f"{identifier} is {row['state']}: only what is dead or waiting can be decided on")
        _run(_decide(service, identifier, what, by, why))
        typer.echo(f"{identifier}: {what} requested; {service} does it at its next look", err=True)


async def _fetch(
    service: str | None, *, topic: str | None, key: str | None, reason: str | None, state: str, older_than: float
) -> list[asyncpg.Record]:
    query = """SELECT {columns} FROM {service}.held_record
                WHERE ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR key = $2::text::bytea)
                  AND ($3::text IS NULL OR reason = $3) AND ($4 = 'all' OR state = $4) AND held_at <= $5
                ORDER BY held_at, topic, partition, "offset" """
    before = datetime.now(UTC) - timedelta(hours=older_than)
    async with connected() as connection:
        rows: list[asyncpg.Record] = []
        for name in _names(service):
            text = query.format(columns=_COLUMNS.format(service=name), service=name)
            rows += await connection.fetch(text, topic, key, reason, state, before)
        return rows


async def _find(identifier: str) -> tuple[str, asyncpg.Record]:
    async with connected() as connection:
        for service in SERVICES:
            query = f"SELECT * FROM {service}.held_record WHERE dead_letter_id::text = $1"  # noqa: S608
            if row := await connection.fetchrow(query, identifier):
                return service, row
    raise typer.BadParameter(f"{identifier} is no id of a record that was set aside: see `engage dead-letters list`")


async def _decide(service: str, identifier: str, what: str, by: str, why: str) -> None:
    async with connected() as connection:
        await connection.execute(
            f"UPDATE {service}.held_record SET requested = $2, requested_by = $3, requested_why = $4"  # noqa: S608
            " WHERE dead_letter_id::text = $1",
            identifier,
            what,
            by,
            why,
        )


async def _lanes(service: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name in _names(service):
        async with connected(search_path=name) as connection:
            rows += [{"service": name, **row} for row in await operations.list_lanes(connection)]
    return rows


def _names(service: str | None) -> Sequence[str]:
    return SERVICES if service is None else (_known(service),)


def _known(service: str) -> str:
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is no service; these are: {', '.join(SERVICES)}")
    return service


def _state(row: asyncpg.Record) -> str:
    return f"{row['state']} ({row['requested']} requested)" if row["requested"] else str(row["state"])


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")


def _run(work: Coroutine[Any, Any, Value]) -> Value:
    return asyncio.run(work)
