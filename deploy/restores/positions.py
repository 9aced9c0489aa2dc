"""Where the lanes of every service stand in the database."""

from __future__ import annotations

from contracts.catalogue import SERVICES
from libraries.chassis.operations import list_lanes
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection


async def read_positions(connection: Connection) -> dict[str, dict[LaneName, int]]:
    """The next offset of each lane, by service; the connection's search path is another one afterwards."""
    positions = {}
    for service in SERVICES:
        await connection.execute("SELECT set_config('search_path', $1, false)", service)
        rows = await list_lanes(connection)
        positions[service] = {LaneName(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    return positions
