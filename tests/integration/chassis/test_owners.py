"""What happens to an owner that goes on: lanes opened anew beside others, a writer's state, duties and their locks."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple

import asyncpg
import pytest

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import topics_read_by
from contracts.codec import decode
from contracts.event import Event
from contracts.message import EventData
from deploy.local.postgresql import PostgreSQL
from libraries.chassis.handling import Handlers, Handling
from libraries.chassis.lanes.commits import WRITER
from libraries.chassis.lanes.holding import held_keys
from libraries.chassis.records.name import LaneName
from libraries.chassis.running import duties
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster, Stored
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.service import DutyLane, Service
from libraries.chassis.store import Connection
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE, EffectStore, on_application

FORMS = "forms.applications.v1"
PUBLISHED = "contacts.v1"
ADVISORY_LOCKS = """
    FROM pg_locks
   WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class WriterStore(EffectStore):
    """Effects of a single writer, whose state is the number of rows that it has written."""

    reads: ClassVar[int] = 0

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.state: Any = None

    async def read_state(self) -> object:
        WriterStore.reads += 1
        return object()


class Thing(NamedTuple):
    """What the test's duty finds."""

    name: str


class TestDuty:
    """Does what the test puts before it, and says what it was told to say."""

    __test__ = False
    name = "testing"
    lanes = 1

    def __init__(self) -> None:
        self.things: list[str] = []
        self.looks = 0
        self.failing: set[str] = set()

    async def perform(self, lane: DutyLane) -> datetime | None:
        self.looks += 1

        async def find(unit: UnitOfWork[Any]) -> Sequence[Thing]:
            return [Thing(name) for name in self.things]

        async def do(unit: UnitOfWork[Any], things: Sequence[Thing]) -> None:
            for thing in things:
                if thing.name in self.failing:
                    raise KeyError(thing.name)
            self.things = [name for name in self.things if Thing(name) not in things]

        await lane.carry_out(find, do)
        return None

    async def close(self) -> None:
        """Holds nothing."""


@dataclasses.dataclass
class Cluster:
    """The small service over a cluster in memory."""

    system: System
    memory: MemoryCluster

    @asynccontextmanager
    async def running(self, service: Service = SERVICE, **settings: Any) -> AsyncIterator[Running]:
        kafka = MemoryKafka(self.memory, "engage-intake")
        running = Running(service, self.system.read(**settings), configure_logs("intake", "critical"), kafka=kafka)
        await running.prepare()
        await running.begin()
        try:
            yield running
        finally:
            await running.stop()
            await running.close()

    def send(self, partition: int, *titles: str) -> None:
        """Sends forms of keys that belong on this partition."""
        records = [titled(title, on=partition, of=2).record for title in titles]
        stored = [Stored(0, it.key, it.value, tuple(it.headers)) for it in records]
        self.memory.append(LaneName(FORMS, partition), stored)

    def published(self) -> list[Event[EventData]]:
        events = []
        for lane in self.memory.lanes([PUBLISHED]):
            for it in self.memory.read(lane, 0, 10_000):
                event = decode(it.topic, it.key, it.value, it.headers)
                assert isinstance(event, Event)
                events.append(event)
        return events


@pytest.fixture
def cluster(postgresql: PostgreSQL, effects_template: str) -> Iterator[Cluster]:
    name = f"owners_{id(object())}"
    postgresql.clone_database(effects_template, name)
    topics = {topic.name: 2 for topic in topics_read_by("intake")}
    memory = MemoryCluster({**topics, PUBLISHED: 1, "intake.dead-letters.v1": 1})
    yield Cluster(System(postgresql.database_url(name), "127.0.0.1:1"), memory)
    postgresql.drop_database(name)


@pytest.fixture(autouse=True)
def fresh() -> None:
    WriterStore.reads = 0


def single_writer(*duty: Callable[[], TestDuty]) -> Service:
    return dataclasses.replace(SERVICE, store=WriterStore, single_writer=True, duties=duty)


