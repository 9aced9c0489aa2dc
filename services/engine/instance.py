"""A whole assignment problem as plain values, and what an assignment of it is worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.engine.levels import Levels

UnitId = TypeVar("UnitId", bound=Hashable)
NeedId = TypeVar("NeedId", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Bounds(Generic[NeedId]):
    """How many units needs hold together: at least so many wherever possible, and no more than `at_most`."""

    needs: frozenset[NeedId]
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Instance(Generic[UnitId, NeedId]):
    """Units with what they are worth to each need that could hold them, and needs with what each place counts.

    `places` holds points of coverage, which never rise from one place to the next. `capacities` says how many
    needs a unit may take, where that is not one. `groups` are needs that share bounds; none stands in two.
    """

    edges: Mapping[UnitId, Mapping[NeedId, Levels]]
    places: Mapping[NeedId, tuple[int, ...]]
    capacities: Mapping[UnitId, int] = field(default_factory=dict)
    groups: Mapping[Hashable, Bounds[NeedId]] = field(default_factory=dict)

    def objective(self, assignment: Iterable[tuple[UnitId, NeedId]]) -> Levels:
        """What an assignment is worth, level by level; raises KeyError or IndexError where it is none of this."""
        total, held = Levels(), dict.fromkeys(self.places, 0)
        for unit, need in assignment:
            total = total.plus(self.edges[unit][need]).plus(Levels(coverage=self.places[need][held[need]]))
            held[need] += 1
        filled = (min(it.at_least, sum(held[need] for need in it.needs)) for it in self.groups.values())
        return total.plus(Levels(equity=sum(filled)))
