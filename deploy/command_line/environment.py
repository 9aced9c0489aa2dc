"""What commands need from the environment."""

from __future__ import annotations

import os

from services.chassis.kafka import Cluster, KafkaSettings
from services.chassis.settings import SettingsError, read_settings


def database_url() -> str:
    """`ENGAGE_DATABASE_URL`; raises SettingsError where it is not set."""
    return _required("ENGAGE_DATABASE_URL", "postgresql://user:password@host:port/database")


def kafka_cluster() -> Cluster:
    """The cluster that the environment names; raises SettingsError where a setting is missing or wrong."""
    return read_settings(KafkaSettings).cluster


def _required(name: str, wanted: str) -> str:
    if value := os.environ.get(name):
        return value
    raise SettingsError(f"{name}: is not set (should be: {wanted})")
