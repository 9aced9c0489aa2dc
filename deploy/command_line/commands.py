"""What an operator can type; each command imports what it needs when it runs."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
import threading
from enum import StrEnum
from typing import Annotated

import typer

from contracts.catalogue import SERVICES
from services.chassis.migration import MigrationError, migrate
from services.chassis.service import Service
from services.chassis.settings import Settings, SettingsError, read_settings

program = typer.Typer(
    name="engage",
    help="The partnership between La France s'engage and the City of Marseille, as four services over Kafka.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
topics = typer.Typer(name="topics", help="The topics of the catalogue on a Kafka cluster.", no_args_is_help=True)
program.add_typer(topics)

ServiceName = StrEnum("ServiceName", {name: name for name in SERVICES})  # type: ignore[misc]


def main() -> None:
    """Runs a command; a wrong setting or schema ends it with one clear message and exit code 2."""
    try:
        program()
    except (SettingsError, MigrationError) as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        sys.exit(2)


@program.command()
def run(service: ServiceName) -> None:
    """Run one service until SIGTERM or SIGINT."""
    from services.chassis.log import configure_logs
    from services.chassis.running import serve

    settings = read_settings(Settings)
    log = configure_logs(service.value, settings.log_level)
    made: Service = importlib.import_module(f"services.{service.value}.app").SERVICE
    sys.exit(asyncio.run(serve(made, settings, log)))


@program.command(name="migrate")
def migrate_command() -> None:
    """Bring the schemas of all services up to date, under a lock."""
    url = os.environ.get("ENGAGE_DATABASE_URL")
    if not url:
        raise SettingsError(
            "ENGAGE_DATABASE_URL: is not set (should be: postgresql://user:password@host:port/database)"
        )
    for service, applied in asyncio.run(migrate(url, SERVICES)).items():
        typer.echo(f"{service}: {', '.join(applied) if applied else 'up to date'}", err=True)


@topics.command()
def apply() -> None:
    """Create the topics that the cluster lacks, with their partitions, retention and compaction."""
    from deploy.command_line.topics import create_missing

    servers = os.environ.get("ENGAGE_KAFKA_BOOTSTRAP_SERVERS")
    if not servers:
        raise SettingsError("ENGAGE_KAFKA_BOOTSTRAP_SERVERS: is not set (should be: host:port, separated by commas)")
    replication = int(os.environ.get("ENGAGE_KAFKA_REPLICATION", "1"))
    created = asyncio.run(create_missing(servers, replication))
    typer.echo(f"created: {', '.join(created)}" if created else "nothing to create", err=True)


@program.command()
def up() -> None:
    """Start the whole system on this machine, without data, and print its addresses as one JSON line."""
    from deploy.local.stack import Stack

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Stack() as stack:
        print(json.dumps(stack.addresses()), flush=True)
        ended.wait()


@program.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object")] = False,
    keep: Annotated[bool, typer.Option(help="Leave the system running afterwards, until Ctrl-C")] = False,
) -> None:
    """Play the Marseille data through the whole system and show what came of it."""
    from deploy.demo.play import play

    sys.exit(play(as_json=as_json, keep=keep))
