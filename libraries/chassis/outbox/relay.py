"""The relay: one a process, which sends what was committed in the order of the commits, at least once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from structlog.typing import FilteringBoundLogger

from contracts.catalogue import EVENT_BY_TYPE
from contracts.codec import encode_attributes
from libraries.chassis.outbox.pages import Numbered, Page, events_in
from libraries.chassis.process.backoff import Backoff
from libraries.chassis.process.faults import Reached
from libraries.chassis.records.name import LaneName
from libraries.chassis.servers.port import Kafka, Outgoing
from libraries.chassis.watching import metrics, tracing
from libraries.chassis.watching.catalogue import observe_all
from libraries.chassis.watching.log import named
from libraries.chassis.watching.trace_context import place_of
from libraries.chassis.watching.troubles import Troubles

_ROUND: Final = 4_000
"""Events sent in one round at most: enough to fill the batches of all partitions, few enough to be repeated."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one transaction of a lane published: its revision, and the events, made ready to send.

    `began_at` says of each when its story began, as its first event says it: the time that all that it leads to has.
    """

    lane: LaneName
    revision: int
    records: Sequence[Outgoing]
    began_at: Sequence[float]
    committed_at: float


class Relay:
    """Sends committed events, and knows which pages Kafka has acknowledged and the outbox may forget.

    One queue for all lanes: so two events of one aggregate that different lanes of this process published go out as
    they were committed.
    """

    def __init__(
        self,
        kafka: Kafka,
        source: str,
        log: FilteringBoundLogger,
        reached: Reached,
        troubles: Troubles,
        stopping: asyncio.Event,
        *,
        backlog: int,
    ) -> None:
        self._kafka = kafka
        self._source = source
        self._log = log
        self._reached = reached
        self._troubles = troubles
        self._backoff = Backoff(stopping, first=0.1)
        self._backlog = backlog
        self._pending: deque[Bundle] = deque()
        self._events = 0
        self._known: dict[LaneName, int] = {}
        self._acknowledged: dict[LaneName, int] = {}
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to send."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stops at once; what is not acknowledged stays in the outbox for the lanes' next owners."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def add(self, lane: LaneName, revision: int, events: Sequence[Numbered]) -> None:
        """Takes over what a transaction has just committed for a lane."""
        # A commit whose answer was lost is both recovered and added: its events go out once.
        if events and revision > self._known.get(lane, -1):
            records = [_outgoing(event, self._source) for event in events]
            began_at = [event.row.time.timestamp() for event in events]
            async with self._changed:
                # With what is pending, never before: whoever is cancelled in between must be able to recover it.
                self._known[lane] = revision
                self._pending.append(Bundle(lane, revision, records, began_at, time.monotonic()))
                self._events += len(records)
                self._changed.notify_all()

    async def recover(self, pages: Iterable[Page]) -> None:
        """Takes over what a lane's outbox still holds: pages of its last owner, or of commits whose answer was lost."""
        by_revision: dict[tuple[LaneName, int], list[Numbered]] = {}
        for page in pages:
            by_revision.setdefault((page.lane, page.revision), []).extend(events_in(page.events))
        # Each lane's by revision, which is the order of its commits, whatever order the pages came in.
        for (lane, revision), events in sorted(by_revision.items(), key=lambda entry: entry[0]):
            await self.add(lane, revision, events)

    async def room(self) -> None:
        """Waits until the backlog is bearable: a slow broker slows consumption, not memory."""
        # Without the lock first: this comes before every transaction, and most often there is room.
        if self._events > self._backlog:
            async with self._changed:
                await self._changed.wait_for(lambda: self._events <= self._backlog)

    async def drained(self) -> None:
        """Waits until everything taken over so far is acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._pending)

    def take_acknowledged(self) -> Mapping[LaneName, int]:
        """The lanes whose pages up to a revision may be forgotten; whoever takes them forgets or gives them back."""
        taken, self._acknowledged = self._acknowledged, {}
        return taken

    def give_back(self, acknowledged: Mapping[LaneName, int]) -> None:
        """Takes back what could not be forgotten just now."""
        self._acknowledged = {**acknowledged, **self._acknowledged}  # what was acknowledged since is further on

    @property
    def has_acknowledged(self) -> bool:
        """Whether there are pages that may be forgotten."""
        return bool(self._acknowledged)

    @property
    def unrelayed(self) -> int:
        """Events taken over and not yet acknowledged."""
        return self._events

    @property
    def oldest_seconds(self) -> float:
        """For how long the oldest unrelayed event has waited."""
        return time.monotonic() - self._pending[0].committed_at if self._pending else 0.0

    async def _run(self) -> None:
        most, sent = _ROUND, 0
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: bool(self._pending))
            try:
                self._reached("before-produce")
                records = self._next(sent, most)
                count = await self._kafka.send(records)
                self._reached("after-produce")
            except Exception as error:  # whatever it was, nothing may stop the relay but the service's end
                self._log.warning("relay failed, trying again", action="relay", error=named(error))
                self._troubles.failed("the relay to Kafka", named(error))
                # By smaller rounds, so that what the broker will not take holds up nothing before it.
                most = max(most // 2, 1)
                await self._backoff.pause()
            else:
                self._backoff.went_well()
                self._troubles.went_well("the relay to Kafka")
                # Back up by doubling, as it came down: one bad round does not make all that follow small.
                most = min(most * 2, _ROUND)
                for topic, number in Counter(record.topic for record in records[:count]).items():
                    metrics.PUBLISHED.labels(topic).inc(number)
                sent = await self._acknowledge(sent + count)

    def _next(self, sent: int, most: int) -> list[Outgoing]:
        """The next events in line, after those of the first bundle that are acknowledged already."""
        in_line = chain.from_iterable(bundle.records for bundle in self._pending)
        return list(islice(in_line, sent, sent + most))

    async def _acknowledge(self, sent: int) -> int:
        """Lets go of the bundles that are wholly acknowledged; returns how many of the next one's events are."""
        # Bundles whole, since a page is forgotten by its revision and not by its events.
        async with self._changed:
            while self._pending and sent >= len(self._pending[0].records):
                bundle = self._pending.popleft()
                sent -= len(bundle.records)
                self._events -= len(bundle.records)
                self._acknowledged[bundle.lane] = bundle.revision
                _measure(bundle)
            self._changed.notify_all()
        return sent


def _measure(bundle: Bundle) -> None:
    now, took = time.time(), defaultdict[str, list[float]](list)
    for record, began_at in zip(bundle.records, bundle.began_at, strict=True):
        took[record.topic].append(max(now - began_at, 0.0))
    for topic, seconds in took.items():
        observe_all(metrics.FORM_TO_EFFECT.labels(topic), seconds)


def _outgoing(event: Numbered, source: str) -> Outgoing:
    # A record's own timestamp is that of its sending, since brokers refuse others; the event's is in `ce_time`.
    sequence, row = event
    story, hop = row.traceparent, None
    if (active := tracing.active()) is not None and row.causation_id is not None:
        told = place_of(active.service, row.causation_id, traceparent=story, correlation_id=row.correlation_id)
        hop = told.traceparent
        story = story or hop  # what has no trace yet begins it here
    headers = encode_attributes(
        str(row.id),
        source,
        row.type,
        EVENT_BY_TYPE[row.type].minor,
        row.time,
        row.correlation_id,
        row.causation_id,
        story,
        sequence,
        hop,
    )
    return Outgoing(row.topic, row.key.encode(), row.payload, headers)
