"""Lanes, inbox and outbox as a state machine: whatever dies when, every effect happens once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record
from libraries.chassis.database import Database
from libraries.chassis.lanes.commits import Commits
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.holding import Quota, held_keys
from libraries.chassis.lanes.lane import Flow, Lane
from libraries.chassis.lanes.ledger import Ledger
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.process.deadlines import Deadlines
from libraries.chassis.process.faults import Point
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.port import Outgoing
from libraries.chassis.watching.log import configure_logs
from tests.drawing import drawn
from tests.integration.chassis.conftest import System, corrected, titled
from tests.integration.chassis.effects import SERVICE

pytestmark = pytest.mark.drawn

FORMS = "forms.applications.v1"
LANES = [LaneName(FORMS, number) for number in range(2)]
LANE_OF = {"a": 1, "b": 0, "c": 1}
"""Where their keys belong, of two partitions."""


class Crash(BaseException):
    """The process is gone: nothing catches this."""


class Broker:
    """Topics in memory that take what a relay sends, may be away, and may see its sender die before or after."""

    def __init__(self) -> None:
        self.log: list[Outgoing] = []
        self.away = False

    async def send(self, records: Sequence[Outgoing]) -> int:
        while self.away:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        taken = list(records[:3])
        self.log.extend(taken)
        return len(taken)


class Owner:
    """A process that owns the lanes, or believes so; it dies when it reaches the armed point."""

    def __init__(self, system: System, broker: Broker, database: Database) -> None:
        self.broker = broker
        self.armed: Point | None = None
        self.dead = asyncio.Event()
        log = configure_logs("intake", "error")

        def clock() -> datetime:
            return datetime.now(UTC)

        self.around = around = Surroundings(
            service=SERVICE,
            settings=system.read(),
            database=database,
            log=log,
            machine_clock=clock,
            programme_clock=clock,
            reached=self._reached,
            deadlines=Deadlines(clock),
        )
        self.ledger = Ledger(database, self._reached)
        self.relay = Relay(
            broker,  # type: ignore[arg-type]
            "urn:engage:intake",
            log,
            self._reached,
            around.troubles,
            around.stopping,
            backlog=1_000,
        )
        self.committer = Committer(around, self.ledger, Commits(around, self.ledger, self.relay, Quota(10**6)))

    def _reached(self, point: Point) -> None:
        if point == self.armed or self.dead.is_set():
            self.dead.set()
            raise Crash(point)

    async def open(self) -> None:
        self.committer.lanes.clear()
        self.committer.lost.clear()
        for name, (position, pages) in (await self.ledger.open(dict.fromkeys(LANES, 0))).items():
            await self.relay.recover(pages)
            flow = Flow(pause=lambda: None, resume=lambda: None, seek=lambda offset: None)
            lane = Lane(name, TOPIC_BY_NAME[FORMS], flow, position, HeldKeys(), self.committer.reservoir, len(LANES))
            async with self.around.database.pool.acquire() as connection:
                lane.held = await held_keys(connection, lane)
            self.committer.lanes[name] = lane

    async def start(self) -> None:
        await self.open()
        self.relay.start()

    async def published(self) -> None:
        """Returns when the relay has nothing left, or died, or has no broker."""
        while self.relay.unrelayed and not self.dead.is_set() and not self.broker.away:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def cycle(self) -> bool:
        """One cycle; whether lanes were lost in it."""
        async with self.committer.turn:
            await self.committer.cycle()
        if lost := bool(self.committer.lost):
            await self.open()
        return lost


class ExactlyOnce(RuleBasedStateMachine):
    """Forms arrive on one partition; owners come, process, are killed, are replaced, and wake as zombies."""

    system: ClassVar[System]
    loop: ClassVar[asyncio.AbstractEventLoop]
    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.topics: list[list[Record]] = [[], []]
        self.expected: dict[str, list[str]] = {}
        self.broker = Broker()
        self.run(self.system.fetch("TRUNCATE lane, inbox, outbox, held_record, effect"))
        self.owner = self.start()
        self.zombies: list[Owner] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def start(self) -> Owner:
        owner = Owner(self.system, self.broker, self.database)
        self.run(owner.start())
        return owner

    @rule(key=st.sampled_from("abc"), count=st.integers(1, 4))
    def forms_arrive(self, key: str, count: int) -> None:
        self.arrive(key, count)

    def arrive(self, key: str, count: int) -> None:
        for _ in range(count):
            title = f"{key}{len(self.expected.setdefault(key, []))}"
            self.expected[key].append(title)
            # The first is whole, as an application is; what follows corrects it and stands in its turn.
            form = titled if title.endswith(f"{key}0") else corrected
            self.topics[LANE_OF[key]].append(form(title, key=key, name=title).record)

    @rule(choice=st.integers(0, 10**6), number=st.integers(0, 1))
    def a_form_sends_an_event_again(self, choice: int, number: int) -> None:
        if topic := self.topics[number]:
            topic.append(topic[choice % len(topic)])

    @rule(back=st.integers(0, 5))
    def batch(self, back: int) -> None:
        self.deliver(self.owner, back)

    @rule(point=st.sampled_from(["after-claim", "after-inbox", "after-handlers", "before-commit", "after-commit"]))
    def killed_while_committing(self, point: Point) -> None:
        self.killed_at(point)

    @rule(point=st.sampled_from(["before-produce", "after-produce"]))
    def killed_while_publishing(self, point: Point) -> None:
        self.killed_at(point)

    @rule(
        points=st.lists(st.sampled_from(["before-commit", "before-produce", "after-produce"]), min_size=2, max_size=4)
    )
    def killed_again_and_again(self, points: list[Point]) -> None:
        for point in points:
            self.arrive("a", 1)
            self.killed_at(point)

    def killed_at(self, point: Point) -> None:
        self.owner.armed = point
        self.deliver(self.owner, 0)
        self.run(self.owner.relay.stop())
        self.owner = self.start()

    @rule(away=st.booleans())
    def broker_goes_away_or_comes_back(self, away: bool) -> None:
        self.broker.away = away

    @rule()
    def another_takes_over(self) -> None:
        self.zombies.append(self.owner)
        self.owner = self.start()

    @rule(back=st.integers(0, 5))
    def zombie_wakes(self, back: int) -> None:
        if self.zombies:
            zombie = self.zombies.pop()
            self.deliver(zombie, back)
            self.run(zombie.relay.stop())

    @rule()
    def idle(self) -> None:
        if not self.owner.dead.is_set():
            self.run(self.owner.published())
            self.run(self.owner.cycle())

    @rule(number=st.integers(0, 1))
    def topic_is_replayed_from_zero(self, number: int) -> None:
        self.topics[number].extend(self.topics[number][:20])

    def deliver(self, owner: Owner, back: int) -> None:
        for name, lane in owner.committer.lanes.items():
            start = max(lane.next_offset - back, 0)
            topic = self.topics[name.partition]
            lane.drop()
            lane.offer([_received(name, offset, topic[offset]) for offset in range(start, len(topic))])
        try:
            self.run(owner.cycle())
            self.run(owner.published())
        except Crash:
            pass

    @invariant()
    def no_effect_twice(self) -> None:
        titles = self.run(self.system.titles())
        assert len(titles) == len(set(titles))

    def teardown(self) -> None:
        self.broker.away = False
        for owner in (self.owner, *self.zombies):
            self.run(owner.relay.stop())
        self.owner = self.start()
        self.deliver(self.owner, 0)
        self.run(self.replay_what_was_set_aside())
        self.run(self.owner.published())
        self.run(self.owner.relay.stop())
        by_key = {key: [t for t in self.run(self.system.titles()) if t[0] == key] for key in self.expected}
        assert by_key == self.expected, "every form has its effect, once, in its key's order"
        first_seen: dict[bytes, Outgoing] = {}
        for outgoing in self.broker.log:
            assert first_seen.setdefault(_header(outgoing, "ce_id"), outgoing) == outgoing, "one id, one event"
        numbers: dict[bytes, list[int]] = {}
        for outgoing in first_seen.values():
            if "ce_sequence" not in dict(outgoing.headers):
                continue  # what had been held
            lane, _, number = _header(outgoing, "ce_sequence").rpartition(b":")
            numbers.setdefault(lane, []).append(int(number, 16))
        assert all(own == sorted(set(own)) for own in numbers.values()), "in order, lane by lane"
        effects = [outgoing for outgoing in first_seen.values() if "dead-letters" not in outgoing.topic]
        assert len(effects) == sum(map(len, self.expected.values())), "an event for each effect"

    async def replay_what_was_set_aside(self) -> None:
        """A record that was killed at alone and again is taken for a killer; an operator lets it be tried again."""
        while await self.system.fetch(
            "UPDATE held_record SET requested = CASE state WHEN 'dead' THEN 'replay' END"
            " WHERE resolved_at IS NULL RETURNING true"
        ):
            for lane in self.owner.committer.lanes.values():
                lane.held.wake(self.owner.around.machine_clock())
            await self.owner.cycle()


def _header(outgoing: Outgoing, name: str) -> bytes:
    return dict(outgoing.headers)[name]


def _received(name: LaneName, offset: int, record: Record) -> Received:
    return Received(
        TOPIC_BY_NAME[FORMS], name.partition, offset, 1_736_500_000_000, record.key, record.value, record.headers
    )


@pytest.fixture
def machine(system: System) -> Any:
    loop = asyncio.new_event_loop()
    database = Database(DatabaseAddress(system.database_url), "intake", 8)
    loop.run_until_complete(database.open())
    ExactlyOnce.system, ExactlyOnce.loop, ExactlyOnce.database = system, loop, database
    yield ExactlyOnce
    loop.run_until_complete(database.close())
    loop.close()


def test_whatever_dies_when(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=drawn(60),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
