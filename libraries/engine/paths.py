"""The shortest ways to make room on hosts and to use a free place: Dijkstra over hosts, at reduced costs.

The nodes are hosts and groups of hosts: an edge from one host to another is whichever of its guests loses least by
moving, and two hosts of a group reach each other where one takes a place more and the other gives one up. With
prices that prove the present optimum every such loss is at least 0, so Dijkstra's algorithm is exact; raising
or lowering prices by what the distances fall short of the nearest end keeps it so (Ahuja, Magnanti and Orlin,
Network Flows, 1993, section 9.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from libraries.engine.graph import Group, Guest, Host, Node

NOWHERE: Final = 1 << 512
"""Farther than any end: prices are sums of packed worths, of fewer than 300 bits."""


class Way(NamedTuple):
    """A shortest way: how far the nodes on the way are, by whom each was reached from which, and its end.

    Nobody moves between a host and its group. `end` is None where nothing was nearer than the limit, which then
    is `length`.
    """

    distances: Mapping[Node, int]
    steps: Mapping[Node, tuple[Guest | None, Node]]
    end: Node | None
    guest: Guest | None
    """Outward: who goes without at the end; inward: who comes from those that wait."""
    length: int


class _Search:
    """Dijkstra's algorithm under way: the nodes reached and those to look at next, and the nearest end so far."""

    __slots__ = ("distances", "end", "guest", "length", "queue", "steps")

    def __init__(self, starts: Mapping[Node, int], limit: int) -> None:
        self.distances = dict(starts)
        self.steps: dict[Node, tuple[Guest | None, Node]] = {}
        # The serial breaks ties, so that the same changes move the same guests wherever they are replayed.
        self.queue = [(reached, node.serial, node) for node, reached in starts.items()]
        heapify(self.queue)
        self.length = limit
        self.end: Node | None = None
        self.guest: Guest | None = None

    def next_node(self) -> tuple[int, Node] | None:
        """The nearest node that was not looked at, with its distance; None where the nearest end is no farther."""
        while self.queue:
            reached, _, node = heappop(self.queue)
            if reached >= self.length:
                return None
            # A node that was reached anew, nearer, stands in the queue twice.
            if reached <= self.distances[node]:
                return reached, node
        return None

    def ends_at(self, node: Node, distance: int, guest: Guest | None = None) -> None:
        """The way may end here: it does if no end is nearer."""
        if distance < self.length:
            self.length, self.end, self.guest = distance, node, guest

    def reach(self, node: Node, distance: int, guest: Guest | None, origin: Node) -> None:
        """The way may lead here: it does if it is shorter than those found to this node and to an end."""
        if distance < self.length and distance < self.distances.get(node, NOWHERE):
            self.distances[node] = distance
            self.steps[node] = guest, origin
            heappush(self.queue, (distance, node.serial, node))

    def way(self) -> Way:
        """The way to the nearest end."""
        return Way(self.distances, self.steps, self.end, self.guest, self.length)


def way_out(starts: Mapping[Node, int], limit: int = NOWHERE) -> Way:
    """From nodes that get one guest too many to the nearest free place, or guest that loses least by going."""
    search = _Search(starts, limit)
    while (found := search.next_node()) is not None:
        reached, node = found
        if isinstance(node, Group):
            _out_of_group(search, reached, node)
            continue
        _to_free_place(search, reached, node)
        # Nothing can be nearer than an end right here.
        if search.length == reached:
            break
        _out_with_guests(search, reached, node)
    return search.way()


def _out_of_group(search: _Search, reached: int, group: Group) -> None:
    """To a free place of the group, or to another host of it that gives up its last place."""
    place = group.place(group.taken)
    if place is not None:
        search.ends_at(group, reached - group.price - place)
    for host in group.hosts:
        if host.taken:
            search.reach(host, reached - group.price + host.price + host.places[host.taken - 1], None, group)


def _to_free_place(search: _Search, reached: int, host: Host) -> None:
    if host.taken == len(host.places):
        return
    distance = reached - host.price - host.places[host.taken]
    if host.group is None:
        search.ends_at(host, distance)
    else:
        search.reach(host.group, distance + host.group.price, None, host)


def _out_with_guests(search: _Search, reached: int, host: Host) -> None:
    """To where each guest of the host could go, nowhere among it."""
    # In line and not through `reach`: it runs for each edge of each guest, and a call would double its cost.
    distances, steps, queue, length = search.distances, search.steps, search.queue, search.length
    price = host.price
    for guest, value in host.held.items():
        gone = reached + value - price
        if gone < length:
            length = gone
            search.ends_at(host, gone, guest)
        held = guest.held
        for other, worth in guest.edges.items():
            found = gone - worth + other.price
            if found < length and other not in held and found < distances.get(other, NOWHERE):
                distances[other] = found
                steps[other] = guest, host
                heappush(queue, (found, other.serial, other))


def way_in(start: Node) -> Way:
    """From a node with a place that became free back to the best use of it: somebody who waits, or leaving a
    place empty, there or where the one comes from who takes it.
    """
    search = _Search({start: 0}, NOWHERE)
    while (found := search.next_node()) is not None:
        reached, node = found
        if isinstance(node, Group):
            _into_group(search, reached, node)
            continue
        _to_empty_place(search, reached, node)
        if (first := node.first_waiting()) is not None:
            negative_value, guest = first
            search.ends_at(node, reached + node.price + negative_value, guest)
        # Nothing can be nearer than an end right here.
        if search.length == reached:
            break
        _in_with_guests(search, reached, node)
    return search.way()


def _into_group(search: _Search, reached: int, group: Group) -> None:
    """To leaving a place of the group empty, or to another host of it that takes the place over."""
    cost = reached + group.price
    if group.taken:
        search.ends_at(group, cost + (group.place(group.taken - 1) or 0))
    for host in group.hosts:
        if host.taken < len(host.places):
            search.reach(host, cost - host.price - host.places[host.taken], None, group)


def _to_empty_place(search: _Search, reached: int, host: Host) -> None:
    if not host.taken:
        return
    distance = reached + host.price + host.places[host.taken - 1]
    if host.group is None:
        search.ends_at(host, distance)
    else:
        search.reach(host.group, distance - host.group.price, None, host)


def _in_with_guests(search: _Search, reached: int, host: Host) -> None:
    """From where each guest that could come is held now."""
    # In line as well: a withdrawal looks at every guest that could come.
    distances, steps, queue, length = search.distances, search.steps, search.queue, search.length
    cost = reached + host.price
    for guest, worth in host.elsewhere.items():
        for origin, value in guest.held.items():
            found = cost - worth + value - origin.price
            if found < length and found < distances.get(origin, NOWHERE):
                distances[origin] = found
                steps[origin] = guest, host
                heappush(queue, (found, origin.serial, origin))
