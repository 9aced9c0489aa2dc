"""Whether a running system has all that it needs."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from deploy.command_line.topics import ReplicationOption
from deploy.json_lines import print_json
from libraries.chassis.settings import SettingsError

if TYPE_CHECKING:
    from deploy.doctor.finding import Finding, State

_SIGNS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]", "not-tried": "[dim]-[/]"}
_FAILED = 1


def doctor(
    health: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=URL", help="Where a service's health is served: intake=http://10.0.0.5:8081"),
    ] = None,
    replication: ReplicationOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Look at all that a running system needs, and change nothing; exit code 1 where something is wrong."""
    states = asyncio.run(_examine(_addresses(health or []), replication, as_json=as_json))
    raise typer.Exit(_FAILED if "failed" in states else 0)


def _addresses(given: list[str]) -> dict[str, str]:
    from deploy.roles import WITH_SCHEMA

    found = dict(each.partition("=")[::2] for each in given)
    for service, address in found.items():
        if service not in WITH_SCHEMA or not address.startswith(("http://", "https://")):
            raise SettingsError(f"--health {service}={address}: give one of {', '.join(WITH_SCHEMA)}, and a URL")
    return found


async def _examine(health: dict[str, str], replication: int | None, *, as_json: bool) -> set[State]:
    from deploy.doctor.examining import examine

    console = Console()
    states: set[State] = set()
    # One by one as they are found: a server that does not answer takes its time.
    async for finding in examine(replication=replication, health=health):
        states.add(finding.state)
        if as_json:
            print_json(dataclasses.asdict(finding))
        else:
            _show(console, finding)
    return states


def _show(console: Console, finding: Finding) -> None:
    console.print(f"{_SIGNS[finding.state]} [bold]{finding.thing}[/]: ", end="")
    console.print(finding.seen, markup=False, highlight=False, soft_wrap=True)
    if finding.remedy:
        console.print(f"  → {finding.remedy}", style="dim", markup=False, highlight=False, soft_wrap=True)
