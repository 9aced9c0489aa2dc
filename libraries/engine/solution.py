"""What solves a problem."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic

from libraries.engine.instance import GuestId, HostId
from libraries.engine.worth import Worth


@dataclass(frozen=True, slots=True)
class Solution(Generic[GuestId, HostId]):
    """The pairs that are held, and the prices of hosts and of groups that prove that no others are worth more."""

    assignment: frozenset[tuple[GuestId, HostId]]
    prices: Mapping[HostId, Worth]
    group_prices: Mapping[Hashable, Worth]
