"""Playing an edition from a file into a rehearsal that runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from deploy.command_line.clock import rehearsal_clock
from deploy.json_lines import print_json

if TYPE_CHECKING:
    from rich.status import Status

    from deploy.rehearsal.edition import Edition
    from deploy.rehearsal.listening import Told
    from deploy.rehearsal.playing import Planned

_SOURCE = "urn:form:rehearsal"


def rehearse(
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="A TOML or JSON file, or `small`: a shipped one")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as one JSON object")] = False,
) -> None:
    """Play an edition's forms at their times into the rehearsal that ENGAGE_REHEARSAL_CLOCK names.

    The clock jumps from one thing that is due to the next, and is paused at the end.
    """
    from deploy.rehearsal.edition import read_edition
    from libraries.clocks.course import CourseFile
    from libraries.work_days.city import CITY

    chosen, planned = read_edition(edition)
    _check_times(chosen, planned, CourseFile(rehearsal_clock()).now())
    with Console(stderr=True).status("…") as status:
        told = asyncio.run(_play(chosen, planned, status))
    if as_json:
        print_json({"forms": len(planned), "until": chosen.until.isoformat(), "events": told})
        return
    forms = "1 form" if len(planned) == 1 else f"{len(planned)} forms"
    typer.echo(f"{forms}, until {chosen.until.astimezone(CITY.zone):%Y-%m-%d %H:%M}; what came of them:")
    for name, count in told.items():
        typer.echo(f"{count:6} {name}")


def _check_times(chosen: Edition, planned: Sequence[Planned], now: datetime) -> None:
    """Says which forms come late; raises SettingsError where nothing could be played, since no clock goes back."""
    from libraries.chassis.settings import SettingsError
    from libraries.work_days.city import CITY

    shows = f"{now.astimezone(CITY.zone):%Y-%m-%d %H:%M}"
    if chosen.until <= now:
        ends = f"{chosen.until.astimezone(CITY.zone):%Y-%m-%d %H:%M}"
        raise SettingsError(f"the edition ends on {ends}, and the rehearsal's clock shows {shows}: begin another one")
    late = sum(each.at < now for each in planned)
    if late:
        typer.echo(f"{late} of {len(planned)} forms are of before {shows}, and are sent at once", err=True)


async def _play(chosen: Edition, planned: Sequence[Planned], status: Status) -> dict[str, int]:
    from deploy.rehearsal.answering import Agreeing
    from deploy.rehearsal.conductor import conductor_beside
    from deploy.rehearsal.forms import Forms
    from deploy.rehearsal.listening import Listener
    from deploy.rehearsal.playing import Playing
    from libraries.work_days.city import CITY

    counts: Counter[str] = Counter()
    people = Agreeing()
    conductor = conductor_beside(rehearsal_clock())
    conductor.course.pause()

    def answer(told: Sequence[Told], now: datetime) -> Iterable[Planned]:
        counts.update(each.event.type.removeprefix("engage.").rpartition(".")[0] for each in told)
        status.update(f"{now.astimezone(CITY.zone):%Y-%m-%d %H:%M}: {counts.total()} events")
        return people.answer(told, now) if chosen.people_answer else ()

    async with conductor, Forms(conductor.servers, _SOURCE) as forms, Listener(conductor.servers) as listener:
        await conductor.rest()
        await listener.new(conductor.ends)  # what was told before is none of this edition's
        playing = Playing(conductor, forms, listener, answer)
        for form in planned:
            playing.agenda.add(form)
        await playing.until(chosen.until)
    return dict(sorted(counts.items()))
