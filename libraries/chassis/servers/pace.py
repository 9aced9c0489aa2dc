"""How patient a member of a group is with its brokers, and they with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a broker may hold back an empty answer, and for how long members may be silent or let go, in ms.

    A long hold costs an idle service nothing, and with Apache Kafka delays no record. But what is resumed or
    sought meanwhile waits for the answer, and librdkafka's mock answers late whatever comes: so there is a
    shorter one for as long as things happen.
    """

    busy_wait_ms: int = 10
    idle_wait_ms: int = 500
    session_timeout_ms: int = 10_000
    stop_ms: int = 10_000
