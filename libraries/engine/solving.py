"""A whole problem solved from nothing by OR-Tools' minimum-cost flow, with the prices that prove the result."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np

from libraries.engine.certificate import gaining
from libraries.engine.flow import Network, greatest
from libraries.engine.instance import GuestId, HostId, Instance, Numbers, renumbered
from libraries.engine.solution import Solution
from libraries.engine.worth import Worth

# Below so many there is nothing to save.
_FEW_PAIRS: Final = 20_000
# Beyond a place for so many pairs a guest is likely to be held where it is worth much.
_PAIRS_A_PLACE: Final = 16
# More than can be held, for not all of the best are: what is missed is found by its prices, in another round.
_LIKELY_A_PLACE: Final = 2
_LIKELY_A_ROOM: Final = 5
# So finely is the fit sorted into steps, which are counted and not compared.
_STEPS: Final = 1024


class _Arc(NamedTuple):
    tail: int
    head: int
    capacity: int
    value: Worth


def solve(instance: Instance[GuestId, HostId]) -> Solution[GuestId, HostId]:
    """The one optimum of an instance; raises TooLarge where a level does not fit the solver's 64-bit costs.

    Most pairs have no prospect. So it solves the likely ones first, and again with every other that would gain at the
    prices found, until there is none.
    """
    pairs = _likely(instance)
    count = len(instance.hosts)
    while True:
        held, prices = _solve_among(pairs, instance)
        better = gaining(instance, held, prices[:, :count]) if len(pairs) < instance.pairs else pairs[:0]
        if not len(better):
            break
        pairs = np.union1d(pairs, better)
    levels = [Worth(*its) for its in prices.T.tolist()]
    at = zip(instance.guest[held].tolist(), instance.host[held].tolist(), strict=True)
    return Solution(
        frozenset((instance.guests[guest], instance.hosts[host]) for guest, host in at),
        dict(zip(instance.hosts, levels, strict=False)),
        dict(zip(instance.groups, levels[count:], strict=True)),
    )


def _likely(instance: Instance[GuestId, HostId]) -> Numbers:
    """The pairs that may well be held: those worth most to each host where places are few, else to each guest."""
    if instance.pairs < _FEW_PAIRS:
        return np.arange(instance.pairs)
    fit = instance.levels.fit
    places = np.array([len(its) for its in instance.places], dtype=np.int64)
    if places.sum() * _PAIRS_A_PLACE <= instance.pairs:
        step = fit * (_STEPS - 1) // max(1, int(fit.max()))
        counts = np.bincount(instance.host * _STEPS + step, minlength=len(instance.hosts) * _STEPS)
        so_good = np.cumsum(counts.reshape(-1, _STEPS)[:, ::-1], axis=1)[:, ::-1]
        lowest = (so_good >= _LIKELY_A_PLACE * places[:, np.newaxis]).sum(axis=1) - 1
        is_likely = step >= lowest[instance.host]
    else:
        best_first = np.argsort(instance.guest * (1 + int(fit.max())) - fit, kind="stable")
        before = np.searchsorted(instance.guest, np.arange(len(instance.guests)))
        is_likely = np.zeros(instance.pairs, dtype=bool)
        is_likely[best_first] = (
            np.arange(instance.pairs) - before[instance.guest] < _LIKELY_A_ROOM * instance.rooms[instance.guest]
        )
    return np.flatnonzero(is_likely | (instance.levels.equity + instance.levels.coverage + instance.levels.kept > 0))


def _solve_among(pairs: Numbers, instance: Instance[GuestId, HostId]) -> tuple[Numbers, Numbers]:
    """The pairs held in the optimum of these, and the prices of hosts and then of groups: a row a level."""
    guests, (guest,) = renumbered(len(instance.guests), instance.guest[pairs])
    rooms = np.maximum(instance.rooms[guests], 0)
    first_group = len(guests) + len(instance.hosts)
    outside = first_group + len(instance.groups)
    arcs = list(_arcs_of_places(instance, len(guests), first_group, outside, int(rooms.sum())))
    further = np.array([it[:3] for it in arcs], dtype=np.int64).reshape(-1, 3).T
    # Whoever finds no place goes straight outside.
    tail = np.concatenate([guest, np.arange(len(guests)), further[0]])
    head = np.concatenate([len(guests) + instance.host[pairs], np.full(len(guests), outside), further[1]])
    capacity = np.concatenate([np.ones(len(pairs), dtype=np.int64), rooms, further[2]])
    values = np.zeros((len(instance.levels), len(tail)), dtype=np.int64)
    values[:, : len(pairs)] = [level[pairs] for level in instance.levels]
    values[:, len(pairs) + len(guests) :] = np.array([it.value for it in arcs]).reshape(-1, len(values)).T
    supply = np.zeros(outside + 1, dtype=np.int64)
    supply[: len(guests)], supply[outside] = rooms, -rooms.sum()
    flow = greatest(Network(tail, head, capacity, values, supply))
    return pairs[flow.on[: len(pairs)] > 0], flow.potentials[:, len(guests) : outside]


def _arcs_of_places(
    instance: Instance[GuestId, HostId], first_host: int, first_group: int, outside: int, most_held: int
) -> Iterator[_Arc]:
    """Through each host's places to its group, if it has one, and through the group's places outside."""
    group_of = {
        host: group for group, its in enumerate(instance.groups.values(), start=first_group) for host in its.hosts
    }
    for node, (host, places) in enumerate(zip(instance.hosts, instance.places, strict=True), start=first_host):
        for points, alike in groupby(places):
            yield _Arc(node, group_of.get(host, outside), sum(1 for _ in alike), Worth(coverage=points))
    for node, bounds in enumerate(instance.groups.values(), start=first_group):
        # Without a bound there is always a place free, which says what the next one is worth.
        at_most = bounds.at_least + most_held + 1 if bounds.at_most is None else bounds.at_most
        at_least = min(bounds.at_least, at_most)
        yield _Arc(node, outside, at_least, Worth(equity=1))
        yield _Arc(node, outside, at_most - at_least, Worth())
