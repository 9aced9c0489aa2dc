"""A whole assignment problem as columns of numbers, and what an assignment of it is worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from libraries.engine.levels import Levels

UnitId = TypeVar("UnitId", bound=Hashable)
NeedId = TypeVar("NeedId", bound=Hashable)
Numbers: TypeAlias = npt.NDArray[np.int64]
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Bounds(Generic[NeedId]):
    """How many units needs hold together: at least so many wherever possible, and no more than `at_most`."""

    needs: frozenset[NeedId]
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
    """What pairs are worth: a column for each of `Levels`, no value below 0."""

    equity: Numbers
    coverage: Numbers
    kept: Numbers
    fit: Numbers
    lottery: Numbers


@dataclass(frozen=True)
class Instance(Generic[UnitId, NeedId]):
    """Units with what they are worth to each need that could hold them, and needs with what each place counts.

    Pairs are columns of numbers, for there may be millions: `unit` and `need` are the positions of each pair's
    unit and need, in that order and none twice, `levels` what it is worth. `rooms` says how many needs each unit may
    take. `places` holds points of coverage, need by need, which never rise from one place to the next. `groups` are
    needs that share bounds; none stands in two.
    """

    units: Sequence[UnitId]
    needs: Sequence[NeedId]
    unit: Numbers
    need: Numbers
    levels: Columns
    rooms: Numbers
    places: Sequence[tuple[int, ...]]
    groups: Mapping[Hashable, Bounds[NeedId]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        edges: Mapping[UnitId, Mapping[NeedId, Levels]],
        places: Mapping[NeedId, tuple[int, ...]],
        capacities: Mapping[UnitId, int] | None = None,
        groups: Mapping[Hashable, Bounds[NeedId]] | None = None,
    ) -> Instance[UnitId, NeedId]:
        """An instance from the values of pairs by unit and need; a unit takes one need unless `capacities` says so."""
        position = {need: number for number, need in enumerate(places)}
        rows = [
            (unit, position[need], *value)
            for unit, its in enumerate(edges.values())
            for need, value in sorted(its.items(), key=lambda it: position[it[0]])
        ]
        unit, need, *levels = np.array(rows, dtype=np.int64).reshape(len(rows), 2 + len(Columns._fields)).T.copy()
        rooms = np.array([(capacities or {}).get(it, 1) for it in edges], dtype=np.int64)
        every_place = [places[it] for it in position]
        return cls(list(edges), list(places), unit, need, Columns(*levels), rooms, every_place, groups or {})

    @cached_property
    def position_of_unit(self) -> Mapping[UnitId, int]:
        """The position of each unit."""
        return {unit: number for number, unit in enumerate(self.units)}

    @cached_property
    def position_of_need(self) -> Mapping[NeedId, int]:
        """The position of each need."""
        return {need: number for number, need in enumerate(self.needs)}

    @property
    def pairs(self) -> int:
        """How many pairs of a unit and a need could be held."""
        return len(self.unit)

    def positions(self, assignment: Iterable[tuple[UnitId, NeedId]]) -> Numbers:
        """The positions of held pairs, -1 for one that can't be held."""
        units, needs = self.position_of_unit, self.position_of_need
        held = [(units.get(unit, _NOWHERE), needs.get(need, _NOWHERE)) for unit, need in assignment]
        unit, need = np.array(held, dtype=np.int64).reshape(len(held), 2).T
        keys, wanted = self._keys, unit * len(self.needs) + need
        found = np.searchsorted(keys, wanted)
        is_there = (unit >= 0) & (need >= 0) & (found < len(keys))
        is_there[is_there] = keys[found[is_there]] == wanted[is_there]
        return np.where(is_there, found, _NOWHERE)

    @cached_property
    def _keys(self) -> Numbers:
        return self.unit * len(self.needs) + self.need

    def objective(self, assignment: Iterable[tuple[UnitId, NeedId]]) -> Levels:
        """What an assignment is worth, level by level; raises ValueError where it is none of this."""
        held = self.positions(assignment)
        counts = np.bincount(self.need[held], minlength=len(self.needs)).tolist()
        if _NOWHERE in held or any(count > len(its) for count, its in zip(counts, self.places, strict=True)):
            raise ValueError("the assignment holds a pair that can't be held, or more units than a need has places")
        coverage = sum(sum(its[:count]) for count, its in zip(counts, self.places, strict=True))
        filled = [sum(counts[self.position_of_need[need]] for need in its.needs) for its in self.groups.values()]
        equity = sum(min(its.at_least, count) for its, count in zip(self.groups.values(), filled, strict=True))
        return Levels(equity, coverage).plus(Levels(*[sum(level[held].tolist()) for level in self.levels]))
