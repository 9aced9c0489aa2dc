"""Proof that an assignment is optimal, checked by arithmetic that shares nothing with the solver."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from services.engine.instance import Instance, NeedId, UnitId
from services.engine.levels import Levels

Anything = TypeVar("Anything")
_NOTHING = Levels()


def violations(
    instance: Instance[UnitId, NeedId],
    assignment: Iterable[tuple[UnitId, NeedId]],
    prices: Mapping[NeedId, Levels],
    group_prices: Mapping[Hashable, Levels] = MappingProxyType({}),
) -> list[str]:
    """What is wrong with an assignment, or with the prices that should prove it; empty where it is optimal.

    The conditions are those of complementary slackness, level by level: every unit is where it gains most at
    these prices, or nowhere where it would gain nothing; a need's last place is worth its price and its next one
    is not, where a group of needs has its own price for every place; so is the group's last place, and not its next
    one. They are sufficient in any ordered group, so for levels that are compared one after the other.
    """
    pairs = list(assignment)
    return [
        *_infeasible(instance, pairs),
        *_units(instance, pairs, prices),
        *_needs(instance, pairs, prices, group_prices),
        *_groups(instance, pairs, group_prices),
    ]


def _infeasible(instance: Instance[UnitId, NeedId], pairs: list[tuple[UnitId, NeedId]]) -> Iterator[str]:
    if len(set(pairs)) < len(pairs):
        yield "a pair is assigned twice"
    for unit, need in pairs:
        if need not in instance.edges.get(unit, {}) or need not in instance.places:
            yield f"{unit} can't be held by {need}"
    for unit, needs in _grouped(pairs).items():
        if len(needs) > instance.capacities.get(unit, 1):
            yield f"{unit} is held by {len(needs)} needs, and takes {instance.capacities.get(unit, 1)}"
    for need, units in _grouped((need, unit) for unit, need in pairs).items():
        if len(units) > len(instance.places.get(need, ())):
            yield f"{need} holds {len(units)}, and has {len(instance.places.get(need, ()))} places"

    held = Counter(need for _, need in pairs)
    for group, bounds in instance.groups.items():
        count = sum(held[need] for need in bounds.needs)
        if bounds.at_most is not None and count > bounds.at_most:
            yield f"the needs of {group} hold {count}, and may hold {bounds.at_most}"


def _units(
    instance: Instance[UnitId, NeedId], pairs: list[tuple[UnitId, NeedId]], prices: Mapping[NeedId, Levels]
) -> Iterator[str]:
    held = _grouped(pairs)
    for unit, edges in instance.edges.items():
        gains = {need: value.plus(prices[need], -1) for need, value in edges.items() if need in instance.places}
        mine = [need for need in held.get(unit, []) if need in gains]
        least = min((gains[need] for need in mine), default=_NOTHING)
        if least < _NOTHING:
            yield f"{unit} loses {_NOTHING.plus(least, -1)} where it is"
        if len(mine) < instance.capacities.get(unit, 1):
            least = _NOTHING
        for need in gains.keys() - set(mine):
            if gains[need] > least:
                yield f"{unit} would gain {gains[need].plus(least, -1)} at {need}"


def _needs(
    instance: Instance[UnitId, NeedId],
    pairs: list[tuple[UnitId, NeedId]],
    prices: Mapping[NeedId, Levels],
    group_prices: Mapping[Hashable, Levels],
) -> Iterator[str]:
    held = Counter(need for _, need in pairs)
    due = {need: group_prices[group] for group, bounds in instance.groups.items() for need in bounds.needs}
    for need, places in instance.places.items():
        count, its_due = held[need], due.get(need, _NOTHING)
        if count < len(places) and prices[need].plus(Levels(coverage=places[count])) > its_due:
            yield f"{need} has a free place that is worth more than its price says"
        if 0 < count <= len(places) and prices[need].plus(Levels(coverage=places[count - 1])) < its_due:
            yield f"the last place of {need} is worth less than its price says"


def _groups(
    instance: Instance[UnitId, NeedId],
    pairs: list[tuple[UnitId, NeedId]],
    group_prices: Mapping[Hashable, Levels],
) -> Iterator[str]:
    held = Counter(need for _, need in pairs)
    for group, bounds in instance.groups.items():
        count, price = sum(held[need] for need in bounds.needs), group_prices[group]
        is_full = bounds.at_most is not None and count >= bounds.at_most
        if not is_full and price.plus(Levels(equity=count < bounds.at_least)) > _NOTHING:
            yield f"{group} has a free place that is worth more than its price says"
        if count and price.plus(Levels(equity=count <= bounds.at_least)) < _NOTHING:
            yield f"the last place of {group} is worth less than its price says"


def _grouped(pairs: Iterable[tuple[UnitId, Anything]]) -> dict[UnitId, list[Anything]]:
    groups: dict[UnitId, list[Anything]] = defaultdict(list)
    for first, second in pairs:
        groups[first].append(second)
    return groups
