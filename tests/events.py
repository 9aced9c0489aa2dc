"""One factory of example events: valid data of any event of the catalogue, and the event around it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from contracts.event import Event, form_event_id
from contracts.message import EventData
from publication.documents import full_document, smallest_document
from publication.schemas import schema_of
from publication.versions import Version, versions
from tests.ids import identifier

Data = TypeVar("Data", bound=EventData)

START: Final = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
_ordinals = itertools.count()


def example(model: type[Data], *, smallest: bool = False, **changes: Any) -> Data:
    """Valid data of an event: all fields as in its golden example, or as few as may be, but for `changes`.

    A field of one name has one value, so that the examples of several events tell of one application, one pair.
    """
    fields = dict(_document(model, smallest))
    for name, value in changes.items():
        if (field := model.model_fields.get(name)) is None:
            raise TypeError(f"{model.__name__} has no field {name}")
        fields[field.alias or name] = value
    return model.model_validate(fields)


def event_of(
    data: Data,
    *,
    at: datetime | None = None,
    name: str | None = None,
    source: str = "urn:form:test",
    because_of: Event[EventData] | None = None,
) -> Event[Data]:
    """The event around data: the same `name` at the same time gives the same id, none one of its own.

    Each is a second later than the one before unless `at` says when. `because_of` is what caused it.
    """
    time = at or START + timedelta(seconds=next(_ordinals))
    event_id = str(form_event_id(time, identifier(name).int if name else next(_ordinals)))
    return Event(
        id=event_id,
        source=source,
        subject=str(data.aggregate_id),
        time=time,
        correlation_id=because_of.correlation_id if because_of else event_id,
        causation_id=because_of.id if because_of else None,
        traceparent=None,
        data=data,
    )


@cache
def version_of(model: type[EventData]) -> Version:
    """The version that the catalogue lists an event as; raises LookupError where it lists none."""
    for version in versions():
        if version.model is model:
            return version
    raise LookupError(f"no topic carries {model.__name__}")


@cache
def _document(model: type[EventData], smallest: bool) -> dict[str, Any]:
    written = schema_of(version_of(model), "writer")
    document: dict[str, Any] = smallest_document(written) if smallest else full_document(written)
    return document
