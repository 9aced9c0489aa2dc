"""The clock of a rehearsal: what it shows, and setting it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.json_lines import print_json
from libraries.chassis.settings import SettingsError
from libraries.clocks.course import CourseFile
from libraries.clocks.programme import VARIABLE, RehearsalSettings

clock = typer.Typer(name="clock", help="The clock of a rehearsal, which ENGAGE_REHEARSAL_CLOCK names.")


@clock.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object")] = False,
) -> None:
    """Say what the clock shows, and how fast it goes."""
    if context.invoked_subcommand is not None:
        return
    course = CourseFile(rehearsal_clock())
    state = course.course()
    if as_json:
        print_json({"shows": course.now().isoformat(), "seconds_a_second": state.speed, "is_paused": state.is_paused})
    else:
        typer.echo(_told(course.now(), course))


@clock.command()
def pause() -> None:
    """Stop the clock: nothing falls due until it goes on."""
    course = CourseFile(rehearsal_clock())
    typer.echo(_told(course.pause(), course))


@clock.command()
def resume() -> None:
    """Let the clock go on, as fast as before."""
    course = CourseFile(rehearsal_clock())
    typer.echo(_told(course.resume(), course))


@clock.command()
def speed(pace: Annotated[str, typer.Argument(metavar="SPEED", help="Such as 1day/s or 6h/s")]) -> None:
    """Let the clock go on at another speed."""
    from deploy.rehearsal.words import speed_of

    course = CourseFile(rehearsal_clock())
    typer.echo(_told(course.resume(speed_of(pace, "SPEED")), course))


@clock.command()
def jump(
    to: Annotated[str, typer.Argument(metavar="DATE", help="Such as 2026-03-01 or 2026-03-01T14:30")],
) -> None:
    """Set the clock to a later date, through all that falls due before it, as fast as the services can."""
    from deploy.rehearsal.conductor import conductor_beside
    from deploy.rehearsal.words import moment_of

    path, moment = rehearsal_clock(), moment_of(to, "DATE")
    course = CourseFile(path)
    if moment < course.now():
        course.jump(moment)  # which says why it can't be
    was_paused = course.course().is_paused
    course.pause()  # else time would go on between the deadlines as well

    async def go() -> int:
        async with conductor_beside(path) as conductor:
            await conductor.go_to(moment)
            return conductor.stops

    try:
        stops = asyncio.run(go())
    finally:
        if not was_paused:
            course.resume()
    typer.echo(f"{_told(course.now(), course)}; something was due {stops} times on the way")


def rehearsal_clock() -> Path:
    """The clock that the environment names; raises SettingsError."""
    if (path := RehearsalSettings().rehearsal_clock) is None:
        raise SettingsError(f"{VARIABLE} is not set: `engage up --clock DATE` says what it is")
    return path


def _told(now: datetime, course: CourseFile) -> str:
    state = course.course()
    pace = "it is paused" if state.is_paused else f"{state.speed:g} s go by in a second"
    # Here, since it is read of the programme, which `engage check` has still to choose.
    from libraries.work_days.city import CITY

    return f"{now.astimezone(CITY.zone):%Y-%m-%d %H:%M:%S} ({CITY.zone.key}): {pace}"
