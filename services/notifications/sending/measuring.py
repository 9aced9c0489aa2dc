"""Mail that waits, as figures for `/metrics`."""

from __future__ import annotations

from typing import Final

from libraries.chassis.store import Connection, named_queries
from libraries.chassis.watching import metrics
from libraries.clocks.programme import programme_clock

_QUERIES: Final = named_queries("services.notifications.sending")


async def measure_mail(connection: Connection) -> None:
    """Brings the figures of what waits to leave up to date."""
    now = programme_clock()()
    rows = {row["state"]: row for row in await connection.fetch(_QUERIES["waiting_counts"])}
    for state in ("scheduled", "sending"):
        metrics.MAILS_WAITING.labels(state).set(rows[state]["mails"] if state in rows else 0)
    first_due = min((row["first_due"] for row in rows.values()), default=now)
    metrics.MAILS_OVERDUE.set(max((now - first_due).total_seconds(), 0.0))
