"""A live optimum that changes at random, beside the plain problem that it should be the optimum of."""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from libraries.engine.instance import SharedBounds
from libraries.engine.optimum import Optimum
from libraries.engine.worth import Worth, pack
from tests.unit.engine.instances import Problem, bounds, places, worth


class Played:
    """An optimum and, beside it, the plain problem that it should be the optimum of."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.optimum: Optimum[int, int] = Optimum()
        self.edges: dict[int, dict[int, Worth]] = {}
        self.places: dict[int, tuple[int, ...]] = {}
        self.capacities: dict[int, int] = {}
        self.group_of = {host: self.chance.choice((None, "a", "a", "b")) for host in range(4)}
        self.bounds: dict[Hashable, SharedBounds[int]] = {}
        for group in ("a", "b"):
            self._bound(group, SharedBounds(frozenset()))

    @property
    def problem(self) -> Problem[int, int]:
        return Problem(self.edges, self.places, self.capacities, self.groups)

    @property
    def groups(self) -> dict[Hashable, SharedBounds[int]]:
        return {
            group: replace(its, hosts=frozenset(host for host in self.places if self.group_of[host] == group))
            for group, its in self.bounds.items()
        }

    def step(self) -> None:
        """One change at random."""
        of_guests = (self.guest_comes, self.guest_comes, self.guest_changes, self.guest_leaves, self.guest_is_fixed)
        of_held = (self.guest_gains_where_it_is_held,)
        of_hosts = (self.host_comes, self.host_leaves)
        of_places = (self.places_change, self.place_at_the_end, self.first_place_taken, self.first_place_freed)
        self.chance.choice((*of_guests, *of_held, *of_hosts, *of_places, self.bounds_change))()

    def bounds_change(self) -> None:
        self._bound(self.chance.choice(("a", "b")), bounds(self.chance, ()))

    def _bound(self, group: str, its: SharedBounds[int]) -> None:
        self.bounds[group] = its
        self.optimum.put_group(group, at_least=its.at_least, at_most=its.at_most)

    def guest_comes(self) -> None:
        guest = self.chance.randrange(6)
        edges = {host: worth(self.chance) for host in self.places if self.chance.random() < 0.7}
        self._put(guest, edges, self.chance.choice((1, 1, 1, 2)))

    def guest_changes(self) -> None:
        if self.edges:
            guest = self.chance.choice(list(self.edges))
            edges = {**self.edges[guest]}
            for host in edges.keys() & {self.chance.randrange(4)}:
                edges[host] = worth(self.chance)
            self._put(guest, edges, self.capacities.get(guest, 1))

    def guest_gains_where_it_is_held(self) -> None:
        if held := list(self.optimum.assignment()):
            guest, host = self.chance.choice(held)
            before = self.edges[guest][host]
            more = before._replace(kept=1) if self.chance.random() < 0.7 else before
            assert self.optimum.value_held(guest, host) == pack(before)
            self.optimum.prefer(guest, host, pack(more))
            self.edges[guest] = {**self.edges[guest], host: more}
            assert (guest, host) in set(self.optimum.assignment())

    def _put(self, guest: int, edges: dict[int, Worth], capacity: int) -> None:
        self.edges[guest], self.capacities[guest] = edges, capacity
        self.optimum.put(guest, {host: pack(value) for host, value in edges.items()}, capacity=capacity)

    def guest_leaves(self) -> None:
        if self.edges:
            guest = self.chance.choice(list(self.edges))
            del self.edges[guest], self.capacities[guest]
            self.optimum.remove(guest)

    def host_comes(self) -> None:
        if missing := [host for host in range(4) if host not in self.places]:
            host = self.chance.choice(missing)
            values = {guest: worth(self.chance) for guest in self.edges if self.chance.random() < 0.7}
            for guest, value in values.items():
                self.edges[guest][host] = value
            self.places[host] = places(self.chance, 3)
            gains = {guest: pack(value) for guest, value in values.items()}
            self.optimum.put_host(host, packed(self.places[host]), gains, group=self.group_of[host])

    def host_leaves(self) -> None:
        if self.places and self.chance.random() < 0.4:
            host = self.chance.choice(list(self.places))
            del self.places[host]
            for edges in self.edges.values():
                edges.pop(host, None)
            self.optimum.remove_host(host)

    def places_change(self) -> None:
        self._set_places(lambda _: places(self.chance, 3))

    def place_at_the_end(self) -> None:
        self._set_places(lambda now: (*now, 0) if self.chance.random() < 0.5 else now[:-1])

    def first_place_taken(self) -> None:
        self._set_places(lambda now: now[1:])

    def first_place_freed(self) -> None:
        self._set_places(lambda now: (9, *now))

    def _set_places(self, change: Any) -> None:
        if self.places:
            host = self.chance.choice(list(self.places))
            self.places[host] = change(self.places[host])[:4]
            self.optimum.set_places(host, packed(self.places[host]))

    def guest_is_fixed(self) -> None:
        if held := list(self.optimum.assignment()):
            guest, host = self.chance.choice(held)
            self.optimum.fix(guest, host)
            self.places[host] = self.places[host][1:]
            if (group := self.group_of[host]) is not None:
                at_least, at_most = self.bounds[group].at_least, self.bounds[group].at_most
                fewer = None if at_most is None else at_most - 1
                self.bounds[group] = SharedBounds(frozenset(), max(0, at_least - 1), fewer)
            del self.edges[guest][host]
            self.capacities[guest] -= 1
            if not self.capacities[guest]:
                del self.edges[guest], self.capacities[guest]


def packed(points: tuple[int, ...]) -> list[int]:
    return [pack(Worth(coverage=it)) for it in points]
