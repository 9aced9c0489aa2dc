"""What is told of dead letters: to operators always, and on a public topic to the form that could mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from contracts.codec import Told, told_of
from contracts.dead_letters import DeadLetterRecorded, id_in, parts_of, said_of
from contracts.refusals import FormRefused, Problem
from contracts.violation import MOST_PROBLEMS
from libraries.chassis.records.published import Cause, OutboxRow
from libraries.chassis.records.received import UNFORESEEN, Received
from libraries.chassis.store import NO_STORE
from libraries.chassis.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from libraries.chassis.service import Service


def told_as_dead(received: Received, service: Service) -> list[OutboxRow]:
    """The events that tell of a dead letter; their ids and times come from the record alone.

    They belong to the story of the record's event, where its ids can be read; else they begin one.
    """
    unit: UnitOfWork[Any] = UnitOfWork(service.name, NO_STORE)
    identifier, told = received.dead_letter_id(service.name), _told(received, service)
    correlation = told.correlation_id or str(identifier)
    unit.because_of(Cause(identifier, received.recorded_at, correlation, id=told.id))
    unit.publish(_dead_letter(received, service.name, identifier, told))
    # What failed unforeseen is ours to repair: the form has done nothing wrong, and has nothing to send again.
    if received.topic.is_form and received.reason not in UNFORESEEN:
        unit.publish(_refusal(received, service.name, identifier, told))
    return unit.published


def _told(received: Received, service: Service) -> Told:
    """What a record says of its event, as far as that may be passed on; of a source that is not known nothing."""
    said = told_of(received.topic, received.value, received.headers)
    if received.topic.is_form and not service.sources.knows(said.source or ""):
        return said._replace(source=None)
    return said


def _dead_letter(received: Received, service: str, identifier: UUID, told: Told) -> DeadLetterRecorded:
    return DeadLetterRecorded(
        dead_letter_id=identifier,
        service=service,
        topic=received.topic.name,
        partition=received.partition,
        offset=received.offset,
        reason=received.reason,
        detail=said_of(received.detail),
        recorded_at=received.recorded_at,
        subject_id=id_in(received.key),
        event_id=None if told.id is None else id_in(told.id.encode()),
        parts=parts_of(received.key, received.value, received.headers),
        ce_id=told.id,
        ce_source=told.source,
        ce_type=told.type,
    )


def _refusal(received: Received, service: str, identifier: UUID, told: Told) -> FormRefused:
    violation = received.violation
    problems = () if violation is None or violation.code != received.reason else violation.problems
    return FormRefused(
        refusal_id=identifier,
        service=service,
        topic=received.topic.name,
        partition=received.partition,
        offset=received.offset,
        recorded_at=received.recorded_at,
        reason=received.reason,
        detail=said_of(received.detail),
        problems=tuple(
            Problem(field=said_of(field), expected=said_of(expected)) for field, expected in problems[:MOST_PROBLEMS]
        ),
        subject_id=id_in(received.key),
        ce_id=told.id,
        ce_source=told.source,
        ce_type=told.type,
    )
