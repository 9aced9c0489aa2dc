"""Which records that were set aside a command means: those of some ids, or all that have something in common."""

from __future__ import annotations

import getpass
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy.command_line.schemas import named, within
from libraries.chassis import operations, repairs
from libraries.chassis.repairs import Decision, Selection

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides", default_factory=getpass.getuser)]
WhyOption = Annotated[str, typer.Option("--why", help="Why: kept with the record")]
IdsArgument = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="These, whatever they have in common")]
TypeOption = Annotated[str | None, typer.Option("--type", help="Its ce_type; '' where none could be read")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Its ce_source; '' where none could be read")]
ReasonOption = Annotated[str | None, typer.Option(help="Its reason, such as json, contract, handler-failed")]
TopicOption = Annotated[str | None, typer.Option(help="The topic it came from")]
StateOption = Annotated[str | None, typer.Option(help="dead, or waiting")]
SinceOption = Annotated[datetime | None, typer.Option(help="Held since then or later, in UTC")]
BeforeOption = Annotated[datetime | None, typer.Option(help="Held by then, in UTC; else by now")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Records that a command names; `by_ids` where it names each."""

    service: str | None
    selection: Selection

    @property
    def by_ids(self) -> bool:
        """Whether each is named."""
        return self.selection.ids is not None

    def options(self) -> Iterator[str]:
        """What was typed to mean the same, with the moment by which they were set aside."""
        said = {"service": self.service} | {
            name: getattr(self.selection, name) for name in ("state", "reason", "topic", "type", "source")
        }
        for name, value in said.items():
            if value is not None:
                yield f"--{name} {shlex.quote(value)}"
        if self.selection.since is not None:
            yield f"--since {_typed(self.selection.since)}"
        yield f"--before {_typed(self.selection.before)}"


def wanted_by(
    ids: Sequence[str] | None,
    service: str | None,
    *,
    since: datetime | None,
    before: datetime | None,
    now: datetime,
    **common: Any,
) -> Wanted:
    """The records of some ids or of a filter; raises BadParameter for both, for neither, and for an id that is none."""
    given = [name for name, value in {"service": service, "since": since, **common}.items() if value is not None]
    if ids and given:
        raise typer.BadParameter(f"name ids, or a filter (--{given[0]} is one), and not both")
    if not ids and not given:
        raise typer.BadParameter("say which: by ids (see `engage dead-letters list`), or by a filter such as --reason")
    named(service)
    if ids:
        return Wanted(None, Selection(before=now, ids=tuple(map(_read_id, ids))))
    # What comes after this second is in no later call either that is told this moment.
    until = now.replace(microsecond=0) if before is None else _in_utc(before)
    return Wanted(service, Selection(before=until, since=None if since is None else _in_utc(since), **common))


async def selected(wanted: Wanted, decision: Decision | None = None) -> dict[str, list[Any]]:
    """The records that are meant, by service, each without its content; raises BadParameter for an id without one."""
    selection = wanted.selection
    found = {
        service: list(await within(service, partial(repairs.select_held, wanted=selection, decision=decision)))
        for service in named(wanted.service)
    }
    if selection.ids is not None:
        known = {row["id"] for rows in found.values() for row in rows}
        for identifier in selection.ids:
            if identifier not in known:
                raise typer.BadParameter(await _why_not(identifier))
    return {service: rows for service, rows in found.items() if rows}


def only(wanted: Wanted, rows: Sequence[Any]) -> Selection:
    """The selection of the records of one service, as they were found."""
    return replace(wanted.selection, ids=tuple(row["id"] for row in rows))


async def find(identifier: str) -> tuple[str, dict[str, Any]]:
    """The service that set a record aside, and the record; raises BadParameter: an id says nothing of whose it is."""
    wanted = _read_id(identifier)
    for service in named(None):
        if row := await within(service, partial(operations.find_held, identifier=wanted)):
            return service, dict(row)
    raise typer.BadParameter(await _why_not(wanted))


async def _why_not(identifier: UUID) -> str:
    for service in named(None):
        if await within(service, partial(operations.find_held, identifier=identifier)):
            return await within(service, partial(repairs.why_undecidable, identifier=identifier))
    return f"{identifier} is no id of a record that was set aside: see `engage dead-letters list`"


def _read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text} is no id of a record that was set aside: see `engage dead-letters list`"
        ) from None


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _typed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"
