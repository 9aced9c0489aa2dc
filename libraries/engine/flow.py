"""The greatest flow through a network, level by level, with the potentials that prove it.

Values are compared one level after the other, and a solver's 64-bit costs hold only some of them together. So
each stage solves as many levels as fit, on the arcs that the stages before left open: those where their reduced
value is 0. Wherever it is not, every optimum agrees on the flow (complementary slackness: Ahuja, Magnanti and
Orlin, Network Flows, 1993, section 9.4), so it stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

from libraries.engine.instance import Numbers, renumbered
from libraries.engine.worth import Worth

# The solver multiplies costs by the number of nodes; beyond this it could overflow.
_MOST: Final = 2**61
_GREATEST: Final = np.iinfo(np.int64).max


class TooLarge(ValueError):
    """A single level of so many nodes does not fit the solver's 64-bit costs."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs with capacities of at least 0, and what a unit of flow on each adds to each level, none below 0.

    `values` has a row for each level. All that the nodes supply, less what they take, is 0.
    """

    tail: Numbers
    head: Numbers
    capacity: Numbers
    values: Numbers
    supply: Numbers


@dataclass(frozen=True, slots=True)
class Flow:
    """What flows on each arc, and each node's potential on each level, a row a level.

    An arc's value, less the potential of its head and more that of its tail, is at most 0 where it could carry
    more, and at least 0 where it carries any: compared level by level. The last node's potential is 0.
    """

    on: Numbers
    potentials: Numbers


def greatest(network: Network) -> Flow:
    """The flow that is worth most; raises TooLarge."""
    flow = np.zeros_like(network.tail)
    potentials = np.zeros((len(network.values), len(network.supply)), dtype=np.int64)
    supply = network.supply.copy()
    most_of = {name: int(its.max(initial=0)) for name, its in zip(Worth._fields, network.values, strict=True)}
    free = np.flatnonzero(network.capacity)
    level = 0
    while level < len(network.values):
        sure = _without_choice(network, free, supply)
        flow[free[sure]] = network.capacity[free[sure]]
        _take(supply, network, free[sure], flow)
        settled, free = free[sure], free[~sure]
        nodes, (tail, head) = renumbered(len(supply), network.tail[free], network.head[free])
        capacity = network.capacity[free]
        weights = _weights(dict(islice(most_of.items(), level, None)), supply[nodes])
        levels = slice(level, level + len(weights))
        value = _weighed(network.values[levels], weights, free)
        on = flow[free] = _solved(tail, head, capacity, value, supply[nodes])
        potential = _potential(tail, head, value, capacity, on, len(nodes))
        potentials[levels, nodes] = _split(potential, weights)
        _price_sources(network, settled, levels, potentials)
        # Where the reduced value is not 0 every optimum agrees, so no later stage may change the flow.
        shut = value - potential[head] + potential[tail] != 0
        _take(supply, network, free[shut], flow)
        free = free[~shut]
        level = levels.stop
    return Flow(flow, potentials)


def _without_choice(network: Network, arcs: Numbers, supply: Numbers) -> npt.NDArray[np.bool_]:
    """The arcs that must carry all they can, because what supplies them has no other way and nothing comes to it."""
    ways_out = np.bincount(network.tail[arcs], network.capacity[arcs], minlength=len(supply))
    ways_in = np.bincount(network.head[arcs], minlength=len(supply))
    has_none: npt.NDArray[np.bool_] = (ways_out == supply) & (ways_in == 0)
    return has_none[network.tail[arcs]]


def _take(supply: Numbers, network: Network, arcs: Numbers, flow: Numbers) -> None:
    """Moves what flows on arcs from where they begin to where they end."""
    np.subtract.at(supply, network.tail[arcs], flow[arcs])
    np.add.at(supply, network.head[arcs], flow[arcs])


def _weighed(values: Numbers, weights: list[int], arcs: Numbers) -> Numbers:
    """What a unit of flow on these arcs adds to the levels of one stage, as one number."""
    together = np.zeros(len(arcs), dtype=np.int64)
    for weight, row in zip(weights, values, strict=True):
        # A level where nothing counts may have a weight that 64 bits do not hold.
        if row.any():
            together += weight * row[arcs]
    return together


def _price_sources(network: Network, arcs: Numbers, levels: slice, potentials: Numbers) -> None:
    """Prices what had no choice: it is worth what it brings where it went."""
    brings = potentials[levels, network.head[arcs]] - network.values[levels, arcs]
    for row, its in zip(range(levels.start, levels.stop), brings, strict=True):
        np.maximum.at(potentials[row], network.tail[arcs], its)


def _split(potential: Numbers, weights: list[int]) -> Numbers:
    """Worth of a sum: each may be negative, and is less than half of what outweighs it."""
    levels = []
    for weight in weights:
        if weight > _GREATEST:
            # In a small problem a level where nothing counts may weigh more than 64 bits hold.
            levels.append(np.zeros_like(potential))
            continue
        levels.append((potential + weight // 2) // weight)
        potential = potential - levels[-1] * weight
    return np.array(levels)


def _weights(most_of: dict[str, int], supply: Numbers) -> list[int]:
    """What a point of each next level counts: as many levels as fit, at least one."""
    most_held, limit = int(supply[supply > 0].sum()), _MOST // (len(supply) + 2)
    # How far a level of weight 1 reaches: twice along a longest path, in either direction.
    reach = [8 * (most_held + 3) * most + 1 for most in most_of.values()]
    name, most = next(iter(most_of.items()))
    if most > limit:
        raise TooLarge(f"{name} goes up to {most}, and among {len(supply)} nodes the solver only to {limit}")
    weights = [1]
    for count in range(2, len(most_of) + 1):
        together = [prod(reach[level + 1 : count]) for level in range(count)]
        if max(weight * most for weight, most in zip(together, most_of.values(), strict=False)) > limit:
            break
        weights = together
    return weights


def _solved(tail: Numbers, head: Numbers, capacity: Numbers, value: Numbers, supply: Numbers) -> Numbers:
    # Imported by who solves: the library takes longer to load than a service to start.
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, -value)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    status = solver.solve()
    if status == solver.BAD_COST_RANGE:
        raise TooLarge(f"costs up to {int(np.abs(value).max())} among {len(supply)} nodes are too large for the solver")
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the solver ended with {status.name}")
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def _potential(tail: Numbers, head: Numbers, value: Numbers, capacity: Numbers, on: Numbers, nodes: int) -> Numbers:
    """Longest ways through what is left of the network (Bellman and Ford), each round from what the last one changed.

    An optimum leaves no circle that gains anything, so they end. The last node's is 0.
    """
    more, less = on < capacity, on > 0
    origin, towards = np.concatenate([tail[more], head[less]]), np.concatenate([head[more], tail[less]])
    gain = np.concatenate([value[more], -value[less]])
    order = np.argsort(origin, kind="stable")
    towards, gain = towards[order], gain[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(origin, minlength=nodes))])
    potential = np.zeros(nodes, dtype=np.int64)
    changed = np.arange(nodes)
    while len(changed):
        lengths = starts[changed + 1] - starts[changed]
        arcs = np.arange(lengths.sum()) + np.repeat(starts[changed] - np.cumsum(lengths) + lengths, lengths)
        before = potential.copy()
        np.maximum.at(potential, towards[arcs], np.repeat(before[changed], lengths) + gain[arcs])
        changed = np.flatnonzero(potential != before)
    return np.subtract(potential, potential[-1:])
