"""Repairs as an operator asks for them and follows them: begun, listed, stopped, resumed, undone."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from deploy.command_line.schemas import ServiceOption, named, within
from deploy.command_line.selecting import ByOption, JsonOption, Wanted, selected
from deploy.json_lines import print_json
from libraries.chassis import repairs
from libraries.chassis.operations import NotThere
from libraries.chassis.repairs import Decision, Progress, Repair

repairs_group = typer.Typer(
    name="repairs", help="What was decided on records that were set aside.", no_args_is_help=True
)

RepairArgument = Annotated[UUID, typer.Argument(metavar="REPAIR", help="Its id: see `engage repairs list`")]
_LOOK_SECONDS: Final = 1.0
_LISTED: Final = 20


def decide(
    wanted: Wanted, decision: Decision, by: str, why: str, expect: int | None, *, follow: bool, as_json: bool
) -> None:
    """Asks for a repair of records that were named; of a filter only where it has as many as is expected.

    Else the filter is counted, and what would do it is said.
    """
    found = asyncio.run(selected(wanted, decision))
    count = sum(map(len, found.values()))
    if not wanted.by_ids and expect != count:
        _show_only(wanted, decision, found, expect, as_json=as_json)
        return
    asked = asyncio.run(_begin(wanted, decision, by, why, found))
    for service, repair in asked:
        if as_json and not follow:
            print_json(_told(service, repair, Progress({"asked": repair.records})))
        typer.echo(
            f"{repair.id}: {decision} of {repair.records} requested; {service} does it at its next looks", err=True
        )
    if follow:
        for service, repair in asked:
            _follow(service, repair, as_json=as_json)


@repairs_group.command(name="list")
def list_command(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """List the last repairs of each service, the newest first."""
    found = asyncio.run(_listed(service))
    if as_json:
        for name, repair, done in found:
            print_json(_told(name, repair, done))
        return
    table = Table(Column("repair", no_wrap=True), Column("what", overflow="fold"), show_lines=True)
    for name, repair, done in found:
        said = [f"{repair.decision} {repair.records} of {name}: {repair.about}", f"{repair.by}: {repair.why}"]
        table.add_row(f"{repair.id}\n{repair.at:%Y-%m-%d %H:%M}", Text("\n").join(map(Text, [*said, _said(done)])))
    Console().print(table if found else "Nothing was repaired.")


@repairs_group.command()
def show(
    repair_id: RepairArgument,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it is done")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show how far a repair is, and what became of its records."""
    service, repair = asyncio.run(_find(repair_id))
    if follow:
        _follow(service, repair, as_json=as_json)
    else:
        _show(service, repair, asyncio.run(_progress(service, repair_id)), as_json=as_json)


@repairs_group.command()
def stop(repair_id: RepairArgument, by: ByOption) -> None:
    """Stop a repair: what the service has not come to stays held, and can be resumed."""
    service, _ = asyncio.run(_find(repair_id))
    stopped = asyncio.run(
        within(service, partial(repairs.stop_repair, repair_id=repair_id, by=by, now=datetime.now(UTC)))
    )
    typer.echo(f"{repair_id}: {stopped} stay held; `engage repairs resume {repair_id}` goes on with them", err=True)


@repairs_group.command()
def resume(repair_id: RepairArgument, by: ByOption) -> None:
    """Go on with what a stopped repair had not come to, as long as nobody has decided otherwise."""
    service, _ = asyncio.run(_find(repair_id))
    resumed = asyncio.run(within(service, partial(repairs.resume_repair, repair_id=repair_id, by=by)))
    typer.echo(f"{repair_id}: {service} goes on with {resumed}", err=True)


@repairs_group.command()
def undo(repair_id: RepairArgument) -> None:
    """Take discards back, as long as the content is kept: the records wait for a decision again."""
    service, repair = asyncio.run(_find(repair_id))
    if repair.decision != "discard":
        raise typer.BadParameter(f"{repair_id} is a {repair.decision}: only discards can be undone")
    undone = asyncio.run(within(service, partial(repairs.undo_discards, repair_id=repair_id)))
    typer.echo(f"{repair_id}: {undone} of {repair.records} wait for a decision again", err=True)


