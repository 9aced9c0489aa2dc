"""Units, needs and their groups as nodes that know each other: who is held where, who could come, who waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, TypeAlias


@dataclass(slots=True, eq=False)
class Unit:
    """What is held: `edges` gives its value to each need that could hold it, `held` to those that do."""

    id: Any
    serial: int
    capacity: int
    edges: dict[Need, int] = field(default_factory=dict)
    held: dict[Need, int] = field(default_factory=dict)
    waits: bool = False
    """Whether it could take another need, and so stands among those that wait."""

    @property
    def utility(self) -> int:
        """What it gains least where it is held; nothing while it could take another need."""
        return 0 if self.waits else min(value - need.price for need, value in self.held.items())

    def join(self, need: Need) -> None:
        """Is held by one more need."""
        if not self.held:
            for other, value in self.edges.items():
                other.elsewhere[self] = value
        need.held[self] = self.held[need] = self.edges[need]
        del need.elsewhere[self]
        if len(self.held) == self.capacity:
            self.waits = False

    def leave(self, need: Need) -> None:
        """Is not held by a need any more."""
        del need.held[self]
        del self.held[need]
        if self.held:
            need.elsewhere[self] = self.edges[need]
        else:
            self.forget_elsewhere()
        if self.waits:
            heappush(need.waiting, (-self.edges[need], self.serial, self))

    def wait(self) -> None:
        """Stands in the line of every need that could hold it and does not."""
        if not self.waits:
            self.waits = True
            for need, value in self.edges.items():
                if need not in self.held:
                    heappush(need.waiting, (-value, self.serial, self))

    def forget_elsewhere(self) -> None:
        """Can't be found any more as one who could come from another need."""
        for need in self.edges:
            need.elsewhere.pop(self, None)

    def detach(self) -> None:
        """Can't be found any more at all, though its needs still hold it."""
        self.forget_elsewhere()
        self.waits = False
        self.edges, self.held = {}, {}

    def stays_under(self, edges: dict[Need, int]) -> bool:
        """Whether the optimum stays as it is if these become its edges."""
        if not self.held.keys() <= edges.keys() or (self.waits and self.held):
            return False
        gains = [edges[need] - need.price for need in self.held]
        utility = 0 if self.waits else min(gains)
        return utility >= 0 and all(
            value - need.price <= utility for need, value in edges.items() if need not in self.held
        )

    def set_edges(self, edges: dict[Need, int]) -> None:
        """Gets other edges; those of the needs that hold it must be among them."""
        self.forget_elsewhere()
        self.edges = edges
        for need in self.held:
            self.held[need] = need.held[self] = edges[need]
        for need, value in edges.items():
            if need not in self.held:
                self.know(need, value)

    def know(self, need: Need, value: int) -> None:
        """Tells a need, which does not hold it, that it could."""
        if self.held:
            need.elsewhere[self] = value
        if self.waits:
            heappush(need.waiting, (-value, self.serial, self))


@dataclass(slots=True, eq=False)
class Need:
    """What holds: `places` are the values of its places, which never rise; `price` is what a unit must be worth."""

    id: Any
    serial: int
    places: list[int]
    group: Group | None = None
    taken: int = 0
    """How many of its places are taken: between two operations, by the units that it holds."""
    price: int = 0
    held: dict[Unit, int] = field(default_factory=dict)
    elsewhere: dict[Unit, int] = field(default_factory=dict)
    """Units that other needs hold and that could come, with what they would be worth."""
    waiting: list[tuple[int, int, Unit]] = field(default_factory=list)
    """A heap of units that wait, the most valuable first; entries that no longer hold are skipped."""

    @property
    def due(self) -> int:
        """What its last place must be worth together with its price, and its next one is not: its group's price."""
        return 0 if self.group is None else self.group.price

    def lose_first_place(self) -> None:
        """Has every place but its most valuable one."""
        places = self.places
        if len(places) > 1 and places[1] == places[-1]:
            # All that follow are alike: to move a hundred thousand of them up takes longer than all the rest.
            places[0] = places.pop()
        else:
            places.pop(0)

    def first_waiting(self) -> tuple[int, Unit] | None:
        """Minus the value of the most valuable unit that waits, and the unit."""
        waiting = self.waiting
        while waiting:
            negative, _, unit = waiting[0]
            if unit.waits and unit.edges.get(self) == -negative and self not in unit.held:
                return negative, unit
            heappop(waiting)
        return None


@dataclass(slots=True, eq=False)
class Group:
    """Needs that share bounds: each of the first `at_least` units that they hold together is worth `worth` more.

    They hold no more than `at_most`, now `taken`. `price` is what a place must be worth to one of its needs.
    """

    id: Any
    serial: int
    worth: int
    at_least: int
    at_most: int
    price: int = 0
    taken: int = 0
    needs: list[Need] = field(default_factory=list)

    def place(self, number: int) -> int | None:
        """What its place of that number, from 0 on, adds; None where there is none."""
        if number >= self.at_most:
            return None
        return self.worth if number < self.at_least else 0


Node: TypeAlias = Need | Group
