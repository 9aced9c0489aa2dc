"""The topics as an AsyncAPI 3.0 document: channels, operations, messages, Kafka bindings, security."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version as installed_version
from typing import Any, Final

from contracts.envelope import STRUCTURED
from contracts.topic import Topic
from publication.cloudevents import (
    envelope_of,
    envelope_schema,
    headers_of,
    headers_schema,
    structured,
    structured_headers,
)
from publication.components import components, within_components
from publication.golden import Example
from publication.schemas import Schema
from publication.versions import Version, versions

_DAY_MS: Final = 24 * 60 * 60 * 1000
_BINDING: Final = "0.5.0"
_KEYED: Final = {"kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": _BINDING}}


def asyncapi_document(topics: Iterable[Topic], golden: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """The document, with every version that a topic carries and its golden examples, by its name.

    Raises Inexpressible.
    """
    topics = tuple(topics)
    found = versions(topics)
    schemas: dict[str, Schema] = {
        "CloudEventsHeaders": headers_schema(),
        "CloudEventsEnvelope": envelope_schema(),
        "CloudEventsStructuredHeaders": structured_headers(),
        **components(found),
    }
    messages: dict[str, Any] = {}
    for version in found:
        name = version.model.__name__
        schemas[f"{name}Headers"] = headers_of(version)
        messages[_message_name(version)] = _message(version, schemas[name], golden[version.name])
        if version.topic.is_form:
            schemas[f"{name}Envelope"] = envelope_of(version)
            messages[_structured_name(version)] = _in_structured_mode(version, golden[version.name])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Engage",
            "version": installed_version("engage"),
            "description": "Events of the partnership between La France s'engage and the City of Marseille: "
            "CloudEvents 1.0 in Kafka's binary mode; forms may send structured mode, too. Messages are described as "
            "readers meet them, in every version that was published: readers ignore fields that they do not know.",
            "license": {"name": "EUPL-1.2"},
            "tags": [{"name": "cloudevents"}, {"name": "kafka"}],
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
            "schemas": within_components(schemas),
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


def _structured_name(version: Version) -> str:
    return f"{_message_name(version)}.structured"


def _message(version: Version, schema: Schema, golden: Sequence[Example]) -> dict[str, Any]:
    model = version.model
    examples = [{"name": it["example"], "headers": it["headers"], "payload": it["value"]} for it in golden]
    return {
        "name": model.event_type,
        "title": model.__name__,
        "summary": schema.get("description", ""),
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{model.__name__}Headers"},
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "bindings": _KEYED,
        "examples": examples,
    }


def _in_structured_mode(version: Version, golden: Sequence[Example]) -> dict[str, Any]:
    name = version.model.__name__
    return {
        "name": version.model.event_type,
        "title": f"{name}, in structured mode",
        "summary": "The same event with its attributes in the value, as forms may send it",
        "contentType": STRUCTURED,
        "headers": {"$ref": "#/components/schemas/CloudEventsStructuredHeaders"},
        "payload": {"$ref": f"#/components/schemas/{name}Envelope"},
        "bindings": _KEYED,
        "examples": [{"name": it["example"], **structured(it)} for it in golden],
    }


def _carried(topic: Topic, found: Iterable[Version]) -> Iterator[str]:
    """The names of a topic's messages: of forms in both modes."""
    carried = {*topic.events, *topic.earlier}
    for version in found:
        if version.model in carried:
            yield _message_name(version)
            if version.topic.is_form:
                yield _structured_name(version)


def _channel(topic: Topic, found: tuple[Version, ...]) -> dict[str, Any]:
    retention = -1 if topic.retention_days is None else topic.retention_days * _DAY_MS
    kept = "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
    within = "" if topic.compacted_within_days is None else f" within {topic.compacted_within_days} days"
    last = f"; the newest of each key{within}, a record without a value ends it" if topic.compacted else ""
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": topic.description,
        "description": f"Key: {topic.key}. Kept {kept}{last}. Class: {topic.privacy}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _carried(topic, found)},
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
    messages = [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _carried(topic, found)]
    action = "receive" if topic.is_form else "send"
    return {
        f"{action}-{topic.name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "title": topic.description,
            "description": f"{'Forms publish' if topic.is_form else 'Engage publishes'}: {topic.description}",
            "messages": messages,
        }
    }
