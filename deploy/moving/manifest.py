"""What an export holds: tables, partitions of topics, and the digest of each file."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libraries.chassis.records.name import LaneName
from libraries.chassis.settings import SettingsError

NAME: Final = "manifest.json"
_BYTES: Final = 1 << 20


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Filed(_Part):
    sha256: str

    @property
    @abstractmethod
    def file(self) -> str:
        """Its file within the export."""


class Division(_Part):
    """A part of a table that is divided: its name, and PostgreSQL's words for what lies in it."""

    name: str
    bounds: str


class Table(_Filed):
    """A table: its columns in the order in which they are written, its divisions, if any, and its file's digest."""

    schema_name: str
    name: str
    columns: tuple[str, ...]
    divisions: tuple[Division, ...] = ()

    @property
    def file(self) -> str:
        """Its file within the export."""
        return f"tables/{self.schema_name}.{self.name}.copy"


class Partition(_Filed):
    """A partition: the offset that its next record will have, how many records it has, and its file's digest.

    `unreadable` are those of them that no client can read, which are left out.
    """

    topic: str
    partition: int = Field(ge=0)
    end: int = Field(ge=0)
    records: int = Field(ge=0)
    unreadable: int = Field(default=0, ge=0)

    @property
    def place(self) -> LaneName:
        """The partition."""
        return LaneName(self.topic, self.partition)

    @property
    def file(self) -> str:
        """Its file within the export."""
        return file_of(self.place)


class Reader(_Part):
    """A service that has still to read some of a partition: how many of its records."""

    service: str
    topic: str
    partition: int = Field(ge=0)
    unread: int = Field(ge=0)


class Manifest(_Part):
    """An export as a whole; `migrations` are the names and digests of each schema's, which the new system must have."""

    version: Literal[1] = 1
    exported_at: datetime
    migrations: dict[str, dict[str, str]]
    tables: tuple[Table, ...]
    partitions: tuple[Partition, ...]
    readers: tuple[Reader, ...]

    def check(self, directory: Path) -> None:
        """Raises SettingsError where a file is missing or is not what was written."""
        parts: tuple[_Filed, ...] = (*self.tables, *self.partitions)
        for part in parts:
            try:
                found = digest_of(directory / part.file)
            except OSError:
                raise SettingsError(f"{directory / part.file}: is missing") from None
            if found != part.sha256:
                raise SettingsError(f"{directory / part.file}: is not what was exported: its SHA-256 is another")


def file_of(place: LaneName) -> str:
    """The file of a partition within an export."""
    return f"topics/{place.topic}-{place.partition}.records"


def read_manifest(directory: Path) -> Manifest:
    """What `engage export` wrote in a directory; raises SettingsError where it is not that, or is not whole."""
    try:
        manifest = Manifest.model_validate_json((directory / NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise SettingsError(f"{directory}: no export, or not a whole one: {type(error).__name__}") from None
    manifest.check(directory)
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
