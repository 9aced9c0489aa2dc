"""The five stages that the demonstration tells, each played on the rehearsal's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from contracts.catalogue import SERVICES
from contracts.codec import Record, encode
from contracts.message import EventData
from deploy.demo.cast import Cast, identifier
from deploy.demo.form_over_http import submit
from deploy.demo.people import People
from deploy.demo.programme import Programme
from deploy.demo.rules import in_rounds
from deploy.local.rehearsing import Beginning
from deploy.local.stack import Stack
from deploy.local.standing import Broker
from deploy.rehearsal.conductor import Conductor
from deploy.rehearsal.forms import Forms
from deploy.rehearsal.listening import Listener
from deploy.rehearsal.playing import Playing
from deploy.rehearsal.words import moment_of
from libraries.programme.about import InBoth

BEGINS_AT: Final = moment_of("2026-01-06", "the demonstration's first day")
"""A Tuesday: people are at work."""
BEGINNING: Final = Beginning(BEGINS_AT, is_paused=True)
"""Its clock stands but where the play moves it, so that all of it happens at the same moments every time."""
_DECLARED_AT: Final = BEGINS_AT + timedelta(days=1)
_WEIGHED_AT: Final = BEGINS_AT + timedelta(days=8)
_DECIDED_BY: Final = BEGINS_AT + timedelta(days=30)
_ENDS_AT: Final = BEGINS_AT + timedelta(days=3 * 365 + 90)


def staged(directory: Path, *, services: Sequence[str] = SERVICES, broker: Broker | None = None) -> Stack:
    """A system for the demonstration, not started: a rehearsal under its rules, kept in a directory."""
    environment = {"ENGAGE_PROGRAMME": str(in_rounds(directory / "programme"))}
    return Stack(services=services, directory=directory, broker=broker, environment=environment, rehearsal=BEGINNING)


@dataclass
class Performance:
    """One run of the demonstration against a started system whose clock is paused, through topics alone."""

    stack: Stack

    def __post_init__(self) -> None:
        self.cast = Cast(BEGINS_AT, _DECLARED_AT, _WEIGHED_AT)
        self.programme = Programme(self.cast.unreachable)
        self.people = People(self.cast, self.programme)

    async def play(self, begins: Callable[[Stage], object], *, stages: int = 5) -> None:
        """Plays so many stages, and tells of each as it begins; raises ProcessError where something has no end."""
        assert self.stack.rehearsal is not None
        servers = self.stack.broker.servers_for_others
        conductor = Conductor(self.stack.rehearsal.course, servers, self.stack.followers)
        async with conductor, Forms(servers, "urn:form:demonstration") as forms, Listener(servers) as listener:
            playing = Playing(conductor, forms, listener, self.people.answer, self.people.would_send)
            for stage in STAGES[:stages]:
                begins(stage)
                await stage.play(self, playing, forms)

    async def apply(self, playing: Playing, forms: Forms) -> None:
        """Applications, good and bad: one comes twice, one is broken, one comes over HTTP."""
        first, *others, last = self.cast.applications
        await self._send(forms, BEGINS_AT, *others, *self.cast.wrong_applications)
        hasty = encode(forms.event(first, BEGINS_AT))  # somebody clicked twice: the same event comes again
        broken = Record(str(identifier("broken")).encode(), b'{"application_id": ', hasty.headers)
        for record in (hasty, hasty, broken):
            await forms.put("forms.applications.v1", record)
        await asyncio.to_thread(submit, self.stack.addresses()["intake"], self.stack.door_secret, last)
        await playing.settle()

    async def declare(self, playing: Playing, forms: Forms) -> None:
        """The City says what it needs, and its agents enrol as mentors."""
        await playing.until(_DECLARED_AT)
        await self._send(forms, _DECLARED_AT, *self.cast.needs, *self.cast.mentors)
        await playing.settle()

    async def weigh(self, playing: Playing, forms: Forms) -> None:
        """A week later somebody asks for a round; until then nothing is proposed."""
        await playing.until(_WEIGHED_AT)
        await self._send(forms, _WEIGHED_AT, self.cast.round_request)

    async def decide(self, playing: Playing, forms: Forms) -> None:
        """Who gets a mail answers it: owners, mentors, a line manager, leads."""
        await playing.until(_DECIDED_BY)

    async def accompany(self, playing: Playing, forms: Forms) -> None:
        """Three years, in which all that falls due comes at its time."""
        await playing.until(_ENDS_AT)

    async def _send(self, forms: Forms, at: datetime, *sent: EventData) -> None:
        for data in sent:
            await forms.send(data, at)


@dataclass(frozen=True)
class Stage:
    """One of the five: its number, what it is called, and what is done in it."""

    number: int
    title: InBoth
    play: Callable[[Performance, Playing, Forms], Awaitable[None]]


STAGES: Final = (
    Stage(1, InBoth(fr="Des associations candidatent", en="Associations apply"), Performance.apply),
    Stage(2, InBoth(fr="La Ville dit ses besoins", en="The City says what it needs"), Performance.declare),
    Stage(3, InBoth(fr="La session pèse tout ensemble", en="The round weighs it all"), Performance.weigh),
    Stage(4, InBoth(fr="Des personnes décident", en="People decide, and pairs form"), Performance.decide),
    Stage(5, InBoth(fr="Trois ans passent", en="Three years pass"), Performance.accompany),
)
