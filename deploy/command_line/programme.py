"""The programme of a city: checked as a whole, held against another, and put into force."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.command_line.environment import connected
from deploy.json_lines import print_json, print_lines
from libraries.clocks.programme import programme_clock
from libraries.data_files import DataFileError
from libraries.programme.programme import Programme, Sealed
from libraries.programme.running import ProgrammeSettings

if TYPE_CHECKING:
    from deploy.programme.checking import Checked
    from deploy.programme.comparing import Change
    from deploy.programme.remarks import Remark

_SIGNS = {"error": "[red]✗[/]", "warning": "[yellow]![/]", "note": "[dim]-[/]"}
_LONGEST = 160
_WRONG = 1

programme = typer.Typer(name="programme", help="Which programme is in force.", no_args_is_help=True)

_Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="Its directory; without it that of ENGAGE_PROGRAMME")
]


def check(
    directory: _Directory = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|shipped|running",
            help="Say what would change for whom, if this one took the place of that one, or of the one in force",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all as one JSON object")] = False,
) -> None:
    """Check a programme whole, without a database and a broker; exit code 1 where a service would refuse it."""
    from deploy.programme.checking import check as checked

    chosen = directory or ProgrammeSettings().programme
    found = checked(chosen, now=programme_clock()())
    changes = None if against is None or found.is_wrong else _changes(against, found.programme)
    if as_json:
        print_json(_as_json(found, changes))
    else:
        _show(found, changes, against)
    raise typer.Exit(_WRONG if found.is_wrong else 0)


@programme.command()
def activate(directory: _Directory = None) -> None:
    """Put a programme into force, for all services at one moment; their processes must have been stopped.

    Processes that are started afterwards need the same directory by ENGAGE_PROGRAMME. Exit code 1 where the programme
    is wrong, or where a process still runs: then nothing is changed.
    """
    from deploy.programme.activating import StillRunning
    from deploy.programme.activating import activate as put_into_force
    from deploy.programme.checking import check as checked

    now = programme_clock()()
    found = checked(directory or ProgrammeSettings().programme, now=now)
    if found.identity is None or found.is_wrong:
        _show(found, None, None)
        raise typer.Exit(_WRONG)
    sealed = Sealed(found.identity, found.programme.files)

    async def put() -> Mapping[str, bool]:
        async with connected() as connection:
            return await put_into_force(connection, sealed, now=now)

    try:
        changed = asyncio.run(put())
    except StillRunning as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(_WRONG) from None
    new = [service for service, is_new in changed.items() if is_new]
    since = f"in force for {', '.join(new)} since {now:%Y-%m-%d %H:%M:%S} UTC" if new else "in force already"
    typer.echo(f"{found.identity} is {since}")


@programme.command()
def history(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False) -> None:
    """List the programmes that each service has decided by, the newest first."""
    from deploy.programme.activating import histories

    async def read() -> list[dict[str, object]]:
        async with connected() as connection:
            return [
                {"service": service, "version": it.identity.version, "digest": it.identity.digest, "since": it.since}
                for service, programmes in (await histories(connection)).items()
                for it in programmes
            ]

    rows = asyncio.run(read())
    if as_json:
        print_lines(rows)
        return
    table = Table("service", "version", "digest", "since")
    for row in rows:
        table.add_row(
            str(row["service"]), str(row["version"]), str(row["digest"])[:12], f"{row['since']:%Y-%m-%d %H:%M}"
        )
    Console().print(table if rows else "No service has started yet.")


@programme.command()
def export(directory: Annotated[Path, typer.Argument(metavar="DIR", help="An empty directory, or a new one")]) -> None:
    """Write all files of the programme in force into a directory, so that another version of Engage decides by it too.

    Name that directory by ENGAGE_PROGRAMME while versions run side by side. Exit code 2 where it is not empty.
    """
    if directory.exists() and any(directory.iterdir()):
        raise typer.BadParameter(f"{directory} is not empty: name another", param_hint="DIR")
    files = _running_files("DIR")
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    typer.echo(f"{len(files)} files written to {directory}", err=True)


def _changes(against: str, after: Programme) -> Sequence[Change]:
    from deploy.programme.comparing import compare

    return compare(_files_of(against), after.files)


def _files_of(named: str) -> Mapping[str, str]:
    if named == "running":
        return _running_files("--against")
    try:
        return Programme(None if named == "shipped" else Path(named)).files
    except DataFileError as error:
        raise typer.BadParameter(str(error), param_hint="--against") from None


def _running_files(asked_by: str) -> Mapping[str, str]:
    from deploy.programme.activating import running_files

    async def read() -> Mapping[str, str] | None:
        async with connected() as connection:
            return await running_files(connection)

    if (files := asyncio.run(read())) is None:
        raise typer.BadParameter("no programme is in force yet", param_hint=asked_by)
    return files


def _as_json(found: Checked, changes: Sequence[Change] | None) -> Mapping[str, object]:
    return {
        "version": None if found.identity is None else found.identity.version,
        "digest": None if found.identity is None else found.identity.digest,
        "ok": not found.is_wrong,
        "remarks": [dataclasses.asdict(remark) for remark in found.remarks],
        "changes": None if changes is None else [dataclasses.asdict(change) for change in changes],
    }


def _show(found: Checked, changes: Sequence[Change] | None, against: str | None) -> None:
    console = Console()
    for remark in found.remarks:
        _show_remark(console, remark)
    if found.is_wrong:
        wrong = sum(remark.gravity == "error" for remark in found.remarks)
        console.print(f"[red]{wrong} to be mended: no service would start with this programme[/]")
        if against is not None:
            console.print("It is held against another once it is right.")
        return
    console.print(f"[green]The programme {found.identity} can be run[/]")
    if changes is not None:
        _show_changes(console, changes, against or "")


def _show_remark(console: Console, remark: Remark) -> None:
    place = remark.file if remark.line is None else f"{remark.file}:{remark.line}"
    console.print(f"{_SIGNS[remark.gravity]} [bold]{place}[/]: ", end="", highlight=False)
    field = f"{remark.field}: " if remark.field else ""
    console.print(f"{field}{remark.wrong}", markup=False, highlight=False, soft_wrap=True)
    if remark.right:
        console.print(f"  → {remark.right}", style="dim", markup=False, highlight=False, soft_wrap=True)


def _show_changes(console: Console, changes: Sequence[Change], against: str) -> None:
    console.print(f"\nBeside {against}, {len(changes) or 'nothing'} would change:" if changes else "\nNothing changes.")
    file = ""
    for change in changes:
        if change.file != file:
            file = change.file
            console.print(f"[bold]{file}[/]: {change.whom}", highlight=False, soft_wrap=True)
        before, after = (text.replace("\n", " ")[:_LONGEST] for text in (change.before, change.after))
        line = f"  {change.field or 'the file'}: {before} → {after}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
