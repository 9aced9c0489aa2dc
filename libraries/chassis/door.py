"""What a service answers over HTTP beside health and metrics, and what it is given for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from structlog.typing import FilteringBoundLogger

from contracts.sources import ANY_FORM, Sources
from libraries.chassis.kafka import Cluster
from libraries.clocks.machine import machine_time

if TYPE_CHECKING:
    from libraries.chassis.database import Database


@dataclass(frozen=True, slots=True)
class Premises:
    """What a service's HTTP side works with: the cluster, its schema, its log, its clocks, and who may send what.

    `clock` shows the programme's time; the machine's is for what comes from other machines.
    """

    cluster: Cluster
    database: Database
    log: FilteringBoundLogger
    clock: Callable[[], datetime]
    sources: Sources = ANY_FORM
    machine_clock: Callable[[], datetime] = machine_time


class HttpSide(Protocol):
    """What a service answers over HTTP beside health and metrics: an ASGI application with a life of its own.

    No body of more than `body_bytes` reaches it: reading one raises Starlette's HTTPException 413.
    """

    body_bytes: int

    async def open(self) -> None:
        """Gets ready, once the database is open."""

    async def close(self) -> None:
        """Lets go of what it holds."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
