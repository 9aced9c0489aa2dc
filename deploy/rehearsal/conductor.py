"""Who moves a rehearsal's clock: on from deadline to deadline, each time once everything has come to rest."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeAlias
from urllib.parse import urlsplit

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import TOPICS, topics_read_by
from deploy.local.processes import ProcessError
from deploy.local.rehearsing import PLACES
from libraries.clocks.course import CourseFile

_PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.003
_ANSWER_SECONDS: Final = 10.0

Settle: TypeAlias = Callable[[], Awaitable[datetime | None]]


class Service:
    """A service of the rehearsal, asked over one connection whether it rests."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_ANSWER_SECONDS)
        self._topics = list(topics_read_by(name))

    def ask(self) -> Mapping[str, Any] | None:
        """What it says of itself; None where it does not answer, as while it starts again."""
        try:
            self._connection.request("GET", "/rehearsal")
            answer = self._connection.getresponse()
            body = answer.read()
            return json.loads(body) if answer.status == http.client.OK else None
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens it anew
            return None

    def has_read(self, lanes: Mapping[str, int], ends: Mapping[TopicPartition, int]) -> bool:
        """Whether it has dealt with all that its topics hold."""
        places = [(topic.name, number) for topic in self._topics for number in range(topic.partitions)]
        return all(lanes.get(f"{name}/{number}", 0) >= ends[TopicPartition(name, number)] for name, number in places)


class Conductor:
    """Knows when all services of a rehearsal rest, and moves its clock.

    Nothing is under way when each has done what is due and has published what it decided, and Kafka has no more
    afterwards than each had read.
    """

    def __init__(self, course: CourseFile, servers: str, health: Mapping[str, str]) -> None:
        self.course = course
        self.servers = servers
        self.stops = 0
        self.ends: dict[TopicPartition, int] = {}
        self._consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
        self._services = [Service(name, address) for name, address in health.items()]
        self._places = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def rest(self, patience: float = _PATIENCE_SECONDS) -> datetime | None:
        """Waits until nothing is under way; returns when something is due next.

        Raises ProcessError, which names who does not come to rest in time.
        """
        deadline = time.monotonic() + patience
        while True:
            told = await asyncio.gather(*(asyncio.to_thread(service.ask) for service in self._services))
            busy = [service.name for service, said in zip(self._services, told, strict=True) if not _rests(said)]
            if not busy:
                # Afterwards: what any of them has published since it was asked is then more than another has read.
                self.ends = await self._consumer.end_offsets(self._places)
                answers = [(service, said) for service, said in zip(self._services, told, strict=True) if said]
                busy = [service.name for service, said in answers if not service.has_read(said["lanes"], self.ends)]
                if not busy:
                    following = [said["next"] for _, said in answers if said["next"] is not None]
                    return min(map(datetime.fromisoformat, following), default=None)
            if time.monotonic() > deadline:
                raise ProcessError(f"no rest after {patience:g} s: {', '.join(busy)} still at work")
            await asyncio.sleep(_LOOK_SECONDS)

    async def go_to(self, moment: datetime, settle: Settle | None = None) -> None:
        """Moves the clock to a moment, and stops wherever something is due before it; raises CourseError.

        At each stop `settle` has done what is to be done there, and says when something is due next; without it, that
        is what the services do by themselves.
        """
        settle = settle or self.rest
        while (following := await settle()) is not None and following <= moment:
            self.course.jump(max(following, self.course.now()))
            self.stops += 1
        self.course.jump(max(moment, self.course.now()))
        await settle()


def _rests(said: Mapping[str, Any] | None) -> bool:
    return said is not None and bool(said["rests"])


def conductor_beside(clock: Path) -> Conductor:
    """The conductor of the rehearsal whose clock is in a file; raises ProcessError where there is none."""
    try:
        places = json.loads(clock.with_name(PLACES).read_text(encoding="utf-8"))
        return Conductor(CourseFile(clock), places["kafka_bootstrap_servers"], places["health"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ProcessError(f"no rehearsal runs beside {clock}: `engage up --clock` starts one") from None
