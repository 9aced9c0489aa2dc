"""Every file that is published, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.topic import Topic
from publication.asyncapi import asyncapi_document
from publication.connect import connect_schemas
from publication.door import published_door
from publication.duckdb import duckdb_views
from publication.facts import facts_of
from publication.golden import Example
from publication.page import page
from publication.registry import CATALOGUE, golden_path, schema_path
from publication.schemas import schema_of
from publication.typescript import typescript_types
from publication.versions import Version, versions
from publication.vocabulary import VOCABULARIES, vocabulary_document


def rendered(topics: Iterable[Topic], golden: Mapping[str, list[Example]]) -> dict[str, str]:
    """Every file but the register, by its path below the published directory.

    Raises Inexpressible.
    """
    topics = tuple(topics)
    files: dict[str, str] = {}
    for version in versions(topics):
        files |= _files_of(version, golden[version.name])
    document = asyncapi_document(topics, golden)
    return {
        **files,
        CATALOGUE: text_of([facts_of(topic) for topic in topics]),
        "asyncapi.json": text_of(document),
        "openapi.json": text_of(published_door(golden)),
        "index.html": page(document),
        "engage.ts": typescript_types(topics),
        "duckdb.sql": duckdb_views(topics),
        **{f"connect/{name}.json": text_of(schema) for name, schema in connect_schemas(topics).items()},
        VOCABULARIES: text_of(vocabulary_document()),
    }


def _files_of(version: Version, golden: list[Example]) -> dict[str, str]:
    return {
        schema_path(version.name, "writer"): text_of(schema_of(version, "writer")),
        schema_path(version.name, "reader"): text_of(schema_of(version, "reader")),
        golden_path(version.name): text_of(golden),
    }


def text_of(value: Any) -> str:
    """A JSON value as it is published."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
