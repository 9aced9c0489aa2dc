"""All services in one process, over their own tables and a clock that is moved; each takes what others publish."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.contacts import ContactPublished
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.unit_of_work import UnitOfWork
from services.matching.flows.duty import ReviewAndEmbargo
from services.mentoring.due import DueDates
from tests.conformance.stage import Stage, Taken, event_of, reads
from tests.fakes import DutyLaneInTests
from tests.forms import form_event
from tests.integration.notifications.conftest import Clock
from tests.integration.notifications.test_sender import Office


class WriterLane(DutyLaneInTests):
    """The lane of a single writer's duty, over the state that its events leave."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.published: list[OutboxRow] = []
        self._stage = stage

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        async with self._stage.unit() as unit:
            yield unit
        self.published += unit.published


@dataclass
class System:
    """The services, who sends their mail, the clock that they share, and where each person is reached."""

    stages: dict[str, Stage]
    office: Office
    clock: Clock
    addresses: dict[UUID, str] = field(default_factory=dict)

    async def take(self, forms: Sequence[EventData]) -> list[EventData]:
        """Sends forms, and has all that follows from them happen at once; returns what was published."""
        return await self._follow([form_event(form, at=self.clock.now) for form in forms])

    async def pass_to(self, now: datetime) -> list[EventData]:
        """Does what is due by then; returns what was published."""
        self.clock.now = now
        following: list[Taken] = []
        for name, duty in (("matching", ReviewAndEmbargo(self.clock)), ("mentoring", DueDates(self.clock))):
            lane = WriterLane(self.stages[name])
            while (due := await duty.perform(lane)) is not None and due <= now:
                pass
            following += [event_of(row, source=name) for row in lane.published]
        return [*_data_of(following), *await self._follow(following)]

    async def send_mail(self) -> None:
        """Sends all mail that is due."""
        while await self.office.send():
            pass

    async def _follow(self, waiting: Sequence[Taken]) -> list[EventData]:
        said: list[EventData] = []
        while waiting:
            following: list[Taken] = []
            for name, stage in self.stages.items():
                if batch := [taken for taken in waiting if reads(stage.service, taken)]:
                    following += [event_of(row, source=name) for row in await stage.take(batch)]
            waiting = following
            said += _data_of(following)
        self.addresses |= {data.person_id: data.email for data in said if isinstance(data, ContactPublished)}
        return said


def _data_of(taken: Iterable[Taken]) -> list[EventData]:
    return [event.data for event in taken if isinstance(event, Event)]
