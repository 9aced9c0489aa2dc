"""Erasures as an operator handles them: asked for in somebody's name, and proven."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.command_line.environment import connected, kafka_cluster
from deploy.json_lines import print_json
from libraries.chassis.settings import SettingsError
from libraries.clocks.programme import programme_clock

if TYPE_CHECKING:
    from deploy.privacy.search import Left, Proof
    from deploy.privacy.tables import Tell

erasure = typer.Typer(
    name="erasure", help="People who ask to be forgotten: asked for, and proven.", no_args_is_help=True
)

_FOUND = 1


class Applications(StrEnum):
    """What becomes of the applications that a person leads who is forgotten."""

    GO_ON = "go-on"
    WITHDRAW = "withdraw"


_WORDS: Final[Mapping[Applications, Literal["go-on", "withdraw"]]] = {
    Applications.GO_ON: "go-on",
    Applications.WITHDRAW: "withdraw",
}

PersonArgument = Annotated[UUID, typer.Argument(metavar="PERSON", help="The person's id")]
ValueOption = Annotated[
    list[str] | None, typer.Option("--value", metavar="TEXT", help="A name or an address to look for; again for more")
]
ValuesOption = Annotated[
    Path | None,
    typer.Option(
        "--values-from", metavar="FILE", allow_dash=True, help="The same, one a line; - for what is piped in, so that "
        "no list of processes shows them"
    ),
]  # fmt: skip


@erasure.command()
def show(
    person: PersonArgument,
    value: ValueOption = None,
    values_from: ValuesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Search every table and every topic for a person's ids and for values; exit code 1 where a value is found.

    Says of all that is left what it is and why, and whether all services confirmed. What it prints names values by
    their number only, so that it can be kept.
    """
    from deploy.privacy.search import search

    values = [*(value or []), *_lines(values_from)]
    try:
        with _progress() as tell:
            proof = asyncio.run(search(kafka_cluster(), connected, person, values, tell))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        print_json(_as_json(proof))
    else:
        _show(proof)
    raise typer.Exit(_FOUND if proof.values_left else 0)


@erasure.command()
def request(
    person: PersonArgument,
    why: Annotated[str, typer.Option("--why", help="Why, such as the number of the letter that asked for it")],
    by: Annotated[str, typer.Option("--by", help="Who asks for it", default_factory=getpass.getuser)],
    applications: Annotated[
        Applications, typer.Option(help="What becomes of applications that they lead")
    ] = Applications.GO_ON,
) -> None:
    """Ask that a person be forgotten, as a form would: for whoever has none.

    Prints one JSON object for the file of the request: by whom and why is no event's business, and is nowhere else.
    """
    from deploy.privacy.request import RequestError, request_erasure

    try:
        event = asyncio.run(
            request_erasure(kafka_cluster(), person, applications=_WORDS[applications], now=programme_clock()())
        )
    except RequestError as error:
        raise SettingsError(str(error)) from None
    told = {"event_id": event.id, "source": event.source, **event.data.model_dump(mode="json"), "by": by, "why": why}
    print_json(told)
    typer.echo(f"asked for; `engage erasure show {person}` says who has confirmed", err=True)


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


@contextmanager
def _progress() -> Iterator[Tell]:
    """Tells on a terminal what is looked at; nothing where errors go to a file."""
    with Console(stderr=True).status("looking") as status:
        yield lambda place: status.update(f"looking at {place}")


def _as_json(proof: Proof) -> dict[str, Any]:
    return {
        "person_id": proof.person_id,
        "requested_at": _moment(proof.requested_at),
        "confirmed": [
            {
                "service": it.service,
                "at": _moment(it.at),
                "removed": {removed.what: removed.count for removed in it.removed},
            }
            for it in proof.confirmed
        ],
        "missing": list(proof.missing),
        "erased_at": _moment(proof.erased_at),
        "values_left": proof.values_left,
        "left": [_left(it) for it in proof.left],
        "looked_at": proof.looked_at,
    }


def _left(left: Left) -> dict[str, Any]:
    found = left.found
    return {
        "what": found.wanted.name,
        "is_value": found.wanted.is_value,
        "kind": "topic" if found.place.is_topic else "table",
        "where": found.place.holder,
        "part": found.place.part,
        "count": found.times,
        "fr": left.because.fr,
        "en": left.because.en,
        "gone_by": _moment(left.gone_by),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _show(proof: Proof) -> None:
    console = Console()
    for line in _protocol(proof):
        console.print(line, highlight=False)
    table = Table("what", Column("where", ratio=3), Column("times", justify="right"), Column("why", ratio=4), "gone by")
    for it in proof.left:
        style = "bold red" if it.found.wanted.is_value else "dim"
        gone = "" if it.gone_by is None else f"{it.gone_by:%Y-%m-%d %H:%M}"
        what = f"[{style}]{it.found.wanted.name}[/]"
        table.add_row(what, str(it.found.place), str(it.found.times), it.because.en, gone)
    console.print(table if proof.left else "Nothing is left.")
    looked = proof.looked_at
    console.print(
        f"Looked at {looked.get('rows', 0)} rows of {looked.get('tables', 0)} tables and at {looked.get('records', 0)} "
        f"records of {looked.get('topics', 0)} topics.",
        highlight=False,
    )
    if unreadable := looked.get("unreadable"):
        console.print(f"[yellow]{unreadable} of these can't be read whole: only their bytes were looked at.[/]")


def _protocol(proof: Proof) -> Sequence[str]:
    if proof.requested_at is None:
        return ["[yellow]No topic says that they asked to be forgotten.[/]"]
    confirmed = [
        f"  {it.service} at {it.at:%Y-%m-%d %H:%M:%S}: "
        + (", ".join(f"{removed.count} {removed.what}" for removed in it.removed) or "had nothing")
        for it in proof.confirmed
    ]
    missing = [f"  [red]{name} has not confirmed[/]" for name in proof.missing]
    state = (
        "[red]not all services have confirmed[/]"
        if proof.erased_at is None
        else f"[green]all services confirmed, at {proof.erased_at:%Y-%m-%d %H:%M:%S}[/]"
    )
    return [f"Asked for at {proof.requested_at:%Y-%m-%d %H:%M:%S} UTC; {state}", *confirmed, *missing]
