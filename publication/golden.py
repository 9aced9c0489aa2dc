"""Golden examples: whole records of a version, made once when it is published, that must be readable for ever."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError

from contracts.codec import ContractViolation, Record, decode, encode, encode_attributes
from contracts.event import Event, form_event_id
from publication.documents import full_document, smallest_document
from publication.inexpressible import Inexpressible
from publication.schemas import Schema, schema_of
from publication.versions import Version

Example: TypeAlias = dict[str, Any]

_TIME: Final = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)  # one for all: what is made again is the same to the byte
_TOGETHER: Final = "give the field `examples=[…]`, of values that may stand together, where the contract has it"


def golden_examples(version: Version) -> list[Example]:
    """The smallest record that may be sent and a full one, as JSON.

    Raises Inexpressible where none can be made that both the schemas and the model take.
    """
    sent = schema_of(version, "writer")
    documents = {"smallest": smallest_document(sent), "full": full_document(sent)}
    examples = [
        {"example": name, "topic": version.topic.name, **_record(version, document, number)}
        for number, (name, document) in enumerate(documents.items())
    ]
    for example in examples:
        _prove(version, example)
    return examples


def _record(version: Version, document: Any, number: int) -> Example:
    key = document[version.model.key_field]
    identifier = str(form_event_id(_TIME, int(UUID(key)) + number))
    source = "urn:form:example" if version.topic.is_form else f"urn:engage:{version.topic.producers[0]}"
    headers = encode_attributes(
        identifier, source, version.model.event_type, version.model.minor, _TIME, identifier, None, None
    )
    return {"key": key, "headers": {name: value.decode() for name, value in headers}, "value": document}


def record_of(example: Example) -> Record:
    """A golden example as the record that a client would receive."""
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    return Record(example["key"].encode(), json.dumps(example["value"], ensure_ascii=False).encode(), headers)


def _prove(version: Version, example: Example) -> None:
    """What is published for ever is held against all that will ever read it: either schema, the model, the codec."""
    model, document = version.model, example["value"]
    writer, reader = (schema_of(version, side) for side in ("writer", "reader"))
    for schema in (reader, writer):
        _validate(schema, document)
    try:
        model.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Inexpressible(".".join(map(str, problem["loc"])), _quoted(problem["msg"]), _TOGETHER) from None
    try:
        event = decode(version.topic, *record_of(example))
    except (ContractViolation, ValueError) as error:
        raise Inexpressible("", f"its example can't be read: {error}", "let it `upcast` whatever it takes") from None
    # A field may be written otherwise than it is read: by an alias, by a serializer of its own. What was brought up
    # to a newer version is that one's to prove.
    if isinstance(event, Event) and type(event.data) is model:
        _validate(writer, json.loads(encode(event).value or b""))


def _validate(schema: Schema, document: Any) -> None:
    for error in Draft202012Validator(schema).iter_errors(document):
        raise Inexpressible(".".join(map(str, error.instance_path)), f"its schema refuses {error.message}", _TOGETHER)


def _quoted(message: str) -> str:
    return f"its model refuses the example: {message}"
