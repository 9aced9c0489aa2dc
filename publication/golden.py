"""Golden examples: whole records of a version, made once when it is published, that must be readable for ever."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.codec import Record, encode_attributes
from contracts.event import form_event_id
from publication.documents import full_document, smallest_document
from publication.schemas import Side, schema_of
from publication.versions import Version

_TIME = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)


def golden_examples(version: Version) -> list[dict[str, Any]]:
    """The smallest record that may be sent and a full one, as JSON."""
    model = version.model
    # A form may leave out what has a default; a service writes every field.
    sent: Side = "reader" if version.topic.is_form else "writer"
    documents = {
        "smallest": smallest_document(schema_of(model, version.uri, sent)),
        "full": full_document(schema_of(model, version.uri, "writer")),
    }
    return [
        {"example": name, "topic": version.topic.name, **_record(version, document, number)}
        for number, (name, document) in enumerate(documents.items())
    ]


def _record(version: Version, document: Any, number: int) -> dict[str, Any]:
    key = document[version.model.key_field]
    identifier = form_event_id(_TIME, int(UUID(key)) + number)
    source = "urn:form:example" if version.topic.is_form else f"urn:engage:{version.topic.producers[0]}"
    headers = encode_attributes(
        identifier, source, version.model.event_type, version.model.minor, _TIME, identifier, None, None
    )
    return {"key": key, "headers": {name: value.decode() for name, value in headers}, "value": document}


def record_of(example: dict[str, Any]) -> Record:
    """A golden example as the record that a client would receive."""
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    return Record(example["key"].encode(), json.dumps(example["value"], ensure_ascii=False).encode(), headers)
