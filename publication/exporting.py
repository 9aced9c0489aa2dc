"""Writes everything that is published, and tells whether what lies there is fresh."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contracts.catalogue import TOPICS
from publication.asyncapi import asyncapi_document
from publication.golden import golden_examples
from publication.page import page
from publication.registry import (
    PUBLISHED,
    Digests,
    PublicationError,
    digests_of,
    golden_path,
    read_register,
    schema_path,
)
from publication.schemas import schema_of
from publication.typescript import typescript_types
from publication.versions import Version, versions
from services.intake.door.openapi import openapi_document


def generated(directory: Path = PUBLISHED) -> dict[str, str]:
    """Every file by its path below `directory`, as it should be there now.

    A version that was published before keeps its golden examples. Raises PublicationError where it would
    allow other documents than when it was published.
    """
    register = read_register(directory)
    files: dict[str, str] = {}
    for version in versions():
        files |= _files_of(version, register, directory)
    document = asyncapi_document()
    return {
        **files,
        "register.json": _text(dict(sorted(register.items()))),
        "catalogue.json": _text(catalogue()),
        "asyncapi.json": _text(document),
        "openapi.json": _text(openapi_document()),
        "index.html": page(document),
        "engage.ts": typescript_types(),
    }


def export(directory: Path = PUBLISHED) -> list[str]:
    """Writes what is not fresh, and returns its paths; raises PublicationError."""
    stale = [(path, text) for path, text in generated(directory).items() if _read(directory / path) != text]
    for path, text in stale:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    return [path for path, _ in stale]


def catalogue() -> list[dict[str, Any]]:
    """Every topic with all that the catalogue says of it."""
    return [
        {
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
        for topic in TOPICS
    ]


def _files_of(version: Version, register: dict[str, Digests], directory: Path) -> dict[str, str]:
    name = version.name
    writer = schema_of(version.model, version.uri, "writer")
    reader = schema_of(version.model, version.uri, "reader")
    if (published := register.get(name)) is None:
        golden = golden_examples(version)
        register[name] = digests_of(writer, reader, golden)
    else:
        golden = json.loads((directory / golden_path(name)).read_text(encoding="utf-8"))
        now = digests_of(writer, reader, golden)
        if changed := [part for part in ("writer", "reader") if now[part] != published[part]]:
            raise PublicationError(
                f"{name} was published, and its {' and '.join(changed)} would change. Raise `minor` of"
                f" {version.model.__name__} where `engage contracts check` finds the change compatible; else make a"
                " new type, and let the old one `upcast` to it"
            )
    return {
        schema_path(name, "writer"): _text(writer),
        schema_path(name, "reader"): _text(reader),
        golden_path(name): _text(golden),
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
