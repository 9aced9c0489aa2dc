"""What lanes have still to do: how many records, and since when the oldest of them has waited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from libraries.chassis.lanes.lane import Lane
from libraries.chassis.records.name import LaneName


class Behind(NamedTuple):
    """How far a lane is behind what Kafka has of it."""

    lane: LaneName
    records: int
    seconds: float


class Backlog:
    """Looks at lanes again and again, and remembers since when each has stood where it stands."""

    def __init__(self) -> None:
        self._since: dict[LaneName, tuple[int, datetime]] = {}

    def look(self, lanes: Iterable[Lane], ends: Mapping[LaneName, int], now: datetime) -> list[Behind]:
        """How far each lane is behind; `ends` has the offset that each log's next record will get, where known.

        The oldest record's own time says since when. Where that record is not at hand (a stopped lane reads nothing),
        it is the time at which the lane was first seen to stand there with something to do: at least so long.
        """
        found, since = [], {}
        for lane in lanes:
            end = max(ends.get(lane.name, 0), lane.waiting[-1].following if lane.waiting else 0)
            records = max(end - lane.next_offset, 0)
            if records:
                since[lane.name] = lane.next_offset, self._oldest(lane, now)
            seconds = (now - since[lane.name][1]).total_seconds() if records else 0.0
            found.append(Behind(lane.name, records, max(seconds, 0.0)))
        # Without the lanes that went to others: they would begin with our past if they came back.
        self._since = since
        return found

    def _oldest(self, lane: Lane, now: datetime) -> datetime:
        if lane.waiting and lane.waiting[0].offset <= lane.next_offset:
            return lane.waiting[0].recorded_at
        offset, since = self._since.get(lane.name, (-1, now))
        return since if offset == lane.next_offset else now
