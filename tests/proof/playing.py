"""One script, two plays: everybody's steps, each taken once all that came before has come to rest."""

from __future__ import annotations

import heapq
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from contracts.catalogue import TOPICS
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedDeclared
from contracts.obstacles import ObstacleReported
from contracts.pairs import MeetingReported
from contracts.rounds import RoundRequested
from contracts.support import IntroductionReported
from deploy.rehearsal.conductor import Conductor
from tests.proof.hearing import Heard
from tests.proof.progress import Progress
from tests.proof.script import Script
from tests.proof.steps import Step

FORMS: Final = tuple(topic for topic in TOPICS if topic.is_form)
_GIVEN: Final[dict[type[EventData], str]] = {
    NeedDeclared: "need_id",
    RoundRequested: "round_id",
    MeetingReported: "meeting_id",
    ObstacleReported: "obstacle_id",
    IntroductionReported: "introduction_id",
}
"""What a form gives an id to, beside its event."""


class Said(NamedTuple):
    """What a form sent for a step: the event's id, the form's name, and what it says."""

    event_id: str
    source: str
    data: EventData

    @property
    def given(self) -> UUID | None:
        """The id of what it names anew, if it does."""
        name = _GIVEN.get(type(self.data))
        return None if name is None else getattr(self.data, name)

    @classmethod
    def of(cls, event: Event[EventData]) -> Said:
        """What an event says, by its id and its form."""
        return cls(event.id, event.source, event.data)


class Player(Protocol):
    """Whoever plays everybody's part."""

    async def heard(self) -> Sequence[Heard]:
        """What people have learnt since the last time."""
        ...

    async def take(self, step: Step) -> bool:
        """Takes a step; False where it can't be taken any more."""
        ...

    async def look_back(self, step: Step) -> None:
        """What somebody does once their step has had its effects."""
        ...


@dataclass
class Play:
    """One play of the script on a clock that stands but where it is moved; `taken` are the steps by their names."""

    conductor: Conductor
    script: Script
    player: Player
    progress: Progress
    taken: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _agenda: list[tuple[datetime, str, int, Step]] = field(default_factory=list)
    _count: int = 0

    async def until(self, moment: datetime) -> None:
        """Plays until a moment."""
        self._add(*self.script.opening())
        await self.conductor.go_to(moment, self._settle)

    async def _settle(self) -> datetime | None:
        while True:
            following = await self._rest()
            now = self.conductor.course.now()
            self.progress.note(now, len(self.taken), self.conductor.stops, self.seconds)
            for heard in sorted(await self.player.heard()):
                self._add(*self.script.hears(heard, now))
            if not self._agenda or self._agenda[0][0] > now:
                upcoming = self._agenda[0][0] if self._agenda else None
                return min((at for at in (following, upcoming) if at is not None), default=None)
            await self._take(heapq.heappop(self._agenda)[-1])

    async def _take(self, step: Step) -> None:
        started, kind = time.monotonic(), type(step.act).__name__
        if not await self.player.take(step):
            self.missed.append(step.name)
            return
        if step.name in self.taken:
            raise AssertionError(f"two steps go by one name: {step.name}")
        self.taken.append(step.name)
        self.kinds[kind] += 1
        self._add(*self.script.after(step))
        self.seconds["steps"] += time.monotonic() - started
        await self._rest()
        started = time.monotonic()
        await self.player.look_back(step)
        self.seconds["steps"] += time.monotonic() - started

    async def _rest(self) -> datetime | None:
        started = time.monotonic()
        following = await self.conductor.rest()
        self.seconds["rests"] += time.monotonic() - started
        return following

    def _add(self, *steps: Step) -> None:
        for step in steps:
            self._count += 1
            heapq.heappush(self._agenda, (step.at, step.name, self._count, step))
