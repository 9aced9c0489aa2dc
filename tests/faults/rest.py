"""Whether a stack that is quiet holds no more memory and no more connections than it did at first."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from deploy.local.stack import Stack
from tests.faults.verdict import Verdict

_CONNECTIONS_A_SERVICE: Final = 4 + 1  # the pool's own bound, and one for the locks of duties
# Who reads its topics again from zero works through them at full speed, and keeps for the next time what that took.
_GROWTH_MB: Final = 100.0


@dataclass
class Rest:
    """What the services held when they were first quiet; later they may hold a little more, and not ever more."""

    first: dict[str, float] = field(default_factory=dict)

    async def check(self, stack: Stack, verdict: Verdict) -> None:
        """Says `unrest` of a service that holds much more memory than at first, or too many connections."""
        for name, service in stack.services.items():
            megabytes = _resident_megabytes(service.process_id)
            first = self.first.setdefault(name, megabytes)
            verdict.counted["MB at rest"] += round(megabytes)
            if megabytes > first + _GROWTH_MB:
                verdict.say("unrest", f"{name} holds {megabytes:.0f} MB at rest, at first {first:.0f}")
        open_connections = await _connections(stack)
        verdict.counted["connections at rest"] = open_connections
        if open_connections > (most := _CONNECTIONS_A_SERVICE * len(stack.services)):
            verdict.say("unrest", f"{open_connections} connections to PostgreSQL at rest, of {most} at most")


def _resident_megabytes(process_id: int) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def _connections(stack: Stack) -> int:
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return count
    finally:
        await connection.close()
