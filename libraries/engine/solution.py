"""What solves a problem."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic

from libraries.engine.instance import NeedId, UnitId
from libraries.engine.levels import Levels


@dataclass(frozen=True, slots=True)
class Solution(Generic[UnitId, NeedId]):
    """The pairs that are held, and the prices of needs and of groups that prove that no others are worth more."""

    assignment: frozenset[tuple[UnitId, NeedId]]
    prices: Mapping[NeedId, Levels]
    group_prices: Mapping[Hashable, Levels]
