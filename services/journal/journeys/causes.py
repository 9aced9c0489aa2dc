"""The order of steps: by their times, and never an effect before its cause."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import NamedTuple, TypeAlias

_Turn: TypeAlias = tuple[datetime, datetime, str, str, Hashable]


class Caused(NamedTuple):
    """What orders an event: when it happened and was recorded, its producer's sequence, its id, and its cause's."""

    at: datetime
    recorded_at: datetime
    sequence: str
    id: Hashable
    caused_by: Hashable | None


def in_causal_order(events: Iterable[Caused]) -> list[Hashable]:
    """The ids, by time; what another of them caused comes after that, whatever the clocks said. Each id once."""
    known = {event.id: event for event in events}
    effects: defaultdict[Hashable, list[Caused]] = defaultdict(list)
    ready: list[_Turn] = []
    for event in known.values():
        if event.caused_by in known and event.caused_by != event.id:
            effects[event.caused_by].append(event)
        else:
            heapq.heappush(ready, _turn(event))
    ordered = []
    while ready:
        *_, identifier = heapq.heappop(ready)
        ordered.append(identifier)
        for effect in effects.pop(identifier, ()):
            heapq.heappush(ready, _turn(effect))
    # Causes that go in a circle are no causes: by their times, so that nothing is left out.
    rest = [event for circle in effects.values() for event in circle]
    return ordered + [identifier for *_, identifier in sorted(map(_turn, rest))]


def _turn(event: Caused) -> _Turn:
    # The text decides between equals; ids of one kind are never compared with another's.
    return event.at, event.recorded_at, event.sequence, str(event.id), event.id
