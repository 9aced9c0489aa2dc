"""After a restore of the database: reconciled with the topics, and what came out otherwise."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.command_line.environment import connected, kafka_cluster
from deploy.command_line.selecting import JsonOption
from deploy.json_lines import print_json, print_lines
from libraries.chassis.settings import SettingsError

if TYPE_CHECKING:
    from deploy.restores.differing import Differences
    from deploy.restores.rebuilding import Rebuilt
    from deploy.restores.report import Report

restore = typer.Typer(
    name="restore", help="After a restore of the database, before the services start.", no_args_is_help=True
)

_TimeOption = Annotated[
    str,
    typer.Option("--to", metavar="TIME", help="The moment that the database was restored to, with its offset from UTC"),
]


@restore.command()
def reconcile(
    to: _TimeOption,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was found here, for `engage restore differences`")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, and change nothing")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let every service pass over what was published and is not in the restored database; no service may run.

    Mails that had left are noted, so that none leaves again.
    """
    moment = _moment(to)
    if report is not None and report.exists():
        raise SettingsError(
            f"{report}: is there already, and may be all that says what was forgotten: name another file"
        )
    found = asyncio.run(_reconcile(moment, report, dry=dry_run))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    table = Table("partition", "forgotten", "from", "to", "copied before")
    for each in found.forgotten:
        numbers = (each.end - each.first, each.first, each.end - 1, each.copied)
        table.add_row(str(each.place), *map(str, numbers))
    Console().print(table)
    done = "would be" if dry_run else "are"
    typer.echo(f"{found.records} records and {found.mails} mails {done} passed over", err=True)


@restore.command()
def differences(report: Annotated[Path, typer.Argument(metavar="FILE")], as_json: JsonOption = False) -> None:
    """Say what was published before the restore and came out otherwise after it; once all services have caught up.

    FILE is what `engage restore reconcile --report` wrote. The exit code is 1 where something did.
    """
    found = asyncio.run(_differences(report))
    rows = [each._asdict() for each in (*found.events, *found.mails)]
    if as_json:
        print_lines(rows)
    else:
        table = Table("what", "of", "id", "now")
        for row in rows:
            table.add_row(row["what"], str(row["about"]), str(row["id"]), row["now"])
        Console().print(table)
    typer.echo(f"{found.same} events came again as they were, {len(rows)} things are otherwise", err=True)
    raise typer.Exit(1 if rows else 0)


@restore.command()
def topics(as_json: JsonOption = False) -> None:
    """Make the topics of a lost Kafka anew, from what the database keeps; no service may run.

    `engage topics apply` first makes them, empty. The exit code is 1 where some service had not read what is lost.
    """
    found = asyncio.run(_rebuild())
    rows = [{"service": each.service, "partition": str(each.place), "lost": each.records} for each in found.lost]
    if as_json:
        print_lines(rows)
    else:
        for row in rows:
            typer.echo(f"{row['service']} had not read {row['lost']} records of {row['partition']}, which are lost")
    typer.echo(f"{sum(found.records.values())} records of {len(found.records)} partitions are there again", err=True)
    raise typer.Exit(1 if rows else 0)


async def _rebuild() -> Rebuilt:
    from deploy.restores.rebuilding import rebuild
    from deploy.topics import TopicsError

    try:
        async with connected() as connection:
            return await rebuild(connection, kafka_cluster())
    except TopicsError as error:
        raise SettingsError(str(error)) from None


async def _reconcile(restored_to: datetime, path: Path | None, *, dry: bool) -> Report:
    from deploy.restores.reconciling import reconcile as reconciled
    from deploy.topics import TopicsError

    def keep(report: Report) -> None:
        if path is not None:
            path.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")

    try:
        async with connected() as connection:
            return await reconciled(connection, kafka_cluster(), restored_to, dry=dry, keep=keep)
    except TopicsError as error:
        raise SettingsError(str(error)) from None


async def _differences(path: Path) -> Differences:
    from deploy.restores.differing import differences as differing
    from deploy.restores.report import read_report

    async with connected() as connection:
        return await differing(connection, kafka_cluster(), read_report(path))


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingsError("--to: a moment with its offset from UTC, such as 2026-03-01T12:00:00+00:00") from None
    return moment.astimezone(UTC)
