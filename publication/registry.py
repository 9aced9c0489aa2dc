"""The register of published versions: what was once published under a name never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

import contracts
from publication.schemas import Schema, shape_of

PUBLISHED: Final = Path(contracts.__file__).parent / "published"
REGISTER: Final = "register.json"
CATALOGUE: Final = "catalogue.json"
KEPT: Final = ("schemas", "golden")
"""The directories whose files are kept for ever; they and the catalogue are what the gate compares with."""


Part: TypeAlias = Literal["writer", "reader", "golden"]
Digests: TypeAlias = dict[Part, str]
"""SHA-256 of what a version's schemas allow, and of its golden examples, in hexadecimal."""

_PARTS: Final[tuple[Part, ...]] = get_args(Part)
Versions: TypeAlias = Mapping[str, Digests]


class Register(BaseModel):
    """The digests of every version by its name, of every file that the gate compares with, and of both together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: dict[str, Digests]
    files: dict[str, str]
    digest: str

    @property
    def is_whole(self) -> bool:
        """Whether it is as it was written."""
        return self.digest == digest([self.versions, self.files])


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


def register_of(versions: Versions, files: Mapping[str, str]) -> Register:
    """The register of these versions, and of the files with these digests by their path."""
    told, listed = dict(sorted(versions.items())), dict(sorted(files.items()))
    return Register(versions=told, files=listed, digest=digest([told, listed]))


def read_register(directory: Path = PUBLISHED) -> Register:
    """The register of a directory; an empty one where nothing was published.

    Raises PublicationError where versions were published and the register is gone or can't be read.
    """
    path = directory / REGISTER
    if not path.exists():
        # An empty register takes anything: without this, whoever deletes it could publish any change.
        if any((directory / folder).exists() for folder in KEPT):
            raise PublicationError(f"versions are published in {directory} and {REGISTER} is gone: restore it")
        return register_of({}, {})
    try:
        return Register.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise PublicationError(f"{path} is no register: {where}: {problem['msg']}; restore it") from None


def schema_path(name: str, side: str) -> str:
    """Where a version's schema lies below the published directory."""
    return f"schemas/{name}.{side}.json"


def golden_path(name: str) -> str:
    """Where a version's golden examples lie below the published directory."""
    return f"golden/{name}.json"


def file_digest(text: str) -> str:
    """SHA-256 of a file's text, in hexadecimal: what `sha256sum` says of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_kept(path: str) -> bool:
    """Whether a published file is one that the gate compares with, by its path below the published directory."""
    return path == CATALOGUE or path.partition("/")[0] in KEPT


def read_published(directory: Path, name: str) -> tuple[Schema, Schema, Any]:
    """The writer's schema, the reader's and the golden examples of a published version.

    Raises PublicationError where a file is missing or no JSON.
    """
    writer, reader, golden = (
        read_json(directory, path)
        for path in (schema_path(name, "writer"), schema_path(name, "reader"), golden_path(name))
    )
    return writer, reader, golden


def read_json(directory: Path, path: str) -> Any:
    """What a published file says; raises PublicationError where it is missing or no JSON."""
    try:
        return json.loads((directory / path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PublicationError(f"{path} was published and is gone: restore it") from None
    except ValueError:
        raise PublicationError(f"{path} is no JSON any more: restore it") from None


def tampered(directory: Path, register: Register) -> Iterator[tuple[str, str]]:
    """What was edited after it was published: the version or file, and a sentence."""
    if not register.is_whole:
        yield REGISTER, "it no longer is as it was written"
    for path, expected in register.files.items():
        if file_digest(_text(directory, path)) != expected:
            yield path, "it no longer is what was published"
    for name, digests in register.versions.items():
        actual = digests_of(*read_published(directory, name))
        if parts := [part for part in _PARTS if actual[part] != digests.get(part)]:
            yield name, f"the published {' and '.join(parts)} no longer is what was published"
    for path in _found(directory):
        if path not in register.files:
            yield path, "no version that the register knows was published with it"


def _text(directory: Path, path: str) -> str:
    try:
        return (directory / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PublicationError(f"{path} was published and is gone: restore it") from None


def _found(directory: Path) -> Iterator[str]:
    for folder in KEPT:
        yield from (f"{folder}/{path.name}" for path in sorted((directory / folder).glob("*.json")))
