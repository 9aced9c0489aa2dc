"""The journal in a test of something else: it hears what a service published, as it would over Kafka."""

from __future__ import annotations

from collections.abc import Sequence

from libraries.chassis.records.published import OutboxRow
from tests.conformance.stage import Stage, event_of, reads, service_named
from tests.integration.conftest import connect


async def hear(database_url: str, published: Sequence[OutboxRow], *, source: str = "urn:engage:test") -> None:
    """Has the journal of a database keep what was published."""
    connection = await connect(database_url, "journal")
    try:
        stage = Stage(service_named("journal"), connection)
        taken = [event_of(row, source=source) for row in published]
        await stage.take([each for each in taken if reads(stage.service, each)])
    finally:
        await connection.close()
