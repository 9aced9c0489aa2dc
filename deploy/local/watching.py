"""Watches a stack that runs: says when something ends, and starts a service again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Final, Protocol

from deploy.local.processes import ServiceProcess
from deploy.local.stack import Stack

_LOOK_SECONDS: Final = 0.5
_STEADY_SECONDS: Final = 30.0
"""Whoever ran so long did not end because of how it started: the next start of it is not put off."""
_LONGEST_PAUSE_SECONDS: Final = 30.0


class Watched(Protocol):
    """A process as far as watching it takes."""

    @property
    def returncode(self) -> int | None:
        """Its exit status, None while it runs."""
        ...

    def start(self) -> None:
        """Starts it again."""
        ...


@dataclass(slots=True)
class Restarts:
    """When a service that ends is started again: at once, then after pauses that double while it ends soon."""

    started_at: float
    soon: int = 0
    again_at: float | None = None

    def ended(self, now: float) -> float:
        """Notes that it has ended; returns after how many seconds it starts again."""
        self.soon = 0 if now - self.started_at >= _STEADY_SECONDS else self.soon + 1
        pause = 0.0 if self.soon <= 1 else min(2.0 ** (self.soon - 2), _LONGEST_PAUSE_SECONDS)
        self.again_at = now + pause
        return pause

    def started(self, now: float) -> None:
        """Notes that it was started."""
        self.started_at, self.again_at = now, None


def watch(
    stack: Stack, ended: Event, tell: Callable[[str], object], clock: Callable[[], float] = time.monotonic
) -> bool:
    """Watches until `ended` is set, starting again what ends; False where what all stand on has ended before."""
    restarts = {name: Restarts(clock()) for name in stack.services}
    while not ended.wait(_LOOK_SECONDS):
        if fallen := stack.fallen():
            tell(f"{' and '.join(fallen)} ended, without which no service can go on")
            return False
        for name, service in stack.services.items():
            look_after(name, service, restarts[name], tell, clock(), log=str(service.log_path))
    return True


def look_after(
    name: str,
    service: ServiceProcess | Watched,
    restarts: Restarts,
    tell: Callable[[str], object],
    now: float,
    *,
    log: str,
) -> None:
    """Says once that a service has ended, and starts it when its pause is over."""
    if service.returncode is None:
        return
    if restarts.again_at is None:
        pause = restarts.ended(now)
        how = f"status {service.returncode}" if service.returncode >= 0 else f"signal {-service.returncode}"
        when = "at once" if pause == 0 else f"in {pause:g} s"
        tell(f"{name} ended with {how} and starts again {when}; its log is {log}")
    if restarts.again_at is not None and now >= restarts.again_at:
        service.start()
        restarts.started(now)
