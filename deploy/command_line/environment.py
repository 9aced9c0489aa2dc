"""What commands need from the environment."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg

from libraries.chassis.environment import FileError, read_secret
from libraries.chassis.kafka import Cluster, KafkaSettings
from libraries.chassis.postgresql import DatabaseAddress, DatabaseSettings
from libraries.chassis.settings import SettingsError, read_settings

# Whoever types a command waits for it.
_PATIENCE_SECONDS: Final = 10.0


def database_address() -> DatabaseAddress:
    """The database that the environment names; raises SettingsError where a setting is missing or wrong."""
    return read_settings(DatabaseSettings).database


@asynccontextmanager
async def connected(**server_settings: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """One connection for a command, as the operator's own role."""
    connection = await database_address().connect(server_settings=server_settings, timeout=_PATIENCE_SECONDS)
    try:
        yield connection
    finally:
        await connection.close()


def kafka_cluster() -> Cluster:
    """The cluster that the environment names; raises SettingsError where a setting is missing or wrong."""
    return read_settings(KafkaSettings).cluster


def sources_file() -> Path | None:
    """The file of who may publish what on the topics of forms, where the environment names one."""
    given = os.environ.get("ENGAGE_SOURCES_FILE")
    return Path(given) if given else None


def secret(name: str) -> str | None:
    """A secret from a variable, or from the file that `<name>_FILE` names; None where neither is set."""
    if (path := os.environ.get(f"{name}_FILE")) is None:
        return os.environ.get(name)
    try:
        return read_secret(f"{name}_FILE", path)
    except FileError as error:
        raise SettingsError(str(error)) from None
