"""The topics as an AsyncAPI 3.0 document: channels, operations, messages, Kafka bindings, security."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version as installed_version
from typing import Any, Final

from contracts.attributes import MOST_HEADER_BYTES, MOST_SEQUENCE_CHARACTERS, SEQUENCE_PATTERN
from contracts.topic import Topic
from publication.components import Components, side_of
from publication.golden import Example
from publication.schemas import Schema, Side
from publication.versions import Version, versions

_DAY_MS: Final = 24 * 60 * 60 * 1000
_BINDING: Final = "0.5.0"
_HEADERS: Final[Mapping[str, tuple[str, Schema]]] = {
    "ce_specversion": ("The version of CloudEvents", {"const": "1.0"}),
    "ce_id": (
        "The event's id: with `ce_source` its identity, however often it arrives. Engage's own are UUIDs; a form's is "
        "any text without control characters",
        {"minLength": 1, "maxLength": MOST_HEADER_BYTES},
    ),
    "ce_source": ("Who published it: urn:engage:<service>, or a form's own name", {}),
    "ce_subject": ("What it is about, the record's key; may be left out, and Engage leaves it out", {"format": "uuid"}),
    "ce_time": ("When it happened, with its offset from UTC", {"format": "date-time"}),
    "ce_correlationid": (
        "The id of the form's event that began the story; left out where that is this event itself",
        {"minLength": 1, "maxLength": MOST_HEADER_BYTES},
    ),
    "ce_causationid": (
        "The id of the event that caused this one; left out where none did",
        {"minLength": 1, "maxLength": MOST_HEADER_BYTES},
    ),
    "ce_sequence": (
        "Where it stands among what its service published: the service's lane, and a number that only grows in it."
        " Forms leave it out",
        {"pattern": SEQUENCE_PATTERN, "maxLength": MOST_SEQUENCE_CHARACTERS},
    ),
    "traceparent": ("The trace that it belongs to, as W3C Trace Context has it", {}),
    "content-type": ("How the value is encoded", {"const": "application/json"}),
}
_REQUIRED: Final = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"]


def asyncapi_document(topics: Iterable[Topic], golden: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """The document, with every version that a topic carries and its golden examples, by its name.

    Raises Inexpressible.
    """
    topics = tuple(topics)
    found = versions(topics)
    components = Components(found)
    schemas = {it.name: _shared(it.schema, components, it.side) for it in components}
    messages = {_message_name(it): _message(it, components, golden[it.name]) for it in found}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Engage",
            "version": installed_version("engage"),
            "description": "Events of the partnership between La France s'engage and the City of Marseille: "
            "CloudEvents 1.0 in Kafka's binary mode. Readers ignore fields that they do not know.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka-secure",
                "description": "The City's Kafka cluster",
                "variables": {"bootstrap": {"description": "host:port of a broker", "default": "localhost:9092"}},
                "security": [{"$ref": "#/components/securitySchemes/scram"}],
            }
        },
        "channels": {topic.name: _channel(topic, found) for topic in topics},
        "operations": {name: operation for topic in topics for name, operation in _operations(topic, found).items()},
        "components": {
            "schemas": {"CloudEventsHeaders": _headers(), **schemas},
            "messages": messages,
            "securitySchemes": {
                "scram": {
                    "type": "scramSha512",
                    "description": "A user a program, who may read or write what its kind is granted and no more",
                }
            },
        },
    }


def _message_name(version: Version) -> str:
    return version.model.event_type.removeprefix("engage.")


def _headers() -> Schema:
    fields = {
        name: {"type": "string", "description": description, **more} for name, (description, more) in _HEADERS.items()
    }
    return {"type": "object", "properties": fields, "required": _REQUIRED}


def _message(version: Version, components: Components, golden: Sequence[Example]) -> dict[str, Any]:
    model = version.model
    name = components.name(model.__name__, side_of(version))
    schema = components[model.__name__, side_of(version)]
    examples = [{"name": it["example"], "headers": it["headers"], "payload": it["value"]} for it in golden]
    return {
        "name": model.event_type,
        "title": model.__name__,
        "summary": schema.get("description", ""),
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEventsHeaders"},
                {
                    "type": "object",
                    "properties": {
                        "ce_type": {"type": "string", "const": model.event_type},
                        "ce_dataschema": {"type": "string", "const": version.uri},
                    },
                },
            ]
        },
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": _BINDING}},
        "examples": examples,
    }


def _shared(part: Any, components: Components, side: Side) -> Any:
    """A schema whose references lead to the document's components."""
    if isinstance(part, dict):
        return {
            name: f"#/components/schemas/{components.name(value.rpartition('/')[2], side)}"
            if name == "$ref"
            else _shared(value, components, side)
            for name, value in part.items()
        }
    return [_shared(value, components, side) for value in part] if isinstance(part, list) else part


def _channel(topic: Topic, found: tuple[Version, ...]) -> dict[str, Any]:
    retention = -1 if topic.retention_days is None else topic.retention_days * _DAY_MS
    carried = {*topic.events, *topic.earlier}
    kept = "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
    within = "" if topic.compacted_within_days is None else f" within {topic.compacted_within_days} days"
    last = f"; the newest of each key{within}, a record without a value ends it" if topic.compacted else ""
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": topic.description,
        "description": f"Key: {topic.key}. Kept {kept}{last}. Class: {topic.privacy}.",
        "messages": {
            _message_name(it): {"$ref": f"#/components/messages/{_message_name(it)}"}
            for it in found
            if it.model in carried
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"],
                    "retention.ms": retention,
                },
                "bindingVersion": _BINDING,
            }
        },
        "x-privacy": topic.privacy,
        "x-producers": list(topic.producers),
        "x-consumers": list(topic.consumers),
    }


def _operations(topic: Topic, found: tuple[Version, ...]) -> dict[str, Any]:
    """What Engage does with a topic: it receives what forms send, and sends what others receive."""
    carried = {*topic.events, *topic.earlier}
    messages = [
        {"$ref": f"#/channels/{topic.name}/messages/{_message_name(it)}"} for it in found if it.model in carried
    ]
    action = "receive" if topic.is_form else "send"
    return {
        f"{action}-{topic.name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "title": topic.description,
            "messages": messages,
        }
    }
