"""A whole assignment problem as plain values, and what an assignment of it is worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.engine.levels import Levels

UnitId = TypeVar("UnitId", bound=Hashable)
NeedId = TypeVar("NeedId", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Instance(Generic[UnitId, NeedId]):
    """Units with what they are worth to each need that could hold them, and needs with what each place counts.

    `places` holds points of coverage, which never rise from one place to the next. `capacities` says how many
    needs a unit may take, where that is not one.
    """

    edges: Mapping[UnitId, Mapping[NeedId, Levels]]
    places: Mapping[NeedId, tuple[int, ...]]
    capacities: Mapping[UnitId, int] = field(default_factory=dict)

    def objective(self, assignment: Iterable[tuple[UnitId, NeedId]]) -> Levels:
        """What an assignment is worth, level by level; raises KeyError or IndexError where it is none of this."""
        total, held = Levels(), dict.fromkeys(self.places, 0)
        for unit, need in assignment:
            total = total.plus(self.edges[unit][need]).plus(Levels(self.places[need][held[need]]))
            held[need] += 1
        return total
