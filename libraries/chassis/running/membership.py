"""Membership: which lanes are ours, opened when they come, let go in good order, and fed with what is polled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from contracts.catalogue import TOPIC_BY_NAME, topics_read_by
from libraries.chassis.lanes.commits import WRITER, Commits, OwnLane
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.holding import held_keys
from libraries.chassis.lanes.lane import Flow, Lane
from libraries.chassis.lanes.ledger import LaneLost, Ledger, Position
from libraries.chassis.lanes.reading import read_once
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.backoff import Backoff, Stopping, persistently, within
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.gaps import compare
from libraries.chassis.servers.port import Bounds, Kafka, Listener
from libraries.chassis.watching import metrics
from libraries.chassis.watching.log import named

_POLL_SECONDS: Final = 1.0
"""How late a reader sees that the service stops; a record that comes ends the wait at once."""

_REOPEN_SECONDS: Final = 0.2
"""Lanes that are lost again and again (two owners, each sure of itself) are not fought for faster than this."""


class Membership:
    """Joins the service's group, or takes all its topics where it is a single writer, and keeps its lanes open."""

    def __init__(
        self, around: Surroundings, kafka: Kafka, ledger: Ledger, relay: Relay, committer: Committer, commits: Commits
    ) -> None:
        self._around = around
        self._kafka = kafka
        self._ledger = ledger
        self._relay = relay
        self._committer = committer
        self._commits = commits
        self._topics = [topic.name for topic in topics_read_by(around.service.name)]
        self.assigned_once = False
        self.polled_at: float | None = None
        self._told_offsets: dict[LaneName, int] = {}

    async def join(self) -> None:
        """Takes part: from now on lanes come and go."""
        listener = Listener(assigned=self._assigned, revoked=self._revoked)
        if self._around.service.single_writer:
            await self._open_writer()
            await self._kafka.take(self._topics, listener)
        else:
            await self._kafka.join(self._topics, listener)

    async def read(self) -> None:
        """Polls until the service stops, and deals out what comes."""
        around, backoff = self._around, Backoff(self._around.stopping, first=0.1)
        while not around.stopping.is_set():
            try:
                polled = await self._kafka.poll(_POLL_SECONDS)
            except Exception as error:
                around.log.warning("a poll failed", action="poll", error=named(error))
                around.troubles.failed("the poll of Kafka", named(error))
                await backoff.pause()
                continue
            backoff.went_well()
            around.troubles.went_well("the poll of Kafka")
            self.polled_at = asyncio.get_running_loop().time()
            for name, records in polled.items():
                lane = self._committer.lanes.get(name)
                if lane is None or name in self._committer.lost:
                    continue
                if lane.proven and not lane.is_suspected:
                    # While another cycle commits; what may have ended the process is read once its attempt is noted.
                    at = around.programme_clock()
                    for received in records:
                        read_once(received, around.service, at)
                lane.offer(records)
                self._committer.filled.set()

    async def reopen(self) -> None:
        """Opens lost lanes anew until the service stops: another owner has moved them, or an answer was lost."""
        while not self._around.stopping.is_set():
            await self._around.reopen.wait()
            self._around.reopen.clear()
            async with self._committer.turn:
                await self._persistently(self._reopen_lost, "reopen")
            await asyncio.sleep(_REOPEN_SECONDS)

    async def _reopen_lost(self) -> None:
        lost = set(self._committer.lost)
        if WRITER in lost:
            await self._open_writer()
        names = [name for name in lost if name in self._committer.lanes]
        await self._open(names, await self._kafka.bounds(names) if names else {})
        self._committer.lost -= lost
        self._committer.filled.set()

    async def _assigned(self, names: Sequence[LaneName]) -> None:
        async def open_all() -> None:
            await self._open(names, await self._kafka.bounds(names))

        await self._persistently(open_all, "assign")
        self.assigned_once = True
        metrics.REBALANCES.inc()
        self._around.log.info("partitions assigned", action="assign", lanes=len(self._committer.lanes))

    async def _persistently(self, work: Callable[[], Awaitable[None]], action: str) -> None:
        def failed(error: Exception) -> None:
            self._around.troubles.failed("opening lanes", named(error))
            self._around.log.warning("trying again", action=action, error=named(error))

        backoff = Backoff(self._around.stopping, first=0.1)
        try:
            await persistently(work, backoff=backoff, passes=lambda _: True, failed=failed)
        except Stopping:
            return  # a listener must not raise, and lanes that are not open take nothing
        self._around.troubles.went_well("opening lanes")

    async def _open_writer(self) -> None:
        """Reads where the writer stands: whatever state is in memory may be another's past."""
        self._commits.forget_state()
        position, pages = (await self._ledger.open({WRITER: 0}))[WRITER]
        await self._relay.recover(pages)
        if self._commits.writer is None:
            self._commits.writer = OwnLane(WRITER, position)
        else:
            self._commits.writer.position = position

    async def _open(self, names: Iterable[LaneName], bounds: Mapping[LaneName, Bounds]) -> None:
        names = list(names)
        for lane_name in await self._ledger.step_back({name: bounds[name].end for name in names}):
            text = "an operator stepped over a record that there is not: the next one is taken"
            self._around.log.warning(text, action="step-back", lane=str(lane_name))
        opened = await self._ledger.open({name: bounds[name].first for name in names})
        counts = {topic: await self._kafka.partitions(topic) for topic in {name.topic for name in opened}}
        for known in self._committer.lanes.values():
            # Those that stay too: where a topic has grown, a key may belong on another partition from then on.
            known.partitions = counts.get(known.name.topic, known.partitions)
        for name, (position, pages) in opened.items():
            await self._relay.recover(pages)
            lane = self._committer.lanes.get(name)
            if lane is None:
                lane = self._lane(name, position, counts[name.topic])
            else:
                lane.reopened(position)
            async with self._around.database.pool.acquire() as connection:
                lane.held = await held_keys(connection, lane)
            compare(lane, bounds[name], self._around.log)
            self._committer.lanes[name] = lane
            # Before anything of it can be polled again: what comes of a lost lane is dropped, and would be missing.
            self._committer.lost.discard(name)
            if lane.is_stopped:
                lane.stop()  # what waits in it would take up the room of all others for good
            else:
                lane.begin_again()

    def _lane(self, name: LaneName, position: Position, partitions: int) -> Lane:
        kafka = self._kafka
        flow = Flow(partial(kafka.pause, (name,)), partial(kafka.resume, (name,)), partial(kafka.seek, name))
        return Lane(name, TOPIC_BY_NAME[name.topic], flow, position, HeldKeys(), self._committer.reservoir, partitions)

    async def _revoked(self, names: Sequence[LaneName]) -> None:
        """Lets go of lanes, after what is in flight has been committed and gone out."""

        async def let_go() -> None:
            async with self._committer.turn:
                self._forget(names)
            await self._settle()

        # Kafka waits for us, and for so long only: the next owner is fenced against what we still commit.
        if not await within(let_go(), self._around.settings.stop_seconds):
            self._around.log.warning("lanes left with a backlog", action="revoke", lanes=len(names))
        self._forget(names)

    def _forget(self, names: Iterable[LaneName]) -> None:
        for name in names:
            if (lane := self._committer.lanes.pop(name, None)) is not None:
                lane.drop()

    async def _settle(self) -> None:
        # Only what Kafka has may be forgotten; the rest is sent by who has the lane next, a second time at worst.
        await self._relay.drained()
        await self._forget_pages()

    async def _forget_pages(self) -> None:
        acknowledged = self._relay.take_acknowledged()
        try:
            await self._ledger.forget(acknowledged)
        except BaseException:
            self._relay.give_back(acknowledged)
            raise

    async def settle(self) -> None:
        """Publishes all that was committed, and writes how far the lanes have come."""
        async with self._committer.turn:
            await self._note_what_was_passed()
        await self._settle()
        await self.commit_offsets()

    async def _note_what_was_passed(self) -> None:
        lanes = self._committer.lanes.values()
        passed = [lane for lane in lanes if lane.passed_to > lane.position.next_offset and not lane.is_stopped]
        if passed := [lane for lane in passed if lane.name not in self._committer.lost]:
            try:
                await self._commits.note(passed)
            except LaneLost as lost:
                self._committer.lose(lost.names)

    async def keep_house(self) -> bool:
        """Does now and then what no record brings: operators' words, acknowledged pages, offsets for lag tools.

        Whether operators have decided on something that a duty set aside.
        """
        async with self._committer.turn:
            await self._note_what_was_passed()
            if self._relay.has_acknowledged:
                await self._forget_pages()
        concerns_duties = await self._hear_operators()
        await self.commit_offsets()
        return concerns_duties

    async def _hear_operators(self) -> bool:
        moved, requested = await self._ledger.operators_words()
        if lost := [name for name in moved if name in self._committer.lanes]:
            self._committer.lose(lost)
        for name in requested:
            if (lane := self._committer.lanes.get(name)) is not None:
                lane.held.wake(self._around.machine_clock())
                self._committer.filled.set()
        return any(name.topic not in TOPIC_BY_NAME for name in requested)

    async def commit_offsets(self) -> None:
        """Tells Kafka how far the lanes are: a hint for lag tools, never read by us."""
        self._around.reached("before-offset-commit")
        offsets = {lane.name: lane.next_offset for lane in self._committer.lanes.values()}
        if offsets != self._told_offsets:  # an idle service has nothing to say
            await self._kafka.commit(offsets)
            self._told_offsets = offsets
