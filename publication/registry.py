"""The register of published versions: what was once published under a name never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypedDict

import contracts
from publication.schemas import Schema, shape_of

PUBLISHED: Final = Path(contracts.__file__).parent / "published"
REGISTER: Final = "register.json"


class Digests(TypedDict):
    """SHA-256 of what a version's schemas allow, and of its golden examples, in hexadecimal."""

    writer: str
    reader: str
    golden: str


class PublicationError(Exception):
    """Something published would change, or was changed; says what, and what to do instead."""


def digest(value: Any) -> str:
    """SHA-256 of a JSON value, whatever the order of its names, in hexadecimal."""
    # Canonical, so that a digest outlives the version of Pydantic that gave its schemas their order.
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digests_of(writer: Schema, reader: Schema, golden: Any) -> Digests:
    """The digests of a version."""
    return {"writer": digest(shape_of(writer)), "reader": digest(shape_of(reader)), "golden": digest(golden)}


def read_register(directory: Path = PUBLISHED) -> dict[str, Digests]:
    """The digests of every version published so far, by its name; empty where nothing was.

    Raises PublicationError where versions were published and the register is gone.
    """
    path = directory / REGISTER
    if not path.exists():
        # An empty register takes anything: without this, whoever deletes it could publish any change.
        if (directory / "schemas").exists():
            raise PublicationError(f"versions are published in {directory} and {REGISTER} is gone: restore it")
        return {}
    register: dict[str, Digests] = json.loads(path.read_text(encoding="utf-8"))
    return register


def schema_path(name: str, side: str) -> str:
    """Where a version's schema lies below the published directory."""
    return f"schemas/{name}.{side}.json"


def golden_path(name: str) -> str:
    """Where a version's golden examples lie below the published directory."""
    return f"golden/{name}.json"


def read_published(directory: Path, name: str) -> tuple[Schema, Schema, Any]:
    """The writer's schema, the reader's and the golden examples of a published version.

    Raises PublicationError where a file is missing.
    """
    try:
        return (
            json.loads((directory / schema_path(name, "writer")).read_text(encoding="utf-8")),
            json.loads((directory / schema_path(name, "reader")).read_text(encoding="utf-8")),
            json.loads((directory / golden_path(name)).read_text(encoding="utf-8")),
        )
    except FileNotFoundError as error:
        raise PublicationError(f"{name} was published and {Path(error.filename).name} is gone: restore it") from None


def tampered(directory: Path, register: Mapping[str, Digests]) -> list[str]:
    """What was edited after it was published, a sentence each."""
    found = []
    for name, expected in register.items():
        actual = digests_of(*read_published(directory, name))
        parts = [part for part in ("writer", "reader", "golden") if actual[part] != expected[part]]
        if parts:
            found.append(f"{name}: the published {' and '.join(parts)} no longer is what was published: restore it")
    return found
