"""A whole problem solved from nothing, with the prices that prove it."""

from __future__ import annotations

from services.engine.instance import Instance, NeedId, UnitId
from services.engine.levels import Levels, pack
from services.engine.optimum import Optimum


def solve(instance: Instance[UnitId, NeedId]) -> Optimum[UnitId, NeedId]:
    """The optimum of an instance."""
    optimum: Optimum[UnitId, NeedId] = Optimum()
    for need, places in instance.places.items():
        optimum.put_need(need, [pack(Levels(points)) for points in places], {})
    for unit, edges in instance.edges.items():
        values = {need: pack(value) for need, value in edges.items()}
        optimum.put(unit, values, capacity=instance.capacities.get(unit, 1))
    return optimum