async def test_nothing_is_dropped_of_a_lane_while_others_are_opened_anew(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cluster.running() as service:
        cluster.send(0, "first 0")
        cluster.send(1, "first 1")
        await eventually(lambda: _written(cluster, 2))
        opened: list[LaneName] = []
        read_on = asyncio.Event()

        async def slowly(connection: Any, lane: Any) -> object:
            opened.append(lane.name)
            if len(opened) == 2:  # the first begins again meanwhile, and what comes of it is polled
                cluster.send(opened[0].partition, "while the other is opened")
                await read_on.wait()
            return await held_keys(connection, lane)

        monkeypatch.setattr("libraries.chassis.running.membership.held_keys", slowly)
        service.committer.lose([LaneName(FORMS, 0), LaneName(FORMS, 1)])
        await eventually(lambda: _is(len(opened) == 2))
        await _polled(service)
        read_on.set()
        cluster.send(opened[0].partition, "after it")
        await eventually(lambda: _has(cluster, "after it"))
    assert "while the other is opened" in await cluster.system.titles()


async def test_a_writer_that_was_fenced_off_begins_anew_with_all_its_lanes(cluster: Cluster) -> None:
    async with cluster.running(single_writer()) as service:
        cluster.send(0, "first")
        await eventually(lambda: _written(cluster, 1))
        await cluster.system.fetch("UPDATE lane SET revision = revision + 1 WHERE topic = $1", WRITER.topic)
        cluster.send(1, "second")
        await eventually(lambda: _written(cluster, 2))
        assert service.failed is None


async def test_a_look_that_finds_nothing_leaves_a_writers_state_in_memory(cluster: Cluster) -> None:
    duty = TestDuty()
    async with cluster.running(single_writer(lambda: duty)) as service:
        await eventually(lambda: _is(duty.looks == 1))
        cluster.send(0, "first")
        await eventually(lambda: _written(cluster, 1))
        assert WriterStore.reads == 1
        service.around.deadlines.note({("testing", 0): datetime.now(UTC)})
        await eventually(lambda: _is(duty.looks == 2))
        cluster.send(0, "second")
        await eventually(lambda: _written(cluster, 2))
    assert WriterStore.reads == 1, "what the tables say is read once, and then no more"


async def test_what_was_released_takes_no_suspicion_away_from_what_comes_next(cluster: Cluster) -> None:
    cluster.send(0, "wait cause")
    async with cluster.running():
        await eventually(lambda: _held(cluster, 1))
    await cluster.system.fetch("UPDATE lane SET attempts = 2 WHERE topic = $1 AND partition = 0", FORMS)
    async with cluster.running(retry_seconds=0.05):
        await eventually(lambda: _tried_again(cluster))
        rows = await cluster.system.fetch(
            "SELECT attempts FROM lane WHERE topic = $1 AND partition = 0 AND next_offset = 1", FORMS
        )
    assert [row["attempts"] for row in rows] == [2], "only a step forward says that it did not end the process"


async def test_a_failed_release_is_no_lasting_trouble(cluster: Cluster) -> None:
    cluster.send(0, "wait cause")
    async with cluster.running(retry_seconds=0.05) as service:
        await eventually(lambda: _held(cluster, 1))
        troubles = service.around.troubles
        troubles.failed("committing to PostgreSQL", "ConnectionDoesNotExistError")
        await eventually(lambda: _is("committing to PostgreSQL" not in troubles._open))


async def test_a_transaction_that_fails_in_passing_makes_no_killer_of_what_waits(cluster: Cluster) -> None:
    cluster.send(0, "wait cause")
    async with cluster.running(retry_seconds=0.01) as service:
        await eventually(lambda: _held(cluster, 1))
        ledger, original, failures = service.committer.ledger, service.committer.ledger.transaction, 0

        @asynccontextmanager
        async def transaction(*arguments: Any) -> AsyncIterator[Connection]:
            nonlocal failures
            if failures < 8:
                failures += 1
                raise asyncpg.LockNotAvailableError("canceling statement due to lock timeout")
            async with original(*arguments) as connection:
                yield connection

        ledger.transaction = transaction  # type: ignore[method-assign,assignment]
        await eventually(lambda: _is(failures == 8))
        cluster.send(1, "cause")
        await eventually(lambda: _written(cluster, 2))
    assert await cluster.system.held() == {}


async def test_a_lost_lock_of_duties_is_taken_anew(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "_LOOK_SECONDS", 0.1)
    duty = TestDuty()
    async with cluster.running(dataclasses.replace(SERVICE, duties=(lambda: duty,))):
        await eventually(lambda: _is(duty.looks > 0))
        await cluster.system.fetch(f"SELECT pg_terminate_backend(pid) {ADVISORY_LOCKS}")
        await eventually(lambda: _locks(cluster))


async def test_a_lane_that_is_found_stopped_takes_up_no_room(cluster: Cluster) -> None:
    async with cluster.running() as service:
        cluster.send(0, "first")
        await eventually(lambda: _written(cluster, 1))
        async with service.committer.turn:
            cluster.send(0, "second")
            await eventually(lambda: _is(service.committer.reservoir.records == 1))
            await cluster.system.fetch(
                "UPDATE lane SET stopped_because = 'another owner says so', revision = revision + 1"
                " WHERE topic = $1 AND partition = 0",
                FORMS,
            )
            lane = service.committer.lanes[LaneName(FORMS, 0)]
            service.committer.lose([lane.name])
            lane.offer(cluster.memory.read(lane.name, 1, 1))
        await eventually(lambda: _is(lane.is_stopped))
        await eventually(lambda: _is(service.committer.reservoir.records == 0), within=3)


async def test_what_is_published_after_a_schema_was_made_anew_is_numbered_on(cluster: Cluster) -> None:
    for title in ("first", "second"):
        cluster.send(0, title)
        async with cluster.running(single_writer()):
            await eventually(lambda: _has(cluster, title))  # noqa: B023
        await cluster.system.fetch("TRUNCATE lane, inbox, outbox, held_record, effect")
    numbers = [event.sequence for event in cluster.published()]
    assert len(numbers) == 3
    assert numbers == sorted(set(filter(None, numbers))), "readers pass over what has a number that they have seen"


async def test_what_a_held_record_publishes_has_no_number_but_its_id(cluster: Cluster) -> None:
    cluster.send(0, "wait cause")
    async with cluster.running():
        await eventually(lambda: _held(cluster, 1))
        cluster.send(1, "cause")
        await eventually(lambda: _has(cluster, "wait cause"))
    assert [event.sequence is None for event in cluster.published()] == [False, True]


async def test_a_slow_handler_keeps_its_session_however_long_it_is_silent(cluster: Cluster) -> None:
    class Asking(EffectStore):
        async def save(self) -> None:
            patience.append(await self._connection.fetchval("SHOW idle_in_transaction_session_timeout"))
            await super().save()

    patience: list[str] = []
    handlers = Handlers([Handling(ApplicationSubmitted, on_application, slow=True)])
    slow = dataclasses.replace(SERVICE, store=Asking, handlers=handlers)
    async with cluster.running(slow):
        cluster.send(0, "first")
        await eventually(lambda: _written(cluster, 1))
    assert patience == ["15min"], "the database would end it after half a minute, and it would be tried again for ever"


async def _polled(service: Running) -> None:
    """Returns when the reader has dealt out what was there, and polls again."""
    before = service.membership.polled_at
    await eventually(lambda: _is(service.membership.polled_at != before))


async def _is(value: bool) -> bool:
    return value


async def _written(cluster: Cluster, count: int) -> bool:
    return len(await cluster.system.titles()) >= count


async def _has(cluster: Cluster, title: str) -> bool:
    return title in await cluster.system.titles()


async def _held(cluster: Cluster, count: int) -> bool:
    return sum(map(len, (await cluster.system.held()).values())) >= count


async def _tried_again(cluster: Cluster) -> bool:
    return bool((await cluster.system.fetch("SELECT max(retries) AS most FROM held_record"))[0]["most"] >= 2)


async def _locks(cluster: Cluster) -> bool:
    rows = await cluster.system.fetch(f"SELECT count(*) AS held {ADVISORY_LOCKS}")
    return bool(rows[0]["held"] == 1)
