"""Which broker the system on this machine gets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts.catalogue import TOPICS

if TYPE_CHECKING:
    from deploy.local.standing import Broker


class Kafka(StrEnum):
    """Which broker the system on this machine gets."""

    EMBEDDED = "embedded"
    APACHE = "apache"


KafkaOption = Annotated[
    Kafka, typer.Option(help="The broker: one that comes along, or Apache Kafka, which needs Java 17 and Maven")
]


def broker_of(kafka: Kafka, kept: Path | None = None) -> Broker | None:
    """The broker to put in the embedded one's place, if any."""
    if kafka is Kafka.EMBEDDED:
        return None
    # Loaded here only: nobody else needs what starts Java.
    from deploy.local.apache_kafka import ApacheKafka

    return ApacheKafka(TOPICS, directory=None if kept is None else kept / "kafka")
