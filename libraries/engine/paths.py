"""The shortest ways to make room on needs and to use a free place: Dijkstra over needs, at reduced costs.

The nodes are needs and groups of needs: an edge from one need to another is whichever of its units loses least by
moving, and two needs of a group reach each other where one takes a place more and the other gives one up. With
prices that prove the present optimum every such loss is at least 0, so Dijkstra's algorithm is exact; raising
or lowering prices by what the distances fall short of the nearest end keeps it so (Ahuja, Magnanti and Orlin,
Network Flows, 1993, section 9.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple, TypeAlias

from libraries.engine.graph import Group, Node, Unit

NOWHERE: Final = 1 << 512
"""Farther than any end."""
_Queue: TypeAlias = list[tuple[int, int, Node]]
_Distances: TypeAlias = dict[Node, int]
_Steps: TypeAlias = dict[Node, tuple[Unit | None, Node]]


class Way(NamedTuple):
    """A shortest way: how far the nodes on the way are, by whom each was reached from which, and its end.

    Nobody moves between a need and its group. `end` is None where nothing was nearer than the limit, which then
    is `length`.
    """

    distances: Mapping[Node, int]
    steps: Mapping[Node, tuple[Unit | None, Node]]
    end: Node | None
    unit: Unit | None
    """Outward: who goes without at the end; inward: who comes from those that wait."""
    length: int


def way_out(starts: Mapping[Node, int], limit: int = NOWHERE) -> Way:
    """From nodes that get one unit too many to the nearest free place, or unit that loses least by going."""
    distances, steps = dict(starts), _Steps()
    queue: _Queue = [(reached, node.serial, node) for node, reached in starts.items()]
    heapify(queue)
    length = limit
    end: Node | None = None
    leaving: Unit | None = None
    while queue:
        reached, _, node = heappop(queue)
        if reached >= length:
            break
        if reached > distances[node]:
            continue
        price = node.price
        if isinstance(node, Group):
            place = node.place(node.taken)
            if place is not None and (found := reached - price - place) < length:
                length, end, leaving = found, node, None
            # Another need of the group gives up its last place.
            for other in node.needs:
                if other.taken:
                    found = reached - price + other.price + other.places[other.taken - 1]
                    if found < length and found < distances.get(other, NOWHERE):
                        _reach(other, found, None, node, distances, steps, queue)
            continue
        if node.taken < len(node.places):
            found = reached - price - node.places[node.taken]
            if node.group is None:
                if found < length:
                    length, end, leaving = found, node, None
                    if length == reached:
                        break
            elif (found := found + node.group.price) < length and found < distances.get(node.group, NOWHERE):
                _reach(node.group, found, None, node, distances, steps, queue)
        for unit, value in node.held.items():
            gone = reached + value - price
            if gone < length:
                length, end, leaving = gone, node, unit
            held = unit.held
            for other, worth in unit.edges.items():
                found = gone - worth + other.price
                if found < length and other not in held and found < distances.get(other, NOWHERE):
                    _reach(other, found, unit, node, distances, steps, queue)
    return Way(distances, steps, end, leaving, length)


def way_in(start: Node) -> Way:
    """From a node with a place that became free back to the best use of it: somebody who waits, or leaving a
    place empty, there or where the one comes from who takes it.
    """
    distances, steps = _Distances({start: 0}), _Steps()
    queue: _Queue = [(0, start.serial, start)]
    length = NOWHERE
    end: Node = start
    joining: Unit | None = None
    while queue:
        reached, _, node = heappop(queue)
        if reached >= length:
            break
        if reached > distances[node]:
            continue
        cost = reached + node.price
        if isinstance(node, Group):
            if node.taken and (found := cost + (node.place(node.taken - 1) or 0)) < length:
                length, end, joining = found, node, None
            # Another need of the group takes the place over.
            for other in node.needs:
                if other.taken < len(other.places):
                    found = cost - other.price - other.places[other.taken]
                    if found < length and found < distances.get(other, NOWHERE):
                        _reach(other, found, None, node, distances, steps, queue)
            continue
        if node.taken:
            found = cost + node.places[node.taken - 1]
            if node.group is None:
                if found < length:
                    length, end, joining = found, node, None
            elif (found := found - node.group.price) < length and found < distances.get(node.group, NOWHERE):
                _reach(node.group, found, None, node, distances, steps, queue)
        if (first := node.first_waiting()) is not None and (found := cost + first[0]) < length:
            length, end, joining = found, node, first[1]
        if length == reached:
            break
        for unit, worth in node.elsewhere.items():
            for origin, value in unit.held.items():
                found = cost - worth + value - origin.price
                if found < length and found < distances.get(origin, NOWHERE):
                    _reach(origin, found, unit, node, distances, steps, queue)
    return Way(distances, steps, end, joining, length)


def _reach(
    node: Node, distance: int, unit: Unit | None, origin: Node, distances: _Distances, steps: _Steps, queue: _Queue
) -> None:
    distances[node] = distance
    steps[node] = unit, origin
    heappush(queue, (distance, node.serial, node))
