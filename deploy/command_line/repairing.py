"""Repairs as an operator asks for them and follows them: begun, listed, stopped, resumed, undone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from contracts.message import Language
from deploy.command_line.counting import show_count
from deploy.command_line.languages import LanguageOption, language_of
from deploy.command_line.repair_words import say, what_became, what_was_decided
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
    wanted: Wanted,
    decision: Decision,
    by: str,
    why: str,
    expect: int | None,
    language: Language,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Asks for a repair of records that were named; of a filter only where it has as many as is expected.

    Else the filter is counted, and what would do it is said.
    """
    found = asyncio.run(selected(wanted, decision))
    count = sum(map(len, found.values()))
    if not wanted.by_ids and expect != count:
        show_count(wanted, decision, found, expect, language, as_json=as_json)
        return
    asked = asyncio.run(_begin(wanted, decision, by, why, found))
    for service, repair in asked:
        if as_json and not follow:
            print_json(_told(service, repair, Progress({"asked": repair.records})))
        what = what_was_decided(decision, repair.records, service, language)
        told = say(
            language, "demandé ; le service le fait à ses prochains passages", "asked for; it does it at its next looks"
        )
        typer.echo(f"{repair.id}: {what}, {told}", err=True)
    if follow:
        for service, repair in asked:
            _follow(service, repair, language, as_json=as_json)


@repairs_group.command(name="list")
def list_command(service: ServiceOption = None, language: LanguageOption = "fr", as_json: JsonOption = False) -> None:
    """List the last repairs of each service, the newest first."""
    spoken = language_of(language)
    found = asyncio.run(_listed(service))
    if as_json:
        for name, repair, done in found:
            print_json(_told(name, repair, done))
        return
    headings = say(spoken, "réparation", "repair"), say(spoken, "quoi", "what")
    table = Table(Column(headings[0], no_wrap=True), Column(headings[1], overflow="fold"), show_lines=True)
    for name, repair, done in found:
        what = what_was_decided(repair.decision, repair.records, name, spoken)
        said = f"{what}: {repair.about}", f"{repair.by}: {repair.why}", what_became(done, spoken)
        table.add_row(f"{repair.id}\n{repair.at:%Y-%m-%d %H:%M}", Text("\n").join(map(Text, said)))
    Console().print(table if found else say(spoken, "Rien n’a été réparé.", "Nothing was repaired."))


@repairs_group.command()
def show(
    repair_id: RepairArgument,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it is done")] = False,
    language: LanguageOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Show how far a repair is, and what became of its records."""
    spoken = language_of(language)
    service, repair = asyncio.run(_find(repair_id))
    if follow:
        _follow(service, repair, spoken, as_json=as_json)
    else:
        _show(service, repair, asyncio.run(_progress(service, repair_id)), spoken, as_json=as_json)


@repairs_group.command()
def stop(repair_id: RepairArgument, by: ByOption, language: LanguageOption = "fr") -> None:
    """Stop a repair: what the service has not come to stays held, and can be resumed."""
    spoken = language_of(language)
    service, _ = asyncio.run(_find(repair_id))
    stopped = asyncio.run(
        within(service, partial(repairs.stop_repair, repair_id=repair_id, by=by, now=datetime.now(UTC)))
    )
    command = f"`engage repairs resume {repair_id}`"
    told = say(
        spoken,
        f"{stopped} restent mis de côté ; {command} les reprend",
        f"{stopped} stay held; {command} goes on with them",
    )
    typer.echo(f"{repair_id}: {told}", err=True)


@repairs_group.command()
def resume(repair_id: RepairArgument, by: ByOption, language: LanguageOption = "fr") -> None:
    """Go on with what a stopped repair had not come to, as long as nobody has decided otherwise."""
    spoken = language_of(language)
    service, _ = asyncio.run(_find(repair_id))
    resumed = asyncio.run(within(service, partial(repairs.resume_repair, repair_id=repair_id, by=by)))
    told = say(spoken, f"{service} en reprend {resumed}", f"{service} goes on with {resumed}")
    typer.echo(f"{repair_id}: {told}", err=True)


@repairs_group.command()
def undo(repair_id: RepairArgument, language: LanguageOption = "fr") -> None:
    """Take discards back, as long as the content is kept: the records wait for a decision again."""
    spoken = language_of(language)
    service, repair = asyncio.run(_find(repair_id))
    if repair.decision != "discard":
        raise typer.BadParameter(f"{repair_id} is a {repair.decision}: only discards can be undone")
    undone = asyncio.run(within(service, partial(repairs.undo_discards, repair_id=repair_id)))
    told = say(
        spoken,
        f"{undone} sur {repair.records} sont de nouveau à décider",
        f"{undone} of {repair.records} wait for a decision again",
    )
    typer.echo(f"{repair_id}: {told}", err=True)


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
    service: str,
    repair: Repair,
    language: Language,
    *,
    as_json: bool,
    pause: Callable[[], None] = lambda: time.sleep(_LOOK_SECONDS),
) -> None:
    """Tells how far a repair is, each time that it is further, until the service has come to all of it."""
    try:
        while (done := asyncio.run(_progress(service, repair.id))).to_come:
            typer.echo(f"{repair.id}: {done.total - done.to_come} / {done.total}", err=True)
            pause()
    except KeyboardInterrupt:
        command = f"`engage repairs stop {repair.id}`"
        typer.echo(say(language, f"cela continue : {command} l’arrête", f"it goes on: {command} stops it"), err=True)
        return
    _show(service, repair, done, language, as_json=as_json)


def _show(service: str, repair: Repair, done: Progress, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(_told(service, repair, done))
        return
    typer.echo(f"{what_was_decided(repair.decision, repair.records, service, language)}: {repair.about}")
    typer.echo(f"{repair.by}, {repair.at:%Y-%m-%d %H:%M} UTC: {repair.why}")
    typer.echo(what_became(done, language))


def _told(service: str, repair: Repair, done: Progress) -> dict[str, Any]:
    named_fields = ("id", "decision", "about", "by", "why", "at", "records", "stopped_by", "stopped_at")
    told = {name: getattr(repair, name) for name in named_fields}
    return {"service": service, **told, "outcomes": dict(done.counts), "can_be_undone": done.can_be_undone}
