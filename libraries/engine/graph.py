"""Guests, hosts and their groups as nodes that know each other: who is held where, who could come, who waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, TypeAlias


# Compared by identity, here and below: nodes are keys of dictionaries, and change.
@dataclass(slots=True, eq=False)
class Guest:
    """What is held: `edges` gives its value to each host that could hold it, `held` to those that do."""

    id: Any
    serial: int
    capacity: int
    edges: dict[Host, int] = field(default_factory=dict)
    held: dict[Host, int] = field(default_factory=dict)
    waits: bool = False
    """Whether it could take another host, and so stands among those that wait."""

    @property
    def utility(self) -> int:
        """What it gains least where it is held; nothing while it could take another host."""
        return 0 if self.waits else min(value - host.price for host, value in self.held.items())

    def join(self, host: Host) -> None:
        """Is held by one more host."""
        if not self.held:
            for other, value in self.edges.items():
                other.elsewhere[self] = value
        host.held[self] = self.held[host] = self.edges[host]
        del host.elsewhere[self]
        if len(self.held) == self.capacity:
            self.waits = False

    def leave(self, host: Host) -> None:
        """Is not held by a host any more."""
        del host.held[self]
        del self.held[host]
        if self.held:
            host.elsewhere[self] = self.edges[host]
        else:
            self.forget_elsewhere()
        if self.waits:
            heappush(host.waiting, (-self.edges[host], self.serial, self))

    def wait(self) -> None:
        """Stands in the line of every host that could hold it and does not."""
        if not self.waits:
            self.waits = True
            for host, value in self.edges.items():
                if host not in self.held:
                    heappush(host.waiting, (-value, self.serial, self))

    def forget_elsewhere(self) -> None:
        """Can't be found any more as one who could come from another host."""
        for host in self.edges:
            host.elsewhere.pop(self, None)

    def detach(self) -> None:
        """Can't be found any more at all, though its hosts still hold it."""
        self.forget_elsewhere()
        self.waits = False
        self.edges, self.held = {}, {}

    def stays_under(self, edges: dict[Host, int]) -> bool:
        """Whether the optimum stays as it is if these become its edges."""
        if not self.held.keys() <= edges.keys() or (self.waits and self.held):
            return False
        gains = [edges[host] - host.price for host in self.held]
        utility = 0 if self.waits else min(gains)
        return utility >= 0 and all(
            value - host.price <= utility for host, value in edges.items() if host not in self.held
        )

    def set_edges(self, edges: dict[Host, int]) -> None:
        """Gets other edges; those of the hosts that hold it must be among them."""
        self.forget_elsewhere()
        self.edges = edges
        for host in self.held:
            self.held[host] = host.held[self] = edges[host]
        for host, value in edges.items():
            if host not in self.held:
                self.know(host, value)

    def know(self, host: Host, value: int) -> None:
        """Tells a host, which does not hold it, that it could."""
        if self.held:
            host.elsewhere[self] = value
        if self.waits:
            heappush(host.waiting, (-value, self.serial, self))


@dataclass(slots=True, eq=False)
class Host:
    """What holds: `places` are the values of its places, which never rise; `price` is what a guest must be worth."""

    id: Any
    serial: int
    places: list[int]
    group: Group | None = None
    taken: int = 0
    """How many of its places are taken: between two operations, by the guests that it holds."""
    price: int = 0
    held: dict[Guest, int] = field(default_factory=dict)
    elsewhere: dict[Guest, int] = field(default_factory=dict)
    """Guests that other hosts hold and that could come, with what they would be worth."""
    waiting: list[tuple[int, int, Guest]] = field(default_factory=list)
    """A heap of guests that wait, the most valuable first; entries that no longer hold are skipped."""

    @property
    def group_price(self) -> int:
        """What its last place must be worth together with its price, and its next one is not; 0 without a group."""
        return 0 if self.group is None else self.group.price

    def lose_first_place(self) -> None:
        """Has every place but its most valuable one."""
        places = self.places
        if len(places) > 1 and places[1] == places[-1]:
            # All that follow are alike: to move a hundred thousand of them up takes longer than all the rest.
            places[0] = places.pop()
        else:
            places.pop(0)

    def first_waiting(self) -> tuple[int, Guest] | None:
        """Minus the value of the most valuable guest that waits, and the guest."""
        # Who leaves the line is skipped here and not searched for: a guest stands in a line for each of its edges.
        waiting = self.waiting
        while waiting:
            negative, _, guest = waiting[0]
            if guest.waits and guest.edges.get(self) == -negative and self not in guest.held:
                return negative, guest
            heappop(waiting)
        return None


@dataclass(slots=True, eq=False)
class Group:
    """Hosts that share bounds: each of the first `at_least` guests that they hold together is worth `worth` more.

    They hold no more than `at_most`, now `taken`. `price` is what a place must be worth to one of its hosts.
    """

    id: Any
    serial: int
    worth: int
    at_least: int
    at_most: int
    price: int = 0
    taken: int = 0
    hosts: list[Host] = field(default_factory=list)

    def place(self, number: int) -> int | None:
        """What its place of that number, from 0 on, adds; None where there is none."""
        if number >= self.at_most:
            return None
        return self.worth if number < self.at_least else 0


Node: TypeAlias = Host | Group