def _show_only(
    wanted: Wanted, decision: Decision, found: Mapping[str, Sequence[Any]], expect: int | None, *, as_json: bool
) -> None:
    """Counts what a filter has; where another number was expected, that is an error."""
    count = sum(map(len, found.values()))
    groups = Counter(
        (service, row["topic"], row["reason"], row["type"] or "-", row["source"] or "-")
        for service, rows in found.items()
        for row in rows
    )
    claims = Counter(row["claimed_by"] for rows in found.values() for row in rows if _is_claimed(row))
    if as_json:
        names = "service", "topic", "reason", "type", "source"
        counted = [{**dict(zip(names, group, strict=True)), "records": number} for group, number in groups.items()]
        print_json({"decision": decision, "records": count, "groups": counted, "claimed": dict(claims)})
    else:
        for (service, *common), number in groups.most_common():
            typer.echo(f"{number:>7}  {service}: {', '.join(common)}")
        for who, number in claims.items():
            typer.echo(f"{number:>7}  {who} looks at these")
        typer.echo(f"{count:>7}  in all; nothing was done")
    if expect is not None:
        raise typer.BadParameter(f"there are {count} and not {expect}: nothing was done", param_hint="--expect")
    if count:
        options = " ".join(wanted.options())
        typer.echo(f"to do it: engage dead-letters {decision} {options} --why … --expect {count}", err=True)
    if any(len(rows) == repairs.MOST_AT_ONCE for rows in found.values()):
        typer.echo(f"at most {repairs.MOST_AT_ONCE} of a service at a time: the rest takes another repair", err=True)


def _is_claimed(row: Any) -> bool:
    return row["claimed_by"] is not None and row["claimed_until"] > datetime.now(UTC)


async def _begin(
    wanted: Wanted, decision: Decision, by: str, why: str, found: Mapping[str, Sequence[Any]]
) -> list[tuple[str, Repair]]:
    begun = []
    for service, rows in found.items():
        repair = Repair(uuid4(), decision, wanted.selection.said, by, why, datetime.now(UTC))
        ids = [row["id"] for row in rows]
        await within(service, partial(repairs.begin_repair, repair=repair, identifiers=ids))
        begun.append((service, await within(service, partial(repairs.find_repair, repair_id=repair.id))))
    return begun


async def _listed(service: str | None) -> list[tuple[str, Repair, Progress]]:
    found = [
        (name, repair)
        for name in named(service)
        for repair in await within(name, partial(repairs.list_repairs, limit=_LISTED))
    ]
    found.sort(key=lambda each: each[1].at, reverse=True)
    return [(name, repair, await _progress(name, repair.id)) for name, repair in found]


async def _find(repair_id: UUID) -> tuple[str, Repair]:
    for service in named(None):
        try:
            return service, await within(service, partial(repairs.find_repair, repair_id=repair_id))
        except NotThere:
            continue
    raise typer.BadParameter(f"there is no repair {repair_id}: see `engage repairs list`")


async def _progress(service: str, repair_id: UUID) -> Progress:
    return await within(service, partial(repairs.progress, repair_id=repair_id))


def _follow(
    service: str, repair: Repair, *, as_json: bool, pause: Callable[[], None] = lambda: time.sleep(_LOOK_SECONDS)
) -> None:
    """Tells how far a repair is, each time that it is further, until the service has come to all of it."""
    try:
        while (done := asyncio.run(_progress(service, repair.id))).to_come:
            typer.echo(f"{repair.id}: {done.total - done.to_come} of {done.total}", err=True)
            pause()
    except KeyboardInterrupt:
        typer.echo(f"it goes on: `engage repairs stop {repair.id}` stops it", err=True)
        return
    _show(service, repair, done, as_json=as_json)


def _show(service: str, repair: Repair, done: Progress, *, as_json: bool) -> None:
    if as_json:
        print_json(_told(service, repair, done))
        return
    typer.echo(f"{repair.decision} {repair.records} of {service}: {repair.about}")
    typer.echo(f"{repair.by}, {repair.at:%Y-%m-%d %H:%M} UTC: {repair.why}")
    typer.echo(_said(done))


def _said(done: Progress) -> str:
    counts = ", ".join(f"{number} {outcome}" for outcome, number in done.counts.items()) or "no records"
    return counts + (f"; {done.can_be_undone} can be undone" if done.can_be_undone else "")


def _told(service: str, repair: Repair, done: Progress) -> dict[str, Any]:
    named_fields = ("id", "decision", "about", "by", "why", "at", "records", "stopped_by", "stopped_at")
    told = {name: getattr(repair, name) for name in named_fields}
    return {"service": service, **told, "outcomes": dict(done.counts), "can_be_undone": done.can_be_undone}
