"""Who is connected over HTTP, and who has to leave so that others are served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final, Literal, TypeAlias

from libraries.chassis.settings import HttpLimits
from libraries.chassis.watching import metrics

Cause: TypeAlias = Literal["connections", "memory", "slow"]

_NETWORK_BITS: Final = 64
"""Whoever has one IPv6 address usually has the 2^64 of its network: they count as one."""


@dataclass(eq=False, slots=True)
class Visitor:
    """One connection: where it comes from, and since when it has owed the rest of a request, if it does.

    `held` are the bytes that were taken of a request that is not answered yet.
    """

    address: str
    unfinished_since: float | None = None
    held: int = 0


@dataclass(slots=True)
class Visitors:
    """All connections of one port. Where a limit is reached, the slowest of whoever takes most has to leave.

    So those who hold connections or bodies open push each other out, and whoever asks and lets themselves be answered
    is served meanwhile.
    """

    limits: HttpLimits
    # How each is turned away is kept here alone: a visitor that knew its connection would keep it, with all its
    # buffers, until a collector came by, and that comes seldom.
    present: dict[Visitor, Callable[[Cause], None]] = field(default_factory=dict)
    held: int = 0
    _by_address: Counter[str] = field(default_factory=Counter)

    def admit(self, visitor: Visitor, turn_away: Callable[[Cause], None]) -> bool:
        """Whether there is a place for one more, for whom another may have had to leave."""
        limits = self.limits
        if self._by_address[visitor.address] >= limits.connections_per_address:
            if not self._make_room("connections", visitor.address):
                return False
        elif len(self.present) >= limits.connections and not self._make_room("connections"):
            return False
        self.present[visitor] = turn_away
        self._by_address[visitor.address] += 1
        return True

    def take(self, visitor: Visitor, size: int) -> None:
        """Notes bytes that a visitor's request takes; where there are too many in all, somebody has to leave."""
        visitor.held += size
        self.held += size
        while self.held > self.limits.memory_bytes and self._make_room("memory"):
            pass

    def release(self, visitor: Visitor) -> None:
        """What was taken of the visitor's request is held no longer."""
        self.held -= visitor.held
        visitor.held = 0

    def leave(self, visitor: Visitor) -> None:
        """A visitor is gone; harmless where they are already."""
        self.release(visitor)
        if visitor in self.present:
            del self.present[visitor]
            self._by_address[visitor.address] -= 1
            if not self._by_address[visitor.address]:
                del self._by_address[visitor.address]  # else every address there ever was would stay

    def _make_room(self, cause: Cause, address: str | None = None) -> bool:
        slow = [it for it in self.present if it.unfinished_since is not None and (cause != "memory" or it.held)]
        if address is None and slow:
            taken: Counter[str] = Counter()
            for it in slow:
                taken[it.address] += it.held if cause == "memory" else 1
            address = taken.most_common(1)[0][0]
        theirs = [it for it in slow if it.address == address]
        if not theirs:
            return False
        slowest = min(theirs, key=lambda it: it.unfinished_since or 0.0)
        self.turned_away(cause)
        self.present[slowest](cause)
        return True

    @staticmethod
    def turned_away(cause: Cause) -> None:
        """Counts one who had to leave, or did not come in."""
        metrics.TURNED_AWAY.labels(cause).inc()


def source_of(host: str) -> str:
    """What counts as one source of connections: an IPv4 address, the network of an IPv6 one."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return hex(int(address) >> (128 - _NETWORK_BITS))
    return str(address)
