"""What a look at the services finds, and what looks one after the other say: pure, with the time given."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from contracts.catalogue import TOPIC_BY_NAME
from libraries.chassis.operations import HeldCount

SECONDS_SHOWN: Final = 60


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class LaneSeen:
    """A lane as it stood: where it reads next, why it stopped if it did, and its first page that Kafka lacks."""

    service: str
    place: Place
    next_offset: int
    stopped_because: str | None
    unrelayed_pages: int
    first_page: int | None


@dataclass(frozen=True, slots=True)
class MailsSeen:
    """How many mails are due now, late by more than an hour, failed or came back, and yet to come."""

    due: int
    late: int
    failed: int
    scheduled: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: `ends` is where each partition ends, None where Kafka did not say; `away` are services not seen."""

    at: datetime
    lanes: tuple[LaneSeen, ...]
    ends: Mapping[Place, int] | None
    held: Mapping[str, tuple[HeldCount, ...]]
    mails: MailsSeen | None
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneWaiting:
    """A lane with records that it has not read: how many, and for how long the oldest has waited at the least."""

    service: str
    place: Place
    records: int
    seconds: float
    stopped_because: str | None


@dataclass(slots=True)
class Samples:
    """The last looks, a minute of them, and since when what is unread and unpublished was first seen so."""

    last: Sample | None = None
    _totals: deque[tuple[datetime, Mapping[str, int]]] = field(default_factory=lambda: deque(maxlen=SECONDS_SHOWN + 1))
    _ended_at: dict[Place, deque[tuple[int, datetime]]] = field(default_factory=dict)
    _pages_since: dict[tuple[str, Place, int], datetime] = field(default_factory=dict)

    def take(self, sample: Sample) -> None:
        """Takes in a look that is later than all before."""
        self._totals.append((sample.at, _totals(sample.lanes)))
        for place, end in (sample.ends or {}).items():
            seen = self._ended_at.setdefault(place, deque(maxlen=_MOST_ENDS))
            if not seen or seen[-1][0] < end:
                seen.append((end, sample.at))
        unpublished = {
            (lane.service, lane.place, lane.first_page) for lane in sample.lanes if lane.first_page is not None
        }
        self._pages_since = {page: self._pages_since.get(page, sample.at) for page in unpublished}
        self.last = sample

    def flow(self, service: str) -> list[float]:
        """Records a second that a service took, between each two of the last looks, the oldest first."""
        rates = []
        totals = list(self._totals)
        for (before_at, before), (at, now) in pairwise(totals):
            seconds = (at - before_at).total_seconds()
            if service in before and service in now and seconds > 0:
                rates.append(max(0.0, (now[service] - before[service]) / seconds))
        return rates

    def waiting(self) -> list[LaneWaiting]:
        """The lanes with unread records, by service and topic."""
        if self.last is None or self.last.ends is None:
            return []
        found = []
        for lane in self.last.lanes:
            missing = self.last.ends.get(lane.place, 0) - lane.next_offset
            if missing > 0:
                seconds = (self.last.at - self._unread_since(lane)).total_seconds()
                found.append(LaneWaiting(lane.service, lane.place, missing, seconds, lane.stopped_because))
        return sorted(found, key=lambda each: (each.service, each.place))

    def unpublished_seconds(self, service: str) -> float | None:
        """For how long the oldest page of a service's outbox has been seen to wait for Kafka; None where none does."""
        if self.last is None:
            return None
        since = [at for (whose, _, _), at in self._pages_since.items() if whose == service]
        return (self.last.at - min(since)).total_seconds() if since else None

    def stopped(self) -> list[LaneSeen]:
        """The lanes that need an operator."""
        return [] if self.last is None else [lane for lane in self.last.lanes if lane.stopped_because]

    def _unread_since(self, lane: LaneSeen) -> datetime:
        assert self.last is not None
        # The first look at which the partition went beyond where the lane stands.
        return next((at for end, at in self._ended_at.get(lane.place, ()) if end > lane.next_offset), self.last.at)


_MOST_ENDS: Final = 3_600
"""An hour of seconds in which something came, of each partition."""

LATE: Final = timedelta(hours=1)


def _totals(lanes: Iterable[LaneSeen]) -> dict[str, int]:
    """How many records each service has read from the catalogue's topics."""
    totals: dict[str, int] = {}
    for lane in lanes:
        if lane.place.topic in TOPIC_BY_NAME:
            totals[lane.service] = totals.get(lane.service, 0) + lane.next_offset
    return totals


def oldest(waiting: Sequence[LaneWaiting], service: str) -> LaneWaiting | None:
    """Of a service's lanes, that whose oldest record has waited the longest."""
    own = [each for each in waiting if each.service == service]
    return max(own, key=lambda each: each.seconds, default=None)
