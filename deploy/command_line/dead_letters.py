"""Dead letters as an operator handles them: list, group, show, say that one looks at them, replay, discard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from contracts.message import Language
from deploy.command_line import repairing
from deploy.command_line.editing import edit
from deploy.command_line.languages import LanguageOption, language_of
from deploy.command_line.repair_words import looked_at, say, state_of
from deploy.command_line.schemas import ServiceOption, each, within
from deploy.command_line.selecting import (
    BeforeOption,
    ByOption,
    IdsArgument,
    JsonOption,
    ReasonOption,
    SinceOption,
    SourceOption,
    StateOption,
    TopicOption,
    TypeOption,
    Wanted,
    WhyOption,
    find,
    only,
    selected,
    wanted_by,
)
from deploy.json_lines import print_json, print_lines
from libraries.chassis import operations, repairs
from libraries.chassis.records.received import headers_from_bytes
from libraries.chassis.repairs import Decision

dead_letters = typer.Typer(name="dead-letters", help="Records that could not be processed.", no_args_is_help=True)
dead_letters.command()(edit)

ExpectOption = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="Do it, if the filter still has so many; else it is only shown")
]
FollowOption = Annotated[bool, typer.Option("--follow", help="Say how far it is, until it is done")]
_MOST_HOURS = 72
_SAID: Final[Mapping[Decision, str]] = {
    "replay": "Let records be tried again; what waits behind them follows in its order. A filter is only counted at "
    "first.",
    "discard": "Drop records; what waits behind them goes on. They stay, marked. A filter is only counted at first.",
}


@dead_letters.command(name="list")
def list_command(
    service: ServiceOption = None,
    topic: TopicOption = None,
    key: Annotated[str | None, typer.Option(help="The record's key")] = None,
    reason: ReasonOption = None,
    state: Annotated[str, typer.Option(help="dead, waiting, behind, replayed, discarded, replaced, or all")] = "dead",
    older_than: Annotated[float, typer.Option(help="Held for at least so many hours")] = 0.0,
    language: LanguageOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """List what is set aside, oldest first; content is never shown here."""
    spoken = language_of(language)
    before = datetime.now(UTC) - timedelta(hours=older_than)
    wanted = None if state == "all" else state
    rows = asyncio.run(
        each(service, partial(operations.list_held, before=before, topic=topic, key=key, reason=reason, state=wanted))
    )
    if as_json:
        print_lines(rows)
        return
    # Two columns, which 80 characters hold: an id is copied whole, and a detail may be long.
    what, since = say(spoken, "quoi", "what"), say(spoken, "depuis", "since")
    table = Table(Column("id", no_wrap=True), Column(what, overflow="fold"), show_lines=True)
    for row in rows:
        place = f"{row['topic']}/{row['partition']}@{row['offset']} {since} {row['held_at']:%Y-%m-%d %H:%M}"
        said = f"{row['service']}: {row['reason']}, {state_of(row, spoken)}", place, row["detail"]
        table.add_row(str(row["id"]), Text("\n").join(map(Text, said)))
    Console().print(table if rows else say(spoken, "Rien n’est mis de côté.", "Nothing is set aside."))


@dead_letters.command()
def groups(service: ServiceOption = None, language: LanguageOption = "fr", as_json: JsonOption = False) -> None:
    """Show what waits for a decision by what it has in common, the most first, and who looks at it."""
    spoken = language_of(language)
    rows = asyncio.run(each(service, partial(repairs.group_held, now=datetime.now(UTC))))
    if as_json:
        print_lines(rows)
        return
    headings = say(spoken, "messages", "records"), say(spoken, "quoi", "what")
    table = Table(Column(headings[0], justify="right"), Column(headings[1], overflow="fold"), show_lines=True)
    for row in sorted(rows, key=lambda row: -row["records"]):
        said = [f"{row['service']}: {row['reason']} ({row['state']})", f"--topic {row['topic']}"]
        said += [f"--{name} {row[name]}" for name in ("type", "source") if row[name]]
        since = say(spoken, "depuis", "since")
        said.append(f"{since} {row['oldest']:%Y-%m-%d %H:%M}" + looked_at(row, spoken))
        table.add_row(str(row["records"]), Text("\n").join(map(Text, said)))
    Console().print(table if rows else say(spoken, "Rien n’attend de décision.", "Nothing waits for a decision."))


@dead_letters.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    content: Annotated[bool, typer.Option("--content", help="Show the record itself: it may be personal")] = False,
) -> None:
    """Show one record that was set aside, as one JSON object."""
    service, row = asyncio.run(find(identifier))
    shown = {name: value for name, value in row.items() if name not in ("key", "value", "headers")}
    if content:
        shown["key"] = _text(row["key"])
        shown["value"] = _text(row["value"])
        shown["headers"] = [(name, _text(value)) for name, value in headers_from_bytes(row["headers"])]
    print_json({"service": service, **shown}, indent=1)


@dead_letters.command()
def claim(
    why: WhyOption,
    by: ByOption,
    ids: IdsArgument = None,
    service: ServiceOption = None,
    reason: ReasonOption = None,
    topic: TopicOption = None,
    type_: TypeOption = None,
    source: SourceOption = None,
    state: StateOption = None,
    since: SinceOption = None,
    hours: Annotated[
        float, typer.Option(min=0.1, max=_MOST_HOURS, help="For so long")
    ] = repairs.CLAIMED_FOR.total_seconds() / 3600,
    language: LanguageOption = "fr",
) -> None:
    """Say that you look at records: all are shown it until they are decided on or released, or the hours are over."""
    now, spoken = datetime.now(UTC), language_of(language)
    common = {"reason": reason, "topic": topic, "type": type_, "source": source, "state": state}
    wanted = wanted_by(ids, service, since=since, before=None, now=now, **common)
    asyncio.run(_claim(wanted, by, why, now, now + timedelta(hours=hours), spoken))


async def _claim(wanted: Wanted, by: str, why: str, now: datetime, until: datetime, spoken: Language) -> None:
    for name, rows in (await selected(wanted)).items():
        claimed = await within(
            name, partial(repairs.claim, wanted=only(wanted, rows), by=by, why=why, now=now, until=until)
        )
        count, more, end = claimed.records, claimed.of_others, f"{until:%H:%M} UTC"
        told = say(spoken, f"{by} s’occupe de {count} jusqu’à {end}", f"{by} looks at {count} until {end}")
        others = say(spoken, f" ; d’autres s’occupent de {more}", f"; others look at {more} more") if more else ""
        typer.echo(f"{name}: {told}{others}", err=True)


@dead_letters.command()
def release(
    ids: IdsArgument = None,
    service: ServiceOption = None,
    reason: ReasonOption = None,
    topic: TopicOption = None,
    type_: TypeOption = None,
    source: SourceOption = None,
    state: StateOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
) -> None:
    """Say that nobody looks at records any more, whoever said so."""
    spoken = language_of(language)
    common = {"reason": reason, "topic": topic, "type": type_, "source": source, "state": state}
    wanted = wanted_by(ids, service, since=since, before=None, now=datetime.now(UTC), **common)

    async def ask() -> None:
        for name, rows in (await selected(wanted)).items():
            released = await within(name, partial(repairs.release_claims, wanted=only(wanted, rows)))
            told = say(spoken, f"personne ne s’occupe plus de {released}", f"nobody looks at {released} any more")
            typer.echo(f"{name}: {told}", err=True)

    asyncio.run(ask())


def _deciding(decision: Decision) -> Callable[..., None]:
    """The command that has one thing decided of records: which, and by whom, is typed alike for each."""

    def decide(
        why: WhyOption,
        by: ByOption,
        ids: IdsArgument = None,
        service: ServiceOption = None,
        reason: ReasonOption = None,
        topic: TopicOption = None,
        type_: TypeOption = None,
        source: SourceOption = None,
        state: StateOption = None,
        since: SinceOption = None,
        before: BeforeOption = None,
        expect: ExpectOption = None,
        follow: FollowOption = False,
        language: LanguageOption = "fr",
        as_json: JsonOption = False,
    ) -> None:
        common = {"reason": reason, "topic": topic, "type": type_, "source": source, "state": state}
        wanted = wanted_by(ids, service, since=since, before=before, now=datetime.now(UTC), **common)
        repairing.decide(wanted, decision, by, why, expect, language_of(language), follow=follow, as_json=as_json)

    return decide


for _decision, _said in _SAID.items():
    dead_letters.command(_decision, help=_said)(_deciding(_decision))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")
