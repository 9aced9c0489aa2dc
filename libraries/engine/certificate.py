"""Proof that an assignment is optimal, checked by arithmetic that shares nothing with those who found it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

import numpy as np

from libraries.engine.instance import Instance, NeedId, Numbers, UnitId
from libraries.engine.levels import Levels
from libraries.engine.solution import Solution

_NOTHING = Levels()


def violations(instance: Instance[UnitId, NeedId], solution: Solution[UnitId, NeedId]) -> list[str]:
    """What is wrong with an assignment, or with the prices that should prove it; empty where it is optimal.

    The conditions are those of complementary slackness, level by level: every unit is where it gains most at
    these prices, or nowhere where it would gain nothing; a need's last place is worth its price and its next one
    is not, where a group of needs has its own price for every place; so is the group's last place, and not its next
    one. They are sufficient in any ordered group, so for levels that are compared one after the other.
    """
    pairs, prices, group_prices = list(solution.assignment), solution.prices, solution.group_prices
    held = instance.positions(pairs)
    if impossible := [
        f"{unit} can't be held by {need}" for (unit, need), at in zip(pairs, held, strict=True) if at < 0
    ]:
        return impossible
    counts: list[int] = np.bincount(instance.need[held], minlength=len(instance.needs)).tolist()
    return [
        *_too_many(instance, held, counts),
        *_units(instance, held, prices),
        *_needs(instance, counts, prices, group_prices),
        *_groups(instance, counts, group_prices),
    ]


def gaining(instance: Instance[UnitId, NeedId], held: Numbers, prices: Numbers) -> Numbers:
    """The pairs, by position, that are not held and whose unit would gain more there than where it is.

    `prices` has a row for each level and a column for each need.
    """
    unit, gains = instance.unit[held], _gains(instance, held, prices)
    count = np.bincount(unit, minlength=len(instance.units))
    # Whoever could take another need gains nothing at least; else it is what it gains where it gains least.
    least = np.zeros((len(prices), len(instance.units)), dtype=np.int64)
    order = np.lexsort((*gains[::-1], unit))
    first, at = np.unique(unit[order], return_index=True)
    is_full = count[first] >= instance.rooms[first]
    least[:, first[is_full]] = gains[:, order[at[is_full]]]
    found = []
    tied = None if (instance.rooms > 0).all() else np.flatnonzero(instance.rooms[instance.unit] > 0)
    for values, price, gained in zip(instance.levels, prices, least, strict=True):
        if not (values.any() or price.any() or gained.any()):
            continue
        among = slice(None) if tied is None else tied
        more = values[among] - price[instance.need[among]] - gained[instance.unit[among]]
        better, equal = np.flatnonzero(more > 0), np.flatnonzero(more == 0)
        found.append(better if tied is None else tied[better])
        tied = equal if tied is None else tied[equal]
    return np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *found]), held)


def _gains(instance: Instance[UnitId, NeedId], pairs: Numbers, prices: Numbers) -> Numbers:
    return np.array([it[pairs] for it in instance.levels], dtype=np.int64) - prices[:, instance.need[pairs]]


def _too_many(instance: Instance[UnitId, NeedId], held: Numbers, counts: list[int]) -> Iterator[str]:
    taken = np.bincount(instance.unit[held], minlength=len(instance.units))
    for at in np.flatnonzero(taken > np.maximum(instance.rooms, 0)).tolist():
        yield f"{instance.units[at]} is held by {taken[at]} needs, and takes {instance.rooms[at]}"
    for need, count, places in zip(instance.needs, counts, instance.places, strict=True):
        if count > len(places):
            yield f"{need} holds {count}, and has {len(places)} places"
    for group, bounds in instance.groups.items():
        count = _together(instance, bounds.needs, counts)
        if bounds.at_most is not None and count > bounds.at_most:
            yield f"the needs of {group} hold {count}, and may hold {bounds.at_most}"


def _units(instance: Instance[UnitId, NeedId], held: Numbers, prices: Mapping[NeedId, Levels]) -> Iterator[str]:
    table = np.array([prices[need] for need in instance.needs], dtype=np.int64).reshape(-1, len(Levels._fields)).T
    for at, gain in zip(held, _gains(instance, held, table).T.tolist(), strict=True):
        if Levels(*gain) < _NOTHING:
            yield f"{instance.units[instance.unit[at]]} loses {_NOTHING.plus(Levels(*gain), -1)} where it is"
    for at in gaining(instance, held, table):
        yield f"{instance.units[instance.unit[at]]} would gain more at {instance.needs[instance.need[at]]}"


def _needs(
    instance: Instance[UnitId, NeedId],
    counts: list[int],
    prices: Mapping[NeedId, Levels],
    group_prices: Mapping[Hashable, Levels],
) -> Iterator[str]:
    due = {need: group_prices[group] for group, bounds in instance.groups.items() for need in bounds.needs}
    for need, count, places in zip(instance.needs, counts, instance.places, strict=True):
        its_due = due.get(need, _NOTHING)
        if count < len(places) and prices[need].plus(Levels(coverage=places[count])) > its_due:
            yield f"{need} has a free place that is worth more than its price says"
        if 0 < count <= len(places) and prices[need].plus(Levels(coverage=places[count - 1])) < its_due:
            yield f"the last place of {need} is worth less than its price says"


def _groups(
    instance: Instance[UnitId, NeedId], counts: list[int], group_prices: Mapping[Hashable, Levels]
) -> Iterator[str]:
    for group, bounds in instance.groups.items():
        count, price = _together(instance, bounds.needs, counts), group_prices[group]
        is_full = bounds.at_most is not None and count >= bounds.at_most
        if not is_full and price.plus(Levels(equity=count < bounds.at_least)) > _NOTHING:
            yield f"{group} has a free place that is worth more than its price says"
        if count and price.plus(Levels(equity=count <= bounds.at_least)) < _NOTHING:
            yield f"the last place of {group} is worth less than its price says"


def _together(instance: Instance[UnitId, NeedId], needs: Iterable[NeedId], counts: list[int]) -> int:
    return sum(counts[instance.position_of_need[need]] for need in needs)
