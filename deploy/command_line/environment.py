"""What commands need from the environment."""

from __future__ import annotations

import os

from services.chassis.settings import SettingsError


def database_url() -> str:
    """`ENGAGE_DATABASE_URL`; raises SettingsError where it is not set."""
    return _required("ENGAGE_DATABASE_URL", "postgresql://user:password@host:port/database")


def kafka_bootstrap_servers() -> str:
    """`ENGAGE_KAFKA_BOOTSTRAP_SERVERS`; raises SettingsError where it is not set."""
    return _required("ENGAGE_KAFKA_BOOTSTRAP_SERVERS", "host:port, more than one separated by commas")


def _required(name: str, wanted: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingsError(f"{name}: is not set (should be: {wanted})")
