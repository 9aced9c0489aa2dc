"""Lane, inbox and outbox as a state machine: whatever dies when, every effect happens once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record
from services.chassis.database import Database
from services.chassis.faults import Point
from services.chassis.lane import Lane
from services.chassis.lanes.received import Received
from services.chassis.ledger import LaneLost, LaneName
from services.chassis.log import configure_logs
from services.chassis.relay import Outgoing
from services.chassis.surroundings import Bell, Surroundings
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE

FORMS = "forms.applications.v1"


class Crash(BaseException):
    """The process is gone: nothing catches this."""


class Broker:
    """A topic in memory that takes what a relay sends, may be away, and may see its sender die before or after."""

    producer = None

    def __init__(self) -> None:
        self.log: list[Outgoing] = []
        self.away = False

    async def publish(self, outgoing: Sequence[Outgoing]) -> int:
        while self.away:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        taken = list(outgoing[:3])
        self.log.extend(taken)
        return len(taken)

    async def renew(self, failed: object) -> None:
        raise AssertionError("this broker never fails")


class Owner:
    """A process that owns the lane, or believes so; it dies when it reaches the armed point."""

    def __init__(self, system: System, broker: Broker, database: Database) -> None:
        self.broker = broker
        self.armed: Point | None = None
        self.dead = asyncio.Event()
        surroundings = Surroundings(
            service=SERVICE,
            settings=system.read(),
            database=database,
            publisher=broker,  # type: ignore[arg-type]
            log=configure_logs("intake", "error"),
            clock=lambda: datetime.now(UTC),
            reached=self._reached,
            stopping=asyncio.Event(),
            bell=Bell(),
        )
        self.lane = Lane(LaneName(FORMS, 0), surroundings)

    def _reached(self, point: Point) -> None:
        if point == self.armed or self.dead.is_set():
            self.dead.set()
            raise Crash(point)

    async def published(self) -> None:
        """Returns when the relay has nothing left, or died, or has no broker."""
        while self.lane.relay.unrelayed and not self.dead.is_set() and not self.broker.away:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class ExactlyOnce(RuleBasedStateMachine):
    """Forms arrive on one partition; owners come, process, are killed, are replaced, and wake as zombies."""

    system: ClassVar[System]
    loop: ClassVar[asyncio.AbstractEventLoop]
    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.topic: list[Record] = []
        self.expected: dict[str, list[str]] = {}
        self.broker = Broker()
        self.run(self.system.fetch("TRUNCATE lane, inbox, outbox, held_record, effect"))
        self.owner = self.start()
        self.zombies: list[Owner] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def start(self) -> Owner:
        owner = Owner(self.system, self.broker, self.database)
        self.run(owner.lane.open(0))
        return owner

    @rule(key=st.sampled_from("abc"), count=st.integers(1, 4))
    def forms_arrive(self, key: str, count: int) -> None:
        self.arrive(key, count)

    def arrive(self, key: str, count: int) -> None:
        for _ in range(count):
            title = f"{key}{len(self.expected.setdefault(key, []))}"
            self.expected[key].append(title)
            self.topic.append(titled(title, key=key, name=title).record)

    @rule(choice=st.integers(0, 10**6))
    def a_form_sends_an_event_again(self, choice: int) -> None:
        if self.topic:
            self.topic.append(self.topic[choice % len(self.topic)])

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
        self.run(self.owner.lane.close())
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
            self.deliver(self.zombies.pop(), back, zombie=True)

    @rule()
    def idle(self) -> None:
        if not self.owner.dead.is_set():
            self.run(self.owner.published())
            self.run(self.owner.lane.tick())

    @rule()
    def topic_is_replayed_from_zero(self) -> None:
        self.topic.extend(self.topic[:20])

    def deliver(self, owner: Owner, back: int, *, zombie: bool = False) -> None:
        start = max(owner.lane.next_offset - back, 0)
        records = [_received(offset, record) for offset, record in enumerate(self.topic[start:], start)]
        try:
            self.run(owner.lane.process(records))
            self.run(owner.published())
        except LaneLost:
            if not zombie:
                self.run(owner.lane.open(0))
        except Crash:
            pass
        if zombie:
            self.run(owner.lane.close())

    @invariant()
    def no_effect_twice(self) -> None:
        titles = self.run(self.system.titles())
        assert len(titles) == len(set(titles))

    def teardown(self) -> None:
        self.broker.away = False
        self.run(self.owner.lane.close())
        for zombie in self.zombies:
            self.run(zombie.lane.close())
        self.owner = self.start()
        self.deliver(self.owner, 0)
        self.run(self.replay_what_was_set_aside())
        self.run(self.owner.published())
        self.run(self.owner.lane.close())
        by_key = {key: [t for t in self.run(self.system.titles()) if t[0] == key] for key in self.expected}
        assert by_key == self.expected, "every form has its effect, once, in its key's order"
        first_seen: dict[UUID, Outgoing] = {}
        for outgoing in self.broker.log:
            assert first_seen.setdefault(outgoing.row.id, outgoing) == outgoing, "one id, one event"
        sequences = [outgoing.sequence for outgoing in first_seen.values()]
        assert sequences == list(range(len(sequences))), "no gap, in order"
        effects = [outgoing for outgoing in first_seen.values() if "dead-letters" not in outgoing.row.topic]
        assert len(effects) == sum(map(len, self.expected.values())), "an event for each effect"

    async def replay_what_was_set_aside(self) -> None:
        """A record that was killed at alone and again is taken for a killer; an operator lets it be tried again."""
        while await self.system.fetch(
            "UPDATE held_record SET requested = CASE state WHEN 'dead' THEN 'replay' END"
            " WHERE resolved_at IS NULL RETURNING true"
        ):
            await self.owner.lane.tick()


def _received(offset: int, record: Record) -> Received:
    return Received(TOPIC_BY_NAME[FORMS], 0, offset, 1_736_500_000_000, record.key, record.value, record.headers)


@pytest.fixture
def machine(system: System) -> Any:
    loop = asyncio.new_event_loop()
    database = Database(system.database_url, "intake", 8)
    loop.run_until_complete(database.open())
    ExactlyOnce.system, ExactlyOnce.loop, ExactlyOnce.database = system, loop, database
    yield ExactlyOnce
    loop.run_until_complete(database.close())
    loop.close()


def test_whatever_dies_when(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
