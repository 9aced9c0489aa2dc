"""The contracts as others build on them: publish what is generated, and check it against what was published."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.json_lines import print_json

if TYPE_CHECKING:
    from publication.findings import Finding

contracts = typer.Typer(name="contracts", help="What is published for others to build on.", no_args_is_help=True)

DirectoryOption = Annotated[
    Path | None, typer.Option(help="Where it is published; without it in this checkout's contracts/published")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Ends the program with one sentence where a published file is gone, or what reads schemas is not installed."""
    from publication.registry import PublicationError

    try:
        yield
    except ModuleNotFoundError as error:
        typer.secho(f"{error.name} is missing: install engage[development]", fg=typer.colors.RED, err=True)
        raise typer.Exit(2) from None
    except PublicationError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from None


@contracts.command(name="export")
def export_command(
    directory: DirectoryOption = None,
    strimzi: Annotated[
        bool, typer.Option("--strimzi", help="Write Strimzi's KafkaTopic and KafkaUser instead")
    ] = False,
    cluster: Annotated[str, typer.Option(help="With --strimzi: the name of the Kafka cluster")] = "engage",
    replication: Annotated[int, typer.Option(help="With --strimzi: replicas of each topic", min=1)] = 3,
    sources: Annotated[
        Path | None,
        typer.Option(help="With --strimzi: the file that ENGAGE_SOURCES_FILE names, for a user of each source"),
    ] = None,
) -> None:
    """Write schemas, golden examples, AsyncAPI, its page and TypeScript types; say which files changed.

    All or nothing: what `check` refuses is not written.
    """
    if strimzi:
        _export_strimzi(directory or Path("strimzi"), cluster, replication, sources)
        return
    with _said_plainly():
        from publication.exporting import Refused, export
        from publication.registry import PUBLISHED

        try:
            written = export(directory or PUBLISHED)
        except Refused as refused:
            _show(refused.findings)
            typer.secho("Nothing was written.", fg=typer.colors.RED, err=True)
            raise typer.Exit(1) from None
    for path in written:
        print(path)
    Console(stderr=True).print(f"{len(written)} files written" if written else "everything is fresh")


def _export_strimzi(directory: Path, cluster: str, replication: int, sources: Path | None) -> None:
    from libraries.chassis.sources import read_sources_file
    from publication.strimzi import strimzi_files

    listed = None if sources is None else read_sources_file(sources).sources
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in strimzi_files(cluster, replication, listed).items():
        (directory / name).write_text(text, encoding="utf-8")
        print(directory / name)


@contracts.command()
def check(directory: DirectoryOption = None, as_json: JsonOption = False) -> None:
    """Check the contracts against every version published so far; exit code 1 where a change breaks somebody."""
    with _said_plainly():
        from publication.gate import check as find
        from publication.registry import PUBLISHED, read_register

        found = find(directory or PUBLISHED)
        count = len(read_register(directory or PUBLISHED).versions)
    if as_json:
        for finding in found:
            print_json(dataclasses.asdict(finding))
    elif found:
        _show(found)
    else:
        Console().print(f"[green]All {count} published versions can live with the contracts as they are.[/]")
    raise typer.Exit(1 if any(finding.weight == "breaks" for finding in found) else 0)


@contracts.command()
def order(
    since: Annotated[
        Path, typer.Option(help="The directory contracts/published of the version that is upgraded", metavar="DIR")
    ],
    as_json: JsonOption = False,
) -> None:
    """Say in which order services are upgraded from another version to this one: who reads comes before who writes."""
    with _said_plainly():
        from publication.order import upgrade_order
        from publication.registry import read_register

        found = upgrade_order(read_register(since).versions.keys())
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    for new in found.new:
        print(f"new: {new.version}, read by {', '.join(new.readers) or 'nobody'}, written by {', '.join(new.writers)}")
    for number, step in enumerate(found.steps, start=1):
        print(f"{number}. {' and '.join(step)}{' at once' if len(step) > 1 else ''}")
    Console(stderr=True).print("all others at any time" if found.steps else "in any order")


def _show(found: Sequence[Finding]) -> None:
    """Each finding as a paragraph: whole names, however narrow the terminal, and whatever signs they hold."""
    console = Console(soft_wrap=True, highlight=False)
    for number, finding in enumerate(found):
        style = "red" if finding.weight == "breaks" else "yellow"
        said = (("for whom", finding.whom), ("what to do", finding.remedy))
        console.print(
            *([Text()] if number else []),
            Text.assemble((finding.weight, style), "  ", (finding.version, "bold"), ": ", finding.text),
            *(Text.assemble((f"        {name}: ", "dim"), text) for name, text in said),
            sep="\n",
        )
