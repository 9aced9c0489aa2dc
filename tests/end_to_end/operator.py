"""An operator beside a running stack: the command line, and what came of it."""

from __future__ import annotations

from deploy.local.stack import Stack
from tests.command_line import Outcome, type_in
from tests.integration.conftest import connect
from tests.kafka import read_events


def engage(stack: Stack, *arguments: str) -> Outcome:
    """Runs `engage` against a stack's servers, on a terminal so wide that no message is broken in two."""
    addresses = stack.addresses()
    servers = {f"ENGAGE_{name.upper()}": addresses[name] for name in ("database_url", "kafka_bootstrap_servers")}
    return type_in(*arguments, columns=300, environment=servers)


async def stop_lane(stack: Stack, topic: str, partition: int) -> None:
    """Stops a lane of intake as it stops itself where too much fails that nobody foresaw; no form makes it fail so."""
    connection = await connect(stack.addresses()["database_url"], "intake")
    try:
        stop = "UPDATE lane SET stopped_because = 'too much failed', revision = revision + 1"
        await connection.execute(f"{stop} WHERE topic = $1 AND partition = $2", topic, partition)
    finally:
        await connection.close()


async def is_told(stack: Stack, subject: str) -> bool:
    """Whether an event of this application was published."""
    return subject in {event.subject for event in await read_events(stack.broker.bootstrap_servers, "applications.v1")}
