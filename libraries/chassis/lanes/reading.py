"""What a record says, read as far as a service handles it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.any_event import decode_any
from contracts.codec import decode, peek_type
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.moments import MOST_AHEAD
from contracts.sources import stands_for
from contracts.violation import ContractViolation
from libraries.chassis.records.received import Received
from libraries.chassis.service import Service

TIME_AHEAD: Final = "time-ahead"
"""Why a form's record is refused whose own time lies too far ahead."""


def read_once(received: Received, service: Service, at: datetime) -> None:
    """Parses a record as `read` does, unless that was done: it may be read ahead, while another cycle commits."""
    if not received.was_read:
        received.was_read = True
        if received.violation is None:
            read(received, service, at)


def read(received: Received, service: Service, at: datetime) -> None:
    """Parses a record for a service, at a moment; an event that the service has no handler for is left unread."""
    # A type that the topic carries and nobody here handles needs no parsing: another service's business.
    if service.handlers.every is None and peek_type(received.headers) in service.handlers.skipped(received.topic):
        return
    try:
        received.event = _event_for(received, service, at)
    except ContractViolation as violation:
        # Said anew: the frames of its traceback hold the record, which would so hold itself and wait for the
        # collector, and that looks seldom.
        received.violation = ContractViolation(violation.code, str(violation), violation.problems)
    except Exception as error:  # whatever a stranger sent, it must not stop the lane
        received.violation = ContractViolation("unreadable", f"{type(error).__name__} while reading the record")


def _event_for(received: Received, service: Service, at: datetime) -> Event[EventData] | Tombstone | None:
    key, value, headers = received.key, received.value, received.headers
    if service.handlers.every is not None:
        return decode_any(key, value, headers)
    event = decode(received.topic, key, value, headers)
    if received.topic.is_form:
        service.sources.check(event.source, event.type)
        _check_time(event.time, at)
        event = event._replace(source=stands_for(event.source))
    # What nobody here handles is left out as if it said nothing: it needs no place in the inbox either.
    if isinstance(event, Tombstone):
        return event if event.retracted in service.handlers.tombstones else None
    return event if type(event.data) in service.handlers else None


def _check_time(said_at: datetime, at: datetime) -> None:
    # What a person asks to have forgotten is told by when it was said: of a day to come it would outlive the request.
    if said_at > at + MOST_AHEAD:
        right = f"must lie at most {MOST_AHEAD.days} day after it is read: set the clock of whoever sends it"
        raise ContractViolation(TIME_AHEAD, f"ce_time {right}", [("ce_time", right)])
