"""The files of migrations: plain SQL, the chassis's before a service's own, in the order of their names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from contracts.catalogue import SERVICES

OUTSIDE: Final = "-- squawk-disable-assume-in-transaction"
"""The first line of a file that is applied outside of a transaction: what tells the linter tells us."""

_INDEX: Final = re.compile(
    r"^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z0-9_]+)\s+ON\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration file: its name, its SQL, and the digest by which a later change is noticed."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the SQL, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def in_transaction(self) -> bool:
        """Whether it is applied in a transaction; otherwise it is one statement."""
        return not self.sql.startswith(f"{OUTSIDE}\n")

    @property
    def index(self) -> str | None:
        """The name of the index that it builds without holding up writes; None where it builds none."""
        found = _INDEX.search(self.sql)
        return None if found is None else found[1]


def migrations_of(service: str) -> tuple[Migration, ...]:
    """The chassis's migrations, where the service reads topics, then its own, each in the order of their names."""
    chassis = _of_package("libraries.chassis", "chassis") if service in SERVICES else []
    return (*chassis, *_of_package(f"services.{service}", service))


def read_migrations(folder: Iterable[Traversable], owner: str) -> list[Migration]:
    """Those among some files, in the order of their names; `owner` is the service, or `chassis`."""
    paths = sorted((path for path in folder if path.name.endswith(".sql")), key=lambda path: path.name)
    return [Migration(f"{owner}/{path.name}", path.read_text(encoding="utf-8")) for path in paths]


def _of_package(package: str, owner: str) -> list[Migration]:
    return read_migrations(files(package).joinpath("migrations").iterdir(), owner)
