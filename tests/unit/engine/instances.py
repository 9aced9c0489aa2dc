"""Small and middling problems, drawn at random, and the exhaustive search that solves the small ones."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, Generic

from libraries.engine.instance import GuestId, HostId, Instance, SharedBounds
from libraries.engine.worth import LOTTERY_BITS, Worth


@dataclass(frozen=True)
class Problem(Generic[GuestId, HostId]):
    """An instance in a form that is easy to change."""

    edges: Mapping[GuestId, Mapping[HostId, Worth]]
    places: Mapping[HostId, tuple[int, ...]]
    capacities: Mapping[GuestId, int] = field(default_factory=dict)
    groups: Mapping[Hashable, SharedBounds[HostId]] = field(default_factory=dict)

    @cached_property
    def instance(self) -> Instance[GuestId, HostId]:
        return Instance.of(self.edges, self.places, self.capacities, self.groups)


def problem_of(instance: Instance[Any, Any]) -> Problem[Any, Any]:
    edges: dict[Any, dict[Any, Worth]] = {guest: {} for guest in instance.guests}
    columns = [column.tolist() for column in (instance.guest, instance.host, *instance.levels)]
    for guest, host, *levels in zip(*columns, strict=True):
        edges[instance.guests[guest]][instance.hosts[host]] = Worth(*levels)
    places = dict(zip(instance.hosts, instance.places, strict=True))
    return Problem(edges, places, dict(zip(instance.guests, instance.rooms.tolist(), strict=True)), instance.groups)


def worth(chance: random.Random, *, kept: float = 0.3) -> Worth:
    kept_before = int(chance.random() < kept)
    return Worth(kept=kept_before, fit=chance.randint(300, 1000), lottery=chance.getrandbits(LOTTERY_BITS))


def places(chance: random.Random, most: int) -> tuple[int, ...]:
    """At most so many places: the first few count by urgency, as where a host asks for a least number of projects."""
    count, urgent = chance.randint(0, most), chance.choice((1, 1, 2, 3))
    urgency = chance.randint(0, 6)
    return tuple(urgency if place < urgent else 0 for place in range(count))


def problem(
    chance: random.Random,
    *,
    guests: int,
    hosts: int,
    most_places: int,
    density: float,
    coalitions: float = 0.15,
    kept: float = 0.3,
) -> Problem[int, int]:
    edges = {
        guest: {host: worth(chance, kept=kept) for host in range(hosts) if chance.random() < density}
        for guest in range(guests)
    }
    capacities = {guest: chance.randint(2, 3) for guest in range(guests) if chance.random() < coalitions}
    return Problem(
        edges, {host: places(chance, most_places) for host in range(hosts)}, capacities, groups(chance, range(hosts))
    )


def bounds(chance: random.Random, hosts: Iterable[int], *, most: int = 6) -> SharedBounds[int]:
    at_least = chance.choice((0, 1, 2))
    return SharedBounds(
        frozenset(hosts), at_least, chance.choice((None, at_least, at_least + 1, chance.randint(0, most)))
    )


def groups(chance: random.Random, hosts: Iterable[int]) -> dict[Hashable, SharedBounds[int]]:
    """None, or up to three; most hosts stand in one."""
    count = chance.choice((0, 0, 1, 2, 3))
    group_of = {host: chance.randint(0, count) for host in hosts}
    return {
        f"group {number}": bounds(chance, (host for host, its in group_of.items() if its == number))
        for number in range(count)
    }


def search(problem: Problem[int, int]) -> set[tuple[int, int]]:
    """The one best assignment, by trying all; compares levels as tuples, with nothing packed."""
    hosts = list(problem.places)
    best: dict[tuple[int, ...], tuple[Worth, tuple[tuple[int, int], ...]]] = {(0,) * len(hosts): (Worth(), ())}
    for guest, edges in problem.edges.items():
        able = [host for host in edges if host in problem.places]
        capacity = problem.capacities.get(guest, 1)
        choices = [chosen for size in range(capacity + 1) for chosen in combinations(able, size)]
        following = dict(best)
        for counts, (total, pairs) in best.items():
            for chosen in choices:
                if any(counts[hosts.index(host)] >= len(problem.places[host]) for host in chosen):
                    continue
                after, value = list(counts), total
                for host in chosen:
                    place = hosts.index(host)
                    value = value.plus(edges[host]).plus(Worth(coverage=problem.places[host][after[place]]))
                    after[place] += 1
                found = (value, (*pairs, *((guest, host) for host in chosen)))
                if tuple(after) not in following or following[tuple(after)][0] < value:
                    following[tuple(after)] = found
        best = following
    results = []
    for numbers, (total, pairs) in best.items():
        is_right, value = _with_groups(problem, dict(zip(hosts, numbers, strict=True)), total)
        results.append((is_right, value, pairs))
    return set(max(results)[2])


def _with_groups(problem: Problem[int, int], counts: dict[int, int], value: Worth) -> tuple[bool, Worth]:
    """Whether no group holds too many, and the value with what its groups add."""
    is_right = True
    for its in problem.groups.values():
        count = sum(counts[host] for host in its.hosts if host in counts)
        is_right &= its.at_most is None or count <= its.at_most
        value = value.plus(Worth(equity=min(its.at_least, count)))
    return is_right, value
