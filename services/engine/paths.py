"""The shortest ways to make room on needs and to use a free place: Dijkstra over needs, at reduced costs.

The nodes are needs only: an edge from one to another is whichever of its units loses least by moving. With
prices that prove the present optimum every such loss is at least 0, so Dijkstra's algorithm is exact; raising
or lowering prices by what the distances fall short of the nearest end keeps it so (Ahuja, Magnanti and Orlin,
Network Flows, 1993, section 9.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from services.engine.graph import Need, Unit

NOWHERE: Final = 1 << 512
"""Farther than any end."""


class Way(NamedTuple):
    """A shortest way: how far the needs on the way are, by whom each was reached from which, and its end.

    `end` is None where nothing was nearer than the limit, which then is `length`.
    """

    distances: Mapping[Need, int]
    steps: Mapping[Need, tuple[Unit, Need]]
    end: Need | None
    unit: Unit | None
    """Outward: who goes without at the end; inward: who comes from those that wait."""
    length: int


def way_out(starts: Mapping[Need, int], limit: int = NOWHERE) -> Way:
    """From needs that get one unit too many to the nearest free place, or unit that loses least by going."""
    distances, steps = dict(starts), dict[Need, tuple[Unit, Need]]()
    queue = [(reached, need.serial, need) for need, reached in starts.items()]
    heapify(queue)
    length, end, leaving = limit, None, None
    while queue:
        reached, _, need = heappop(queue)
        if reached >= length:
            break
        if reached > distances[need]:
            continue
        price, count = need.price, len(need.held)
        if count < len(need.places) and (found := reached - price - need.places[count]) < length:
            length, end, leaving = found, need, None
            if length == reached:
                break
        for unit, value in need.held.items():
            gone = reached + value - price
            if gone < length:
                length, end, leaving = gone, need, unit
            held = unit.held
            for other, worth in unit.edges.items():
                found = gone - worth + other.price
                if found < length and other not in held and found < distances.get(other, NOWHERE):
                    distances[other] = found
                    steps[other] = unit, need
                    heappush(queue, (found, other.serial, other))
    return Way(distances, steps, end, leaving, length)


def way_in(start: Need) -> Way:
    """From a need with a place that became free back to the best use of it: somebody who waits, or leaving a
    place empty, there or where the one comes from who takes it.
    """
    distances, steps = {start: 0}, dict[Need, tuple[Unit, Need]]()
    queue = [(0, start.serial, start)]
    length, end, joining = NOWHERE, start, None
    while queue:
        reached, _, need = heappop(queue)
        if reached >= length:
            break
        if reached > distances[need]:
            continue
        cost = reached + need.price
        # The start may keep its free place, another need may lose its last one.
        if (found := cost + need.places[len(need.held) - (need is not start)]) < length:
            length, end, joining = found, need, None
        if (first := need.first_waiting()) is not None and (found := cost + first[0]) < length:
            length, end, joining = found, need, first[1]
        if length == reached:
            break
        for unit, worth in need.elsewhere.items():
            for other, value in unit.held.items():
                found = cost - worth + value - other.price
                if found < length and found < distances.get(other, NOWHERE):
                    distances[other] = found
                    steps[other] = unit, need
                    heappush(queue, (found, other.serial, other))
    return Way(distances, steps, end, joining, length)
