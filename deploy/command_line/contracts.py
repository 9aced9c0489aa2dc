"""The contracts as others build on them: publish what is generated, and check it against what was published."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

contracts = typer.Typer(name="contracts", help="What is published for others to build on.", no_args_is_help=True)

DirectoryOption = Annotated[
    Path | None, typer.Option(help="Where it is published; without it in this checkout's contracts/published")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]


@contracts.command(name="export")
def export_command(
    directory: DirectoryOption = None,
    strimzi: Annotated[
        bool, typer.Option("--strimzi", help="Write Strimzi's KafkaTopic and KafkaUser instead")
    ] = False,
    cluster: Annotated[str, typer.Option(help="With --strimzi: the name of the Kafka cluster")] = "engage",
    replication: Annotated[int, typer.Option(help="With --strimzi: replicas of each topic", min=1)] = 3,
) -> None:
    """Write schemas, golden examples, AsyncAPI, its page and TypeScript types; say which files changed."""
    if strimzi:
        _export_strimzi(directory or Path("strimzi"), cluster, replication)
        return
    from publication.exporting import export
    from publication.registry import PUBLISHED, PublicationError

    try:
        written = export(directory or PUBLISHED)
    except PublicationError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from None
    for path in written:
        print(path)
    Console(stderr=True).print(f"{len(written)} files written" if written else "everything is fresh")


def _export_strimzi(directory: Path, cluster: str, replication: int) -> None:
    from publication.strimzi import strimzi_files

    directory.mkdir(parents=True, exist_ok=True)
    for name, text in strimzi_files(cluster, replication).items():
        (directory / name).write_text(text, encoding="utf-8")
        print(directory / name)


@contracts.command()
def check(directory: DirectoryOption = None, as_json: JsonOption = False) -> None:
    """Check the contracts against every version published so far; exit code 1 where a change breaks somebody."""
    try:
        from publication.compatibility import check as find
    except ModuleNotFoundError as error:
        typer.secho(f"{error.name} is missing: install engage[development]", fg=typer.colors.RED, err=True)
        raise typer.Exit(2) from None
    from publication.registry import PUBLISHED, PublicationError, read_register

    try:
        found = find(directory or PUBLISHED)
    except PublicationError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from None
    if as_json:
        for finding in found:
            print(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
    elif found:
        table = Table(Column("version"), Column("change"), Column("for whom"), Column("what to do"))
        for it in found:
            style = "red" if it.weight == "breaks" else "yellow"
            table.add_row(it.version.removeprefix("engage."), f"[{style}]{it.weight}[/]: {it.text}", it.whom, it.remedy)
        Console().print(table)
    else:
        count = len(read_register(directory or PUBLISHED))
        Console().print(f"[green]All {count} published versions can live with the contracts as they are.[/]")
    raise typer.Exit(1 if any(it.weight == "breaks" for it in found) else 0)
