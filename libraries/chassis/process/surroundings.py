"""What the parts of a running service share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from libraries.chassis.database import Database
from libraries.chassis.process.deadlines import Deadlines
from libraries.chassis.process.faults import Reached
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings
from libraries.chassis.watching.troubles import Troubles


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A service with its settings, servers and clocks, and what its parts tell each other.

    By the `programme_clock` duties fall due, and people are answered; all else goes by the machine's.

    `stopping` is set when the service is to end, `reopen` when lanes were lost and must be opened anew.
    """

    service: Service
    settings: Settings
    database: Database
    log: FilteringBoundLogger
    machine_clock: Callable[[], datetime]
    programme_clock: Callable[[], datetime]
    reached: Reached
    deadlines: Deadlines
    troubles: Troubles = field(default_factory=Troubles)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    reopen: asyncio.Event = field(default_factory=asyncio.Event)
