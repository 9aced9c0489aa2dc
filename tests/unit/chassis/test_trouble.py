"""What is said of a failure: by its kind, with what to do, and without a driver's words."""

from __future__ import annotations

import errno
import socket
import ssl

import asyncpg
import pytest
from aiokafka import errors as kafka

from libraries.chassis.database import is_transient
from libraries.chassis.postgresql import DatabaseAddress, DatabaseAway, explained
from libraries.chassis.trouble import trouble_of

SECRET = "geheim"


@pytest.mark.parametrize(
    ("error", "cause", "does"),
    [
        (asyncpg.InvalidPasswordError(SECRET), "refused", "ENGAGE_DATABASE_PASSWORD"),
        (asyncpg.InvalidAuthorizationSpecificationError(SECRET), "refused", "engage roles"),
        (asyncpg.InvalidCatalogNameError(SECRET), "missing", "create it"),
        (asyncpg.UndefinedTableError(SECRET), "missing", "engage migrate"),
        (asyncpg.InsufficientPrivilegeError(SECRET), "refused", "engage_operators"),
        (asyncpg.TooManyConnectionsError(SECRET), "away", "max_connections"),
        (asyncpg.CannotConnectNowError(SECRET), "away", "again"),
        (asyncpg.AdminShutdownError(SECRET), "away", "again"),
        (asyncpg.ConnectionDoesNotExistError(SECRET), "away", "again"),
        (asyncpg.DiskFullError(SECRET), "refused", "disk"),
        (kafka.KafkaConnectionError(SECRET), "away", "ENGAGE_KAFKA_BOOTSTRAP_SERVERS"),
        (kafka.SaslAuthenticationFailed(SECRET), "refused", "ENGAGE_KAFKA_PASSWORD"),
        (kafka.TopicAuthorizationFailedError(SECRET), "refused", "--strimzi"),
        (kafka.UnknownTopicOrPartitionError(SECRET), "missing", "engage topics apply"),
        (kafka.IncompatibleBrokerVersion(SECRET), "refused", "--kafka apache"),
        (kafka.NotEnoughReplicasError(SECRET), "refused", "its own log"),
        (TimeoutError(SECRET), "away", "engage doctor"),
        (ConnectionRefusedError(errno.ECONNREFUSED, SECRET), "away", "engage doctor"),
        (socket.gaierror(SECRET), "away", "engage doctor"),
        (ssl.SSLError(SECRET), "away", "engage doctor"),
        (PermissionError(errno.EACCES, SECRET, "/tmp/x"), "refused", "right"),
        (OSError(errno.ENOSPC, SECRET), "refused", "room"),
        (OSError(errno.EADDRINUSE, SECRET), "refused", "another port"),
        (FileNotFoundError(errno.ENOENT, SECRET, "x.toml"), "missing", "path"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_has_its_sentence(error: Exception, cause: str, does: str) -> None:
    trouble = trouble_of(error)
    assert trouble is not None
    assert trouble.cause == cause
    assert does in str(trouble)
    assert SECRET not in str(trouble), "a driver's words may hold a password, or what somebody wrote"
    assert "\n" not in str(trouble)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), asyncpg.CheckViolationError("x"), RuntimeError("x")])
def test_what_may_be_our_mistake_is_not_laid_on_a_server(error: Exception) -> None:
    assert trouble_of(error) is None


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, SECRET), "nothing listens there"),
        (socket.gaierror(SECRET), "no such host"),
        (TimeoutError(SECRET), "no answer in time"),
        (ConnectionResetError(SECRET), "ConnectionResetError"),
    ],
)
def test_a_database_that_is_away_is_told_with_its_place_and_no_password(error: OSError, why: str) -> None:
    address = DatabaseAddress(f"postgresql://somebody:{SECRET}@db.example:5433,other.example/engage")
    away = explained(error, address)
    assert isinstance(away, DatabaseAway)
    assert str(away) == f"PostgreSQL can't be reached at db.example:5433 or other.example:5432 ({why})"
    assert is_transient(away), "services wait for it"


def test_a_socket_has_no_place() -> None:
    away = explained(FileNotFoundError(SECRET), DatabaseAddress("postgresql:///engage?host=/run/postgresql"))
    assert str(away) == "PostgreSQL can't be reached at its socket (FileNotFoundError)"
