"""What all lanes of a process share, and how they hear of each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from services.chassis.database import Database
from services.chassis.faults import Reached
from services.chassis.relay import Publisher
from services.chassis.service import Service
from services.chassis.settings import Settings


class Bell:
    """Rings when something was committed that a duty may have to do at once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wakes whoever listens."""
        self._rung.set()
        self._rung = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """An event that is set at the next ring."""
        return self._rung


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lanes of a process share."""

    service: Service
    settings: Settings
    database: Database
    publisher: Publisher
    log: FilteringBoundLogger
    clock: Callable[[], datetime]
    reached: Reached
    stopping: asyncio.Event
    bell: Bell
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a record is tried that may kill the process, so that no other is taken for the culprit."""


class Stopping(Exception):
    """The service is stopping: what was not committed is left for the next start."""
