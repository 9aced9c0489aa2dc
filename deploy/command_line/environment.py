"""What commands need from the environment."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from libraries.chassis.kafka import Cluster, KafkaSettings
from libraries.chassis.settings import SettingsError, read_settings


def database_url() -> str:
    """`ENGAGE_DATABASE_URL`; raises SettingsError where it is not set."""
    return _required("ENGAGE_DATABASE_URL", "postgresql://user:password@host:port/database")


@asynccontextmanager
async def connected(**server_settings: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """One connection for a command, as the operator's own role."""
    connection = await asyncpg.connect(database_url(), server_settings=server_settings)
    try:
        yield connection
    finally:
        await connection.close()


def kafka_cluster() -> Cluster:
    """The cluster that the environment names; raises SettingsError where a setting is missing or wrong."""
    return read_settings(KafkaSettings).cluster


def secret(name: str) -> str | None:
    """A secret from a variable, or from the file that `<name>_FILE` names; None where neither is set."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name)
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: {path} can't be read ({type(error).__name__})") from None


def _required(name: str, wanted: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingsError(f"{name}: is not set (should be: {wanted})")
