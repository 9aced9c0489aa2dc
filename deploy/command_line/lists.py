"""Lists out of the journal, for people: names and titles rather than ids, where anybody may know them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from contracts.message import Language
from deploy.command_line.environment import connected
from deploy.command_line.languages import LanguageOption, language_of
from deploy.json_lines import print_csv, print_lines
from libraries.clocks.programme import programme_clock

if TYPE_CHECKING:
    from services.journal.operations import Filter, Line, ListedKind

StateOption = Annotated[str | None, typer.Option("--state", help="Only those in this state")]
EditionOption = Annotated[str | None, typer.Option("--edition", help="Only those of this edition")]
NeedOption = Annotated[UUID | None, typer.Option("--need", help="Only those of this need, by id")]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", help="Only those that something happened to since then, in UTC")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Rows for a spreadsheet")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]

_ID_CHARACTERS: Final = 36
_STYLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("confirmed", "active", "lifted", "sent", "completed"), "green"),
    **dict.fromkeys(("rejected", "declined", "failed", "escalated"), "red"),
    **dict.fromkeys(("withdrawn", "released", "closed", "ended", "abandoned", "cancelled"), "dim"),
    **dict.fromkeys(("correction-requested", "review-due", "expired"), "yellow"),
}


def applications(
    state: StateOption = None,
    edition: EditionOption = None,
    need: NeedOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List applications, the last changed first: how each stands, which need holds it, how far its pair is."""
    _list("applications", _filter(state, edition, need, since), language, as_csv=as_csv, as_json=as_json)


def assignments(
    state: StateOption = None,
    edition: EditionOption = None,
    need: NeedOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List assignments, the last changed first: which project is held against which need, with how many points."""
    _list("assignments", _filter(state, edition, need, since), language, as_csv=as_csv, as_json=as_json)


def mentors(
    state: Annotated[str | None, typer.Option("--state", help="Only those with a pair in this state")] = None,
    need: NeedOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List mentors by their ids, for names are nobody's to read here: their pairs, meetings and clearances."""
    _list("mentors", _filter(state, None, need, since), language, as_csv=as_csv, as_json=as_json)


def pairs(
    state: StateOption = None,
    mentor: Annotated[UUID | None, typer.Option(help="Only the pairs of this mentor, by id")] = None,
    edition: EditionOption = None,
    need: NeedOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List pairs, the last changed first: who was offered to whom, until when, and what came of it."""
    wanted = _filter(state, edition, need, since, mentor_id=mentor)
    _list("pairs", wanted, language, as_csv=as_csv, as_json=as_json)


def obstacles(
    state: StateOption = None,
    service: Annotated[str | None, typer.Option(help="Only those that this city service owns, by code")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only open ones that were not lifted in time")] = False,
    edition: EditionOption = None,
    need: NeedOption = None,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List obstacles, the last changed first: what stands in which project's way, who owns it, until when."""
    wanted = _filter(state, edition, need, since, service=service, late=late)
    _list("obstacles", wanted, language, as_csv=as_csv, as_json=as_json)


def rounds(
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List rounds, the last first: what each placed, what it left unmet, and whether it is proved."""
    _list("rounds", _filter(None, None, None, since), language, as_csv=as_csv, as_json=as_json)


def needs(
    state: StateOption = None,
    without_owner: Annotated[
        bool, typer.Option("--without-owner", help="Only those that nobody owns any more")
    ] = False,
    since: SinceOption = None,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List needs by their titles: how far each is answered, who owns it or stands in, how much waits for a decision."""
    _check_state("needs", state)
    lines = asyncio.run(_read("needs", _filter(state, None, None, since)))
    # Who decides is matching's to know: an owner may have gone since they were published.
    deciders = asyncio.run(_read_deciders(without_owner))
    shown = [
        (line, {**line.facts, **deciders.get(line.id, {})})
        for line in lines
        if not without_owner or line.id in deciders
    ]
    _show("needs", shown, language_of(language), as_csv=as_csv, as_json=as_json)


def _filter(state: str | None, edition: str | None, need: UUID | None, since: datetime | None, **more: Any) -> Filter:
    from services.journal.operations import Filter

    return Filter(state, edition, need, since.replace(tzinfo=UTC) if since else None, **more)


def _list(what: ListedKind, wanted: Filter, language: str, *, as_csv: bool, as_json: bool) -> None:
    spoken = language_of(language)
    _check_state("pairs" if what == "mentors" else what, wanted.state)
    lines = asyncio.run(_read(what, wanted))
    _show(what, [(line, line.facts) for line in lines], spoken, as_csv=as_csv, as_json=as_json)


def _check_state(what: str, state: str | None) -> None:
    """Raises BadParameter for a state that nothing of the kind is ever in."""
    from services.journal.journeys.words import WORDS

    known = WORDS.states[what.removesuffix("s")]
    if state is not None and state not in known:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(known)}", param_hint="--state")


async def _read(what: ListedKind, wanted: Filter) -> Sequence[Line]:
    from services.journal.operations import list_lines

    async with connected(search_path="journal") as connection:
        return await list_lines(connection, what, wanted)


async def _read_deciders(without_owner: bool) -> dict[UUID, dict[str, Any]]:
    from services.matching.operations import list_needs

    async with connected(search_path="matching") as connection:
        rows = await list_needs(connection, at=programme_clock()(), without_owner=without_owner)
    return {
        row["need_id"]: {name: row[name] for name in ("owner_id", "deputy_id", "deputy_until", "undecided")}
        for row in rows
    }


def _show(
    what: ListedKind,
    shown: Sequence[tuple[Line, Mapping[str, Any]]],
    language: Language,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    from services.journal.journeys.lists import LISTS

    rows = [{"id": line.id, "state": line.state, "since": line.said_at, **facts} for line, facts in shown]
    if as_json:
        print_lines(rows)
    elif as_csv:
        print_csv(rows, ("id", "state", "since", *LISTS.lists[what].facts))
    elif not rows:
        Console().print("Il n’y en a pas." if language == "fr" else "There are none.")
    else:
        Console().print(table(what, rows, language))


def table(what: ListedKind, rows: Sequence[Mapping[str, Any]], language: Language) -> Table:
    """Three columns, which 80 characters hold: names and id, the state, and what else there is, one fact a line."""
    from services.journal.journeys.lists import LISTS

    table = Table(Column(width=_ID_CHARACTERS), Column(), Column(overflow="fold"), show_header=False, show_lines=True)
    for row in rows:
        names = dict.fromkeys(str(row[name]) for name in ("organisation", "title") if row.get(name))
        first = Text("\n").join([*([Text(" — ".join(names))] if names else ()), Text(str(row["id"]), style="dim")])
        told = [
            Text.assemble((f"{LISTS.headings[name].in_(language)}: ", "dim"), _cell(what, name, row[name], language))
            for name in LISTS.lists[what].columns
            if row.get(name) is not None
        ]
        table.add_row(first, _cell(what, "state", row["state"], language), Text("\n").join(told))
    return table


def _cell(what: ListedKind, name: str, value: Any, language: Language) -> Text:
    from services.journal.journeys.words import WORDS

    if value is None:
        return Text("")
    kinds = {"state": what.removesuffix("s"), "assignment": "assignment", "pair": "pair"}
    if name in kinds:
        return Text(WORDS.state(kinds[name], value).in_(language), style=_STYLES.get(value, ""))
    if isinstance(value, bool):
        return Text(("oui" if value else "non") if language == "fr" else ("yes" if value else "no"))
    # Of a moment, the day.
    return Text(str(value)[:10] if name in ("expires_at", "ends_on", "due_at") else str(value))
