"""How a live optimum is made exact again after a change: who moves, and by how much prices rise and fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from libraries.engine.graph import Group, Guest, Host, Node
from libraries.engine.paths import Way, way_in, way_out

_serial = attrgetter("serial")


class Repairs:
    """Moves guests along shortest ways; before and after each repair the prices prove the optimum.

    `moved` gets the ids of guests whose hosts may have changed.
    """

    def __init__(self) -> None:
        self.moved: dict[Any, None] = {}

    def seat(self, guest: Guest) -> None:
        """Finds hosts for a guest, as many as it can take and are worth it; then it waits."""
        while len(guest.held) < guest.capacity:
            # How far each host is for it: the one where it gains most is nearest, staying out the farthest.
            gains = {
                host: value - host.price
                for host, value in guest.edges.items()
                if value > host.price and host not in guest.held
            }
            if not gains:
                guest.wait()
                return
            most = max(gains.values())
            if self._sit_down(guest, gains, most):
                continue
            way = way_out({host: most - gain for host, gain in gains.items()}, most)
            _raise_prices(way)
            if way.end is None:
                guest.wait()
                return
            start = self._make_room(way, way.end)
            assert isinstance(start, Host)
            guest.join(start)
            self.moved[guest.id] = None

    def _sit_down(self, guest: Guest, gains: Mapping[Host, int], most: int) -> bool:
        """Puts a guest where it gains most, if a place is free there that costs nobody anything.

        That is the way without a step, of length 0, that `way_out` finds first: found here, it costs a third.
        """
        tied = [host for host, gain in gains.items() if gain == most]
        nearest = tied[0] if len(tied) == 1 else min(tied, key=_serial)
        if nearest.group is not None or nearest.taken == len(nearest.places):
            return False
        if nearest.price + nearest.places[nearest.taken] != 0:
            return False
        nearest.taken += 1
        guest.join(nearest)
        self.moved[guest.id] = None
        return True

    def expel(self, node: Node) -> None:
        """One guest less on a node that has one more than places taken, or on another."""
        way = way_out({node: 0})
        _raise_prices(way)
        assert way.end is not None
        self._make_room(way, way.end)

    def _make_room(self, way: Way, end: Node) -> Node:
        """Moves guests along a way out, its end first; returns its start, where there is room now."""
        node = end
        if way.guest is None:
            end.taken += 1
        else:
            assert isinstance(node, Host)
            way.guest.leave(node)
            way.guest.wait()
            self.moved[way.guest.id] = None
        while (step := way.steps.get(node)) is not None:
            guest, origin = step
            if guest is not None:
                self._move(guest, origin, node)
            elif isinstance(origin, Host):
                origin.taken += 1
            else:
                node.taken -= 1
            node = origin
        return node

    def fill(self, node: Node) -> None:
        """Puts a place that became free to its best use."""
        way = way_in(node)
        for at, reached in way.distances.items():
            if reached < way.length:
                at.price -= way.length - reached
        assert way.end is not None
        moves, at = [], way.end
        while (step := way.steps.get(at)) is not None:
            guest, towards = step
            moves.append((guest, at, towards))
            at = towards
        for guest, origin, towards in moves:
            if guest is not None:
                self._move(guest, origin, towards)
            elif isinstance(towards, Host):
                towards.taken -= 1
            else:
                origin.taken += 1
        if way.guest is None:
            way.end.taken -= 1
        else:
            assert isinstance(way.end, Host)
            way.guest.join(way.end)
            self.moved[way.guest.id] = None

    def _move(self, guest: Guest, origin: Node, towards: Node) -> None:
        assert isinstance(origin, Host)
        assert isinstance(towards, Host)
        guest.leave(origin)
        guest.join(towards)
        self.moved[guest.id] = None

    def free_first(self, host: Host, value: int) -> None:
        """Gives a host a place before all others, worth at least as much as they."""
        host.places.insert(0, value)
        # Everybody moves down a place, so the next one is what was the last.
        self._open(host)

    def take_first(self, host: Host) -> None:
        """Takes a host's first place, which is its most valuable one, away."""
        host.lose_first_place()
        # Everybody moves up a place, the last one to a place that may not be worth its price.
        if host.taken > len(host.places) or (
            host.taken and host.price + host.places[host.taken - 1] < host.group_price
        ):
            self._shut(host)

    def lengthen(self, host: Host, places: Sequence[int]) -> None:
        """More places at the end, or fewer."""
        while len(host.places) > len(places):
            host.places.pop()
            if host.taken > len(host.places):
                self._shut(host)
        for value in places[len(host.places) :]:
            host.places.append(value)
            if host.taken == len(host.places) - 1:
                self._open(host)

    def _open(self, host: Host) -> None:
        """Takes a host's next place, which is new, where it is worth its price."""
        if host.price + host.places[host.taken] <= host.group_price:
            return
        if (group := host.group) is not None and not group.at_most:
            # A group that may hold nobody has room for no price either.
            group.price = host.price + host.places[host.taken]
            return
        host.taken += 1
        if group is not None:
            self.expel(group)
        self.fill(host)

    def _shut(self, host: Host) -> None:
        """Gives a host's last place up."""
        host.taken -= 1
        self.expel(host)
        if host.group is not None:
            self.fill(host.group)

    def balance(self, group: Group) -> None:
        """Takes a group's next place where it is worth the price by now, or gives up its last one where it is not."""
        following = group.place(group.taken)
        last = group.place(group.taken - 1)
        if following is not None and group.price + following > 0:
            group.taken += 1
            self.fill(group)
        elif group.taken and (last is None or group.price + last < 0):
            group.taken -= 1
            self.expel(group)


def _raise_prices(way: Way) -> None:
    for host, reached in way.distances.items():
        if reached < way.length:
            host.price += way.length - reached
