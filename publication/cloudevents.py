"""The attributes of a CloudEvent as JSON Schemas: in headers (binary mode) and around the data (structured mode)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contracts.attributes import MOST_SEQUENCE_CHARACTERS, SEQUENCE_PATTERN
from contracts.envelope import STRUCTURED
from contracts.headers import MOST_HEADER_BYTES
from publication.golden import Example
from publication.schemas import Schema
from publication.versions import Version

# CloudEvents' ids are texts; Engage's own are UUIDs.
_IDENTIFIER: Final[Schema] = {"minLength": 1, "maxLength": MOST_HEADER_BYTES}
_ATTRIBUTES: Final[Mapping[str, tuple[str, Schema]]] = {
    "specversion": ("The version of CloudEvents", {"const": "1.0"}),
    "id": ("The event's id: with the source its identity, however often it arrives", _IDENTIFIER),
    "source": ("Who published it: urn:engage:<service>, or a form's own name", _IDENTIFIER),
    "subject": ("What it is about, the record's key; may be left out, and Engage leaves it out", {"format": "uuid"}),
    "time": ("When it happened, with its offset from UTC", {"format": "date-time"}),
    "correlationid": (
        "The id of the form's event that began the story; left out where that is this event itself",
        _IDENTIFIER,
    ),
    "causationid": ("The id of the event that caused this one; left out where none did", _IDENTIFIER),
    "sequence": (
        "Where it stands among what its service published: the service's lane, and a number that only grows in it."
        " Forms leave it out",
        {"pattern": SEQUENCE_PATTERN, "maxLength": MOST_SEQUENCE_CHARACTERS},
    ),
    "traceparent": (
        "The trace context in which the story began, as W3C Trace Context has it, the same in all that follows",
        {},
    ),
}
_REQUIRED: Final = ("specversion", "id", "source", "type", "time")
_STRUCTURED_TYPE: Final = {"type": "string", "pattern": f"^{re.escape(STRUCTURED)}( *;.*)?$", "maxLength": 200}


def headers_schema() -> Schema:
    """What the headers of every event in binary mode have in common."""
    content_type = {
        "type": "string", "description": "How the value is encoded", "const": "application/json"
    }  # fmt: skip
    hop = {
        "type": "string",
        "description": "The trace context in which this event was published; without ce_traceparent the story's, too",
    }
    return {
        "type": "object",
        "description": "The attributes of an event in binary mode",
        "properties": {
            **{f"ce_{name}": field for name, field in _fields().items()},
            "traceparent": hop,
            "content-type": content_type,
        },
        "required": [f"ce_{name}" for name in _REQUIRED],
    }


def headers_of(version: Version) -> Schema:
    """The headers of one event, in whichever minor version."""
    of_its_own = {f"ce_{name}": field for name, field in _of_version(version).items()}
    return _more("CloudEventsHeaders", f"The headers of {version.model.__name__}", of_its_own)


def envelope_schema() -> Schema:
    """What every event in structured mode has in common."""
    content_type = {"type": "string", "description": "How `data` is encoded", "const": "application/json"}
    return {
        "type": "object",
        "description": "An event in structured mode: attributes and data in one JSON object",
        "properties": {**_fields(), "datacontenttype": content_type},
        "required": [*_REQUIRED, "data"],
    }


def envelope_of(version: Version) -> Schema:
    """One event in structured mode, in whichever minor version."""
    fields = {**_of_version(version), "data": {"$ref": f"#/components/schemas/{version.model.__name__}"}}
    return _more("CloudEventsEnvelope", f"{version.model.__name__} in structured mode", fields)


def structured_headers() -> Schema:
    """The header of an event in structured mode."""
    said = {**_STRUCTURED_TYPE, "description": f"{STRUCTURED}, with or without a charset"}
    return {
        "type": "object",
        "description": "What says that an event is in structured mode",
        "properties": {"content-type": said},
        "required": ["content-type"],
    }


def structured(example: Example) -> dict[str, Any]:
    """A golden example in structured mode: what an SDK writes, with the same attributes and data."""
    told = {name: value for name, value in example["headers"].items() if name != "content-type"}
    attributes = {name.removeprefix("ce_"): value for name, value in told.items()}
    return {
        "headers": {"content-type": STRUCTURED},
        "payload": {**attributes, "datacontenttype": "application/json", "data": example["value"]},
    }


def _fields() -> dict[str, Schema]:
    return {
        name: {"type": "string", "description": description, **more}
        for name, (description, more) in _ATTRIBUTES.items()
    }


def _of_version(version: Version) -> dict[str, Schema]:
    # Whatever is kept on the topic: records of every minor version, those that are still to come as well.
    every_minor = f"^{re.escape(version.uri.removesuffix(str(version.model.minor)))}[0-9]+$"
    return {
        "type": {"type": "string", "const": version.model.event_type, "description": "The type of the event"},
        "dataschema": {
            "type": "string",
            "pattern": every_minor,
            "maxLength": 200,
            "description": "The version of the event",
            "examples": [version.uri],
        },
    }


def _more(base: str, description: str, fields: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": description,
        "allOf": [{"$ref": f"#/components/schemas/{base}"}],
        "properties": dict(fields),
    }
