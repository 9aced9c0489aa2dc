"""How much each part of the benchmark sends and for how long it looks, all in proportion to one count."""

from __future__ import annotations

from dataclasses import dataclass

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes by `count`, the applications that saturate the chain; 10,000 is the whole benchmark, 500 a smoke test."""

    count: int = _WHOLE
    backlog: int | None = None
    after: int | None = None

    def _share(self, whole: float, least: float) -> float:
        return max(whole * min(self.count / _WHOLE, 1), least)

    @property
    def recorded(self) -> int:
        """Applications whose messages the floor handles again: as many as the embedded broker keeps whole."""
        return int(self._share(2_500, 100))

    @property
    def latency_seconds(self) -> float:
        """For how long forms are sent at a steady rate."""
        return self._share(20, 3)

    @property
    def idle_seconds(self) -> float:
        """For how long idle services are watched."""
        return self._share(20, 2)

    @property
    def portion(self) -> int:
        """Applications whose cost is compared, early and late."""
        return int(self._share(3_000, 100))

    @property
    def later(self) -> int:
        """Applications after which the late portion comes."""
        return self.after if self.after is not None else int(self._share(16_000, 400))

    @property
    def behind(self) -> int:
        """Records behind which each service starts."""
        return self.backlog if self.backlog is not None else int(self._share(200_000, 500))

    @property
    def forms(self) -> int:
        """Forms that intake takes in alone."""
        return int(self._share(30_000, 500))

    @property
    def flows(self) -> int:
        """Flows that each peer carries out."""
        return int(self._share(1_000, 200))
