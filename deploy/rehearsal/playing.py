"""Plays forms into a rehearsal at their times, and has those who hear of something answer it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from contracts.message import EventData
from deploy.rehearsal.conductor import Conductor
from deploy.rehearsal.forms import Forms
from deploy.rehearsal.listening import Listener, Told


class Planned(NamedTuple):
    """A form and when it is sent; what comes next waits until everything rests, where it is sent `alone`."""

    at: datetime
    data: EventData
    alone: bool = False


Answer: TypeAlias = Callable[[Sequence[Told], datetime], Iterable[Planned]]
"""What people's forms send because of what is heard at a moment."""


@dataclass
class Agenda:
    """Forms by their times; those of one time in an order that is always the same."""

    _planned: list[tuple[datetime, str, str, int, Planned]] = field(default_factory=list)
    _count: int = 0

    def add(self, planned: Planned) -> None:
        """Takes in a form."""
        self._count += 1
        key = planned.at, planned.data.event_type, str(planned.data.aggregate_id)
        heapq.heappush(self._planned, (*key, self._count, planned))

    def take(self, now: datetime) -> list[Planned]:
        """What is to be sent by a moment."""
        taken = []
        while self._planned and self._planned[0][0] <= now:
            taken.append(heapq.heappop(self._planned)[-1])
        return taken

    @property
    def next(self) -> datetime | None:
        """When the next form is to be sent."""
        return self._planned[0][0] if self._planned else None


class Playing:
    """One play: the clock goes from what is due to what is due, by services or on the agenda.

    `wanted` says of a form, when its time has come, whether anybody would still send it.
    """

    def __init__(
        self,
        conductor: Conductor,
        forms: Forms,
        listener: Listener,
        answer: Answer,
        wanted: Callable[[EventData], bool] = lambda data: True,
    ) -> None:
        self.agenda = Agenda()
        self._conductor = conductor
        self._forms = forms
        self._listener = listener
        self._answer = answer
        self._wanted = wanted

    async def until(self, moment: datetime) -> None:
        """Plays until a moment, and all that follows from what is done by then."""
        await self._conductor.go_to(moment, self.settle)

    async def settle(self) -> datetime | None:
        """Has everything that is due at this moment done, heard and answered; returns when something is due next."""
        while True:
            following = await self._conductor.rest()
            now = self._conductor.course.now()
            for planned in self._answer(await self._listener.new(self._conductor.ends), now):
                self.agenda.add(planned)
            due = [each for each in self.agenda.take(now) if self._wanted(each.data)]
            if not due:
                return min((at for at in (following, self.agenda.next) if at is not None), default=None)
            for planned in due:
                await self._forms.send(planned.data, planned.at)
                if planned.alone:
                    await self._conductor.rest()
