"""The topics of the catalogue on a Kafka cluster: what differs, and making it the same."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.command_line.environment import kafka_cluster
from deploy.json_lines import print_json

if TYPE_CHECKING:
    from deploy.topic_plan import Difference

topics = typer.Typer(name="topics", help="The topics of the catalogue on a Kafka cluster.", no_args_is_help=True)

_DIFFERENT = 2
_STYLES = {"create": "green", "set": "yellow", "delete": "red", "": "dim"}

ReplicationOption = Annotated[
    int | None,
    typer.Option(
        help="Replicas of each topic; without it as many as ours have, of the first one on each broker, three at most",
        envvar="ENGAGE_KAFKA_REPLICATION",
        min=1,
    ),
]
DeleteOption = Annotated[
    list[str] | None, typer.Option("--delete", metavar="TOPIC", help="Delete this topic, which the catalogue lacks")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]


@topics.command()
def plan(replication: ReplicationOption = None, delete: DeleteOption = None, as_json: JsonOption = False) -> None:
    """Show what differs, and change nothing; exit code 0 where all is the same, 2 where something differs."""
    _, found = asyncio.run(_find(replication, delete or []))
    _show(found, as_json=as_json)
    raise typer.Exit(_DIFFERENT if found else 0)


@topics.command()
def apply(replication: ReplicationOption = None, delete: DeleteOption = None, as_json: JsonOption = False) -> None:
    """Create what is missing and set what differs; exit code 2 where something is left that can't be changed."""
    from deploy.topic_plan import make
    from deploy.topics import TopicsError
    from libraries.chassis.settings import SettingsError

    copies, found = asyncio.run(_find(replication, delete or []))
    try:
        done = asyncio.run(make(kafka_cluster(), found, replication=copies))
    except TopicsError as error:
        raise SettingsError(str(error)) from None
    _show(found, as_json=as_json)
    if not as_json:
        typer.echo(f"{len(done)} changes made" if done else "nothing to change", err=True)
    raise typer.Exit(_DIFFERENT if len(done) < len([it for it in found if it.kind != "unknown" or it.remedy]) else 0)


async def _find(replication: int | None, delete: Sequence[str]) -> tuple[int, list[Difference]]:
    """How many replicas each topic should have, and what differs from the catalogue."""
    from deploy.topic_plan import differences, read_cluster, replication_of
    from deploy.topics import TopicsError
    from libraries.chassis.settings import SettingsError

    try:
        found = await read_cluster(kafka_cluster())
        copies = replication or await replication_of(kafka_cluster(), found)
        return copies, differences(found, replication=copies, delete=delete)
    except TopicsError as error:
        raise SettingsError(str(error)) from None


def _show(found: Sequence[Difference], *, as_json: bool) -> None:
    if as_json:
        for it in found:
            print_json(dataclasses.asdict(it))
        return
    if not found:
        Console().print("[green]The cluster has the catalogue's topics as they should be.[/]")
        return
    table = Table("topic", "what", "wanted", "found", "to do")
    for it in found:
        style = _STYLES[it.remedy]
        table.add_row(it.topic, it.kind, it.wanted, it.found, f"[{style}]{it.remedy or it.because}[/]")
    Console().print(table)
