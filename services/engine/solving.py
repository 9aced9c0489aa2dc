"""A whole problem solved from nothing, with the prices that prove it."""

from __future__ import annotations

from services.engine.instance import Instance, NeedId, UnitId
from services.engine.levels import Levels, pack
from services.engine.optimum import Optimum


def solve(instance: Instance[UnitId, NeedId]) -> Optimum[UnitId, NeedId]:
    """The optimum of an instance."""
    optimum: Optimum[UnitId, NeedId] = Optimum()
    for group, bounds in instance.groups.items():
        optimum.put_group(group, at_least=bounds.at_least, at_most=bounds.at_most)
    group_of = {need: group for group, bounds in instance.groups.items() for need in bounds.needs}
    for need, places in instance.places.items():
        packed = [pack(Levels(coverage=points)) for points in places]
        optimum.put_need(need, packed, {}, group=group_of.get(need))
    for unit, edges in instance.edges.items():
        values = {need: pack(value) for need, value in edges.items()}
        optimum.put(unit, values, capacity=instance.capacities.get(unit, 1))
    return optimum
