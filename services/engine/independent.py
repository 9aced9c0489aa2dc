"""The same problem solved by a library that shares nothing with us: OR-Tools' minimum-cost flow."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from services.engine.instance import Instance, NeedId, UnitId
from services.engine.levels import Levels

# The solver scales costs by the number of nodes; beyond this it could overflow, and says so.
_MOST: Final = 2**61


class TooLarge(ValueError):
    """The levels of so many units do not fit the 64-bit costs of the library together."""


def best_objective(instance: Instance[UnitId, NeedId]) -> Levels:
    """Equity, coverage, kept and fit of an optimum, and 0 for the lottery, which 64-bit costs can't hold beside them.

    Raises TooLarge where even these do not fit.
    """
    # Imported by who solves: the library takes longer to load than a service to start.
    from ortools.graph.python import min_cost_flow

    capacity = sum(instance.capacities.get(unit, 1) for unit in instance.edges)
    most_held = min(capacity, sum(map(len, instance.places.values())))
    values = [value for edges in instance.edges.values() for value in edges.values()]
    # No more than so many pairs are held, so a level of these weights outweighs all that is below it.
    weight_of_kept = most_held * max((value.fit for value in values), default=0) + 1
    weight_of_coverage = weight_of_kept * (most_held * max((value.kept for value in values), default=0) + 1)
    most_coverage = max((places[0] for places in instance.places.values() if places), default=1)
    most = weight_of_coverage * most_coverage
    weight_of_equity = 0
    if any(bounds.at_least for bounds in instance.groups.values()):
        most = weight_of_equity = weight_of_coverage * (most_held * most_coverage + 1)
    if most * (len(instance.edges) + len(instance.places) + len(instance.groups) + 2) > _MOST:
        raise TooLarge(f"{len(instance.edges)} units with levels up to {most} are too many for 64-bit costs")

    flow = min_cost_flow.SimpleMinCostFlow()
    number_of = {need: number for number, need in enumerate(instance.places)}
    source, sink = len(number_of), len(number_of) + 1
    end_of = dict.fromkeys(number_of, sink)
    for node, bounds in enumerate(instance.groups.values(), start=sink + 1):
        end_of.update(dict.fromkeys(bounds.needs, node))
        at_most = most_held if bounds.at_most is None else bounds.at_most
        at_least = min(bounds.at_least, at_most)
        flow.add_arc_with_capacity_and_unit_cost(node, sink, at_least, -weight_of_equity)
        flow.add_arc_with_capacity_and_unit_cost(node, sink, at_most - at_least, 0)
    for need, places in instance.places.items():
        for points, alike in groupby(places):
            flow.add_arc_with_capacity_and_unit_cost(
                number_of[need], end_of[need], sum(1 for _ in alike), -points * weight_of_coverage
            )
    arcs: list[tuple[int, UnitId, NeedId]] = []
    for node, (unit, edges) in enumerate(instance.edges.items(), start=sink + 1 + len(instance.groups)):
        flow.add_arc_with_capacity_and_unit_cost(source, node, instance.capacities.get(unit, 1), 0)
        for need, value in edges.items():
            if need in number_of:
                cost = -(value.kept * weight_of_kept + value.fit)
                arcs.append((flow.add_arc_with_capacity_and_unit_cost(node, number_of[need], 1, cost), unit, need))
    # Whoever finds no place goes straight to the sink.
    flow.add_arc_with_capacity_and_unit_cost(source, sink, max(1, capacity), 0)
    flow.set_node_supply(source, capacity)
    flow.set_node_supply(sink, -capacity)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the independent solver ended with {status.name}")
    return instance.objective((unit, need) for arc, unit, need in arcs if flow.flow(arc))._replace(lottery=0)
