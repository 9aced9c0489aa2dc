"""A whole assignment problem as columns of numbers, and what an assignment of it is worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from libraries.engine.worth import Worth

GuestId = TypeVar("GuestId", bound=Hashable)
HostId = TypeVar("HostId", bound=Hashable)
Numbers: TypeAlias = npt.NDArray[np.int64]
# No position, and an index that would not fail by itself: every use of it is checked.
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class SharedBounds(Generic[HostId]):
    """How many guests hosts hold together: at least so many wherever possible, and no more than `at_most`."""

    hosts: frozenset[HostId]
    at_least: int = 0
    at_most: int | None = None


def renumbered(count: int, *positions: Numbers) -> tuple[Numbers, list[Numbers]]:
    """Those of `count` things that any of these positions names, and the positions among them."""
    is_met = np.zeros(count, dtype=bool)
    for its in positions:
        is_met[its] = True
    number = np.cumsum(is_met) - 1
    return np.flatnonzero(is_met), [number[its] for its in positions]


class Columns(NamedTuple):
    """What pairs are worth: a column for each of `Worth`, no value below 0."""

    equity: Numbers
    coverage: Numbers
    kept: Numbers
    fit: Numbers
    lottery: Numbers


@dataclass(frozen=True)
class Instance(Generic[GuestId, HostId]):
    """Guests with what they are worth to each host that could hold them, and hosts with what each place counts.

    Pairs are columns of numbers, for there may be millions: `guest` and `host` are the positions of each pair's
    guest and host, in that order and none twice, `levels` what it is worth. `rooms` says how many hosts each guest may
    take. `places` holds points of coverage, host by host, which never rise from one place to the next. `groups` are
    hosts that share bounds; none stands in two.
    """

    guests: Sequence[GuestId]
    hosts: Sequence[HostId]
    guest: Numbers
    host: Numbers
    levels: Columns
    rooms: Numbers
    places: Sequence[tuple[int, ...]]
    groups: Mapping[Hashable, SharedBounds[HostId]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        edges: Mapping[GuestId, Mapping[HostId, Worth]],
        places: Mapping[HostId, tuple[int, ...]],
        capacities: Mapping[GuestId, int] | None = None,
        groups: Mapping[Hashable, SharedBounds[HostId]] | None = None,
    ) -> Instance[GuestId, HostId]:
        """An instance of the values of pairs by guest and host; a guest takes one host unless `capacities` says so."""
        position = {host: number for number, host in enumerate(places)}
        rows = [
            (guest, position[host], *value)
            for guest, its in enumerate(edges.values())
            for host, value in sorted(its.items(), key=lambda it: position[it[0]])
        ]
        guest, host, *levels = np.array(rows, dtype=np.int64).reshape(len(rows), 2 + len(Columns._fields)).T.copy()
        rooms = np.array([(capacities or {}).get(it, 1) for it in edges], dtype=np.int64)
        every_place = [places[it] for it in position]
        return cls(list(edges), list(places), guest, host, Columns(*levels), rooms, every_place, groups or {})

    @cached_property
    def position_of_guest(self) -> Mapping[GuestId, int]:
        """The position of each guest."""
        return {guest: number for number, guest in enumerate(self.guests)}

    @cached_property
    def position_of_host(self) -> Mapping[HostId, int]:
        """The position of each host."""
        return {host: number for number, host in enumerate(self.hosts)}

    @property
    def pairs(self) -> int:
        """How many pairs of a guest and a host could be held."""
        return len(self.guest)

    def positions(self, assignment: Iterable[tuple[GuestId, HostId]]) -> Numbers:
        """The positions of held pairs, -1 for one that can't be held."""
        guests, hosts = self.position_of_guest, self.position_of_host
        held = [(guests.get(guest, _NOWHERE), hosts.get(host, _NOWHERE)) for guest, host in assignment]
        guest, host = np.array(held, dtype=np.int64).reshape(len(held), 2).T
        keys, wanted = self._keys, guest * len(self.hosts) + host
        # Pairs stand in the order of their keys, so that each is found in logarithmic time and needs no dictionary.
        found = np.searchsorted(keys, wanted)
        is_there = (guest >= 0) & (host >= 0) & (found < len(keys))
        is_there[is_there] = keys[found[is_there]] == wanted[is_there]
        return np.where(is_there, found, _NOWHERE)

    @cached_property
    def _keys(self) -> Numbers:
        return self.guest * len(self.hosts) + self.host

    def objective(self, assignment: Iterable[tuple[GuestId, HostId]]) -> Worth:
        """What an assignment is worth, level by level; raises ValueError where it is none of this."""
        held = self.positions(assignment)
        counts = np.bincount(self.host[held], minlength=len(self.hosts)).tolist()
        if _NOWHERE in held or any(count > len(its) for count, its in zip(counts, self.places, strict=True)):
            raise ValueError("the assignment holds a pair that can't be held, or more guests than a host has places")
        coverage = sum(sum(its[:count]) for count, its in zip(counts, self.places, strict=True))
        filled = [sum(counts[self.position_of_host[host]] for host in its.hosts) for its in self.groups.values()]
        equity = sum(min(its.at_least, count) for its, count in zip(self.groups.values(), filled, strict=True))
        return Worth(equity, coverage).plus(Worth(*[sum(level[held].tolist()) for level in self.levels]))
