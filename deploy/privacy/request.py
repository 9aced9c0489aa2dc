"""A request to be forgotten that operators publish as a form would."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Literal
from uuid import UUID

from aiokafka.errors import KafkaError

from contracts.erasures import ErasureRequested
from contracts.event import Event, form_event_id
from contracts.sources import OPERATORS
from libraries.chassis.forms import FormPublisher
from libraries.chassis.kafka import Cluster
from libraries.chassis.watching.log import named


class RequestError(RuntimeError):
    """Kafka did not take the request, or may not have: ask again."""


async def request_erasure(
    cluster: Cluster, person_id: UUID, *, applications: Literal["go-on", "withdraw"], now: datetime
) -> Event[ErasureRequested]:
    """Publishes the request, and returns it once Kafka has it; raises RequestError."""
    data = ErasureRequested(person_id=person_id, applications=applications, requested_at=now)
    event = Event(
        id=(event_id := str(form_event_id(now, secrets.randbits(74)))),
        source=OPERATORS,  # where sources are listed, it has to be among them, with this one event
        subject=str(person_id),
        time=now,
        correlation_id=event_id,
        causation_id=None,
        traceparent=None,
        data=data,
    )
    publisher = FormPublisher(cluster, "engage-operators")
    try:
        await publisher.publish(event)
    except (KafkaError, OSError, TimeoutError) as error:
        raise RequestError(f"Kafka did not take it, or may not have ({named(error)}): ask again") from None
    finally:
        await publisher.close()
    return event
