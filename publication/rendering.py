"""Every file that is published, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.topic import Topic
from publication.asyncapi import asyncapi_document
from publication.golden import Example
from publication.page import page
from publication.registry import REGISTER, Digests, golden_path, schema_path
from publication.schemas import schema_of
from publication.typescript import typescript_types
from publication.versions import Version, versions
from publication.vocabulary import VOCABULARIES, vocabulary_document
from services.intake.door.openapi import openapi_document


def rendered(
    topics: Iterable[Topic], golden: Mapping[str, list[Example]], register: Mapping[str, Digests]
) -> dict[str, str]:
    """Every file by its path below the published directory; the register comes last.

    Raises Inexpressible.
    """
    topics = tuple(topics)
    files: dict[str, str] = {}
    for version in versions(topics):
        files |= _files_of(version, golden[version.name])
    document = asyncapi_document(topics, golden)
    return {
        **files,
        "catalogue.json": _text([facts_of(topic) for topic in topics]),
        "asyncapi.json": _text(document),
        "openapi.json": _text(openapi_document()),
        "index.html": page(document),
        "engage.ts": typescript_types(topics),
        VOCABULARIES: _text(vocabulary_document()),
        REGISTER: _text(register),
    }


def facts_of(topic: Topic) -> dict[str, Any]:
    """All that the catalogue says of a topic."""
    return {
        "topic": topic.name,
        "description": topic.description,
        "key": topic.key,
        "partitions": topic.partitions,
        "retention_days": topic.retention_days,
        "compacted": topic.compacted,
        "privacy": topic.privacy,
        "producers": list(topic.producers),
        "consumers": list(topic.consumers),
        "events": [event.event_type for event in topic.events],
        "earlier": [event.event_type for event in topic.earlier],
    }


def _files_of(version: Version, golden: list[Example]) -> dict[str, str]:
    return {
        schema_path(version.name, "writer"): _text(schema_of(version.model, version.uri, "writer")),
        schema_path(version.name, "reader"): _text(schema_of(version.model, version.uri, "reader")),
        golden_path(version.name): _text(golden),
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
