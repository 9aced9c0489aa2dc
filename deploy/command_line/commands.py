"""What an operator can type; each command imports what it needs when it runs."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.command_line.brokers import Kafka, KafkaOption, broker_of
from deploy.command_line.clock import clock
from deploy.command_line.console import console
from deploy.command_line.contracts import contracts
from deploy.command_line.dead_letters import dead_letters
from deploy.command_line.desk import desk
from deploy.command_line.doctor import doctor
from deploy.command_line.environment import database_address
from deploy.command_line.erasure import erasure
from deploy.command_line.failing import let_text_through, tell
from deploy.command_line.follow_ups import follow_ups
from deploy.command_line.journey import journal, journey
from deploy.command_line.lanes import lanes
from deploy.command_line.languages import LanguageOption, language_of
from deploy.command_line.lists import applications, assignments, mentors, needs, obstacles, pairs, rounds
from deploy.command_line.mail import mail
from deploy.command_line.matching import explain, what_if
from deploy.command_line.mentoring import impact, support
from deploy.command_line.moving import export, import_
from deploy.command_line.privacy import privacy
from deploy.command_line.programme import check, programme
from deploy.command_line.rehearse import rehearse
from deploy.command_line.repairing import repairs_group
from deploy.command_line.report import report
from deploy.command_line.restoring import restore
from deploy.command_line.roles import roles
from deploy.command_line.topics import topics
from deploy.json_lines import print_json
from deploy.roles import PAGES, WITH_SCHEMA
from libraries.chassis.servers.migration import PATIENCE, migrate
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from deploy.local.rehearsing import Rehearsal

program = typer.Typer(
    name="engage",
    help="A city's programme for social projects, from the form to the pair, as services over Kafka.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
program.add_typer(topics)
program.add_typer(contracts)
program.add_typer(console)
program.add_typer(desk)
program.add_typer(clock)
program.add_typer(dead_letters)
program.add_typer(repairs_group)
program.add_typer(lanes)
program.add_typer(follow_ups)
program.add_typer(mail)
program.add_typer(erasure)
program.add_typer(privacy)
program.add_typer(programme)
program.add_typer(restore)
program.command()(check)
program.add_typer(journal)
program.command()(journey)
program.command()(explain)
program.command(name="what-if")(what_if)
for listing in (applications, needs, assignments, mentors, pairs, obstacles, rounds):
    program.command()(listing)
program.command()(support)
program.command()(impact)
program.command()(report)
program.command()(export)
program.command(name="import")(import_)
program.command()(roles)
program.command()(doctor)
program.command()(rehearse)

_DEBUG = "--debug"

ServiceName = StrEnum("ServiceName", {name: name for name in WITH_SCHEMA})  # type: ignore[misc]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"engage {version('engage')}")
        raise typer.Exit


def main() -> None:
    """Runs a command; what fails ends it with one clear sentence, and an exit code that says of what kind it is."""
    let_text_through()
    # Its own words about a broker that is away come before ours, without what to do.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    try:
        program()
    except Exception as error:  # whatever it is, it is told in one sentence
        sys.exit(tell(error, debug=_DEBUG in sys.argv))


@program.callback()
def options(
    debug: Annotated[bool, typer.Option(_DEBUG, help="Show the traceback of what fails")] = False,  # read by `main`
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Say which version this is")
    ] = False,
) -> None:
    """A city's programme for social projects, from the form to the pair, as services over Kafka."""


@program.command()
def run(service: ServiceName) -> None:
    """Run one service, the operators' page or the desk until SIGTERM or SIGINT."""
    from libraries.chassis.running.serving import serve
    from libraries.chassis.watching.log import configure_logs

    if service.value in PAGES:
        pages: Callable[[], int] = importlib.import_module(f"deploy.command_line.{service.value}").run_pages
        sys.exit(pages())
    settings = read_settings(Settings)
    log = configure_logs(service.value, settings.log_level)
    made: Service = importlib.import_module(f"services.{service.value}.app").SERVICE
    sys.exit(asyncio.run(serve(made, settings, log)))


