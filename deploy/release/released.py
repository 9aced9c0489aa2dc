"""What each release brought for good: migrations, which are never edited, and versions of contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from deploy.release.texts import ReleaseError
from libraries.chassis.servers.migration_files import Migration, read_migrations

PATH: Final = "deploy/release/released.json"
_CHASSIS: Final = "libraries/chassis/migrations"
_SERVICES: Final = "services/*/migrations"


class Brought(BaseModel):
    """What a release brought: the digest of each migration by its name, and the names of versions of contracts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    migrations: dict[str, str]
    contracts: tuple[str, ...]


class _Register(RootModel[dict[str, Brought]]):
    pass


Register: TypeAlias = Mapping[str, Brought]
"""By the version of each release, the first one first."""


def read_register(repository: Path) -> Register:
    """What was released so far; raises ReleaseError where the file is missing or wrong."""
    try:
        return _Register.model_validate_json((repository / PATH).read_bytes()).root
    except FileNotFoundError:
        raise ReleaseError(f"{PATH} is gone: restore it") from None
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise ReleaseError(f"{PATH}: {where}: {problem['msg']}: restore it") from None


def with_release(register: Register, version: str, migrations: Sequence[Migration], contracts: Sequence[str]) -> str:
    """The text of the register with one more release, which brings what none before it did."""
    known = {name for brought in register.values() for name in (*brought.migrations, *brought.contracts)}
    brought = Brought(
        migrations={each.name: each.digest for each in migrations if each.name not in known},
        contracts=tuple(sorted(name for name in contracts if name not in known)),
    )
    whole = _Register({**register, version: brought})
    return json.dumps(whole.model_dump(mode="json"), indent=1) + "\n"


def migrations_in(repository: Path) -> list[Migration]:
    """Every migration of a checkout."""
    found = read_migrations((repository / _CHASSIS).iterdir(), "chassis")
    for folder in sorted(repository.glob(_SERVICES)):
        found += read_migrations(folder.iterdir(), folder.parent.name)
    return found


def mistakes(register: Register, migrations: Sequence[Migration]) -> Iterator[str]:
    """What of the migrations would leave databases behind that a release has made, as sentences."""
    present = {each.name: each.digest for each in migrations}
    last: dict[str, str] = {}
    for version, brought in register.items():
        for name, digest in brought.migrations.items():
            owner = name.partition("/")[0]
            last[owner] = max(name, last.get(owner, ""))
            if name not in present:
                yield f"{name} was released with {version} and is gone: restore it, and undo what it does in a new file"
            elif present[name] != digest:
                yield f"{name} was released with {version} and was edited: restore it, and write a new file instead"
    released = {name for brought in register.values() for name in brought.migrations}
    for name in present.keys() - released:
        if name < (before := last.get(name.partition("/")[0], "")):
            yield f"{name} would come before {before}, which was released: give it a higher number"
