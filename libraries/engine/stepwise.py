"""A whole problem solved by a live optimum, one unit after the other: slower from nothing, and shared with nobody."""

from __future__ import annotations

from itertools import groupby

from libraries.engine.instance import Instance, NeedId, UnitId
from libraries.engine.levels import Levels, pack, unpack
from libraries.engine.optimum import Optimum
from libraries.engine.solution import Solution


def optimum_of(instance: Instance[UnitId, NeedId]) -> Optimum[UnitId, NeedId]:
    """The live optimum of an instance."""
    optimum: Optimum[UnitId, NeedId] = Optimum()
    for group, bounds in instance.groups.items():
        optimum.put_group(group, at_least=bounds.at_least, at_most=bounds.at_most)
    group_of = {need: group for group, bounds in instance.groups.items() for need in bounds.needs}
    for need, places in zip(instance.needs, instance.places, strict=True):
        optimum.put_need(need, [pack(Levels(coverage=it)) for it in places], {}, group=group_of.get(need))
    columns = [column.tolist() for column in (instance.unit, instance.need, *instance.levels)]
    edges = {
        unit: {instance.needs[need]: pack(Levels(*levels)) for _, need, *levels in pairs}
        for unit, pairs in groupby(zip(*columns, strict=True), key=lambda pair: pair[0])
    }
    for at, (unit, room) in enumerate(zip(instance.units, instance.rooms.tolist(), strict=True)):
        if room > 0:
            optimum.put(unit, edges.get(at, {}), capacity=room)
    return optimum


def solution_of(optimum: Optimum[UnitId, NeedId]) -> Solution[UnitId, NeedId]:
    """What a live optimum holds, and at what prices."""
    return Solution(
        frozenset(optimum.assignment()),
        {need: unpack(optimum.price(need)) for need in optimum.needs},
        {group: unpack(optimum.group_price(group)) for group in optimum.groups},
    )