@program.command(name="migrate")
def migrate_command(
    stopped: Annotated[
        bool, typer.Option("--stopped", help="All services are stopped: let each statement take as long as it needs")
    ] = False,
) -> None:
    """Bring the schemas of all services up to date, under a lock, as the login `engage_migrations`.

    Services go on meanwhile: what finds a table in use gives way, and is tried again for some minutes.
    """
    patience = replace(PATIENCE, statement_seconds=None) if stopped else PATIENCE
    for service, applied in asyncio.run(migrate(database_address(), WITH_SCHEMA, patience, _tell)).items():
        typer.echo(f"{service}: {', '.join(applied) if applied else 'up to date'}", err=True)


@program.command()
def up(
    kafka: KafkaOption = Kafka.EMBEDDED,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep all data here, and go on with what is there; needs apache")
    ] = None,
    begins: Annotated[
        str | None, typer.Option("--clock", metavar="DATE", help="Rehearse from this date on, such as 2026-01-06")
    ] = None,
    speed: Annotated[
        str | None, typer.Option(metavar="SPEED", help="How fast its time goes: 1day/s, 6h/s …; 0 stands still")
    ] = None,
    servers_only: Annotated[
        bool, typer.Option("--servers-only", help="No services: for `engage export` and `engage import`")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open the desk and the operators' page, signed in at both")
    ] = False,
) -> None:
    """Start the whole system on this machine, and print its addresses as one JSON line; Ctrl-C ends it.

    A service that ends is told of and started again. Without --data nothing is kept. With --clock it is a rehearsal:
    `engage clock` sets its time, and every mail and page says that it is one. A rehearsal that is kept stays one, and
    goes on where it stood.
    """
    from deploy.local.rehearsing import going_on
    from deploy.local.stack import Stack
    from deploy.local.watching import watch
    from deploy.local.windows import open_pages
    from deploy.rehearsal.words import beginning_of

    if data is not None and kafka is Kafka.EMBEDDED:
        raise SettingsError("--data: the broker that comes along keeps nothing: add --kafka apache")
    kept = None if data is None else data.resolve()
    rehearsal = going_on(beginning_of(begins, speed), kept, datetime.now(UTC))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    services = () if servers_only else WITH_SCHEMA
    with Stack(services=services, broker=broker_of(kafka, kept), data=kept, rehearsal=rehearsal, tell=_tell) as stack:
        print_json(stack.addresses())
        _tell_of(stack.rehearsal, kept)
        if browser:
            open_pages(stack)
        whole = watch(stack, ended, _tell)
        _tell("stopping")
    sys.exit(0 if whole else 1)


def _tell_of(rehearsal: Rehearsal | None, kept: Path | None) -> None:
    if rehearsal is not None:
        _tell(f"the clock shows {rehearsal.course.now():%Y-%m-%d %H:%M} UTC")
        _tell(f"a rehearsal: `export ENGAGE_REHEARSAL_CLOCK={rehearsal.clock}`, then `engage clock`")
    _tell("all data goes when this ends" if kept is None else f"all data stays in {kept}")


def _tell(said: str) -> None:
    """Says what happens beside the one line of JSON that a program reads."""
    typer.secho(f"{datetime.now().astimezone():%H:%M:%S} {said}", dim=True, err=True)


@program.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object")] = False,
    keep: Annotated[bool, typer.Option(help="Leave the system running afterwards, until Ctrl-C")] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open the desk and the operators' page beside it, and then the mails")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Show every list, and not one screen alone")] = False,
    language: LanguageOption = "fr",
    kafka: KafkaOption = Kafka.EMBEDDED,
) -> None:
    """Tell the programme's story in five stages, over three years, with the Marseille data."""
    from deploy.demo.play import Shown, play

    shown = Shown(language_of(language), as_json=as_json, full=full, kept=keep, in_browser=browser)
    play(shown, broker_of(kafka))
