"""What of a failure lies with a server, a network or a right, in words that say what to do.

Said by the class of an error alone: a driver's own words may quote an address with its password, or what people wrote.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import Final, Literal, NamedTuple, TypeAlias

import asyncpg
from aiokafka import errors as kafka

from libraries.chassis.postgresql import DatabaseAway

Cause: TypeAlias = Literal["away", "refused", "missing"]
"""A server that does not answer; one that lets us not do it; something that has to be there first."""


class Trouble(NamedTuple):
    """What was met, and what to do about it: each half a sentence, without a full stop."""

    cause: Cause
    seen: str
    remedy: str

    def __str__(self) -> str:
        """Both, as one sentence."""
        return f"{self.seen}: {self.remedy}"


_DATABASE: Final = "see whether it runs, and whether ENGAGE_DATABASE_URL names it"
_KAFKA: Final = "see whether it runs, and whether ENGAGE_KAFKA_BOOTSTRAP_SERVERS names it"

_POSTGRESQL_TROUBLES: Final[tuple[tuple[tuple[type[Exception], ...], Trouble], ...]] = (
    (
        (asyncpg.InvalidAuthorizationSpecificationError,),
        Trouble(
            "refused",
            "PostgreSQL does not let this user in",
            "see the user in ENGAGE_DATABASE_URL, and its password there or in ENGAGE_DATABASE_PASSWORD; "
            "`engage roles` makes the logins",
        ),
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        Trouble("missing", "PostgreSQL has no database of this name", "create it, or name another in the URL"),
    ),
    (
        (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InvalidSchemaNameError),
        Trouble(
            "missing",
            "tables are missing, are of another version than this program, or this login may not see them",
            "see the login in ENGAGE_DATABASE_URL, then run `engage migrate`, which makes them",
        ),
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        Trouble(
            "refused",
            "this user of PostgreSQL may not do that",
            "name the login `engage_operators` in ENGAGE_DATABASE_URL, for roles an administrator, to migrate "
            "`engage_migrations`",
        ),
    ),
    (
        (asyncpg.TooManyConnectionsError,),
        Trouble("away", "PostgreSQL has no connection left", "raise its max_connections, or stop what holds them"),
    ),
    (
        (asyncpg.CannotConnectNowError, asyncpg.OperatorInterventionError),
        Trouble("away", "PostgreSQL starts, stops or recovers", "try again in a while"),
    ),
    (
        (asyncpg.PostgresConnectionError, asyncpg.ConnectionDoesNotExistError),
        Trouble("away", "the connection to PostgreSQL broke", "try again; its log says why"),
    ),
    (
        (asyncpg.DiskFullError, asyncpg.OutOfMemoryError, asyncpg.ReadOnlySQLTransactionError),
        Trouble("refused", "PostgreSQL takes nothing more", "see whether its disk is full, or whether it is a standby"),
    ),
)
_KAFKA_TROUBLES: Final[tuple[tuple[tuple[type[Exception], ...], Trouble], ...]] = (
    (
        (
            kafka.AuthenticationFailedError,
            kafka.AuthenticationMethodNotSupported,
            kafka.SaslAuthenticationFailed,
            kafka.UnsupportedSaslMechanismError,
            kafka.IllegalSaslStateError,
        ),
        Trouble(
            "refused",
            "Kafka does not let this user in",
            "see ENGAGE_KAFKA_USERNAME, ENGAGE_KAFKA_PASSWORD and ENGAGE_KAFKA_SASL_MECHANISM",
        ),
    ),
    (
        (
            kafka.TopicAuthorizationFailedError,
            kafka.GroupAuthorizationFailedError,
            kafka.ClusterAuthorizationFailedError,
            kafka.TransactionalIdAuthorizationFailed,
        ),
        Trouble(
            "refused",
            "this user of Kafka may not do that",
            "`engage contracts export --strimzi` writes the rights that each user needs",
        ),
    ),
    (
        (kafka.UnknownTopicOrPartitionError,),
        Trouble("missing", "a topic of the catalogue is missing on Kafka", "`engage topics apply` makes them"),
    ),
    (
        (kafka.IncompatibleBrokerVersion, kafka.UnrecognizedBrokerVersion, kafka.UnsupportedVersionError),
        Trouble(
            "refused",
            "this broker does not know that question",
            "it came with `engage up`, or is older than Kafka 0.11: ask Apache Kafka (`engage up --kafka apache`)",
        ),
    ),
    (
        (kafka.KafkaConnectionError, kafka.KafkaTimeoutError, kafka.KafkaUnavailableError, kafka.NoBrokersAvailable),
        Trouble("away", "Kafka can't be reached", _KAFKA),
    ),
)


def trouble_of(error: BaseException) -> Trouble | None:
    """What an error is about, where that is a server, a network, a file or a right; None where it may be ours."""
    if isinstance(error, DatabaseAway):
        return Trouble("away", str(error), _DATABASE)
    for kinds, trouble in (*_POSTGRESQL_TROUBLES, *_KAFKA_TROUBLES):
        if isinstance(error, kinds):
            return trouble
    if isinstance(error, kafka.KafkaError):
        return Trouble("refused", f"Kafka refuses that ({type(error).__name__})", "its own log says why")
    if isinstance(error, TimeoutError):
        return Trouble("away", "a server did not answer in time", "see whether it runs; `engage doctor` looks at each")
    # Before OSError, of which each of them is a kind.
    if isinstance(error, ssl.SSLError | ConnectionError | socket.gaierror):
        seen = f"a server can't be reached ({type(error).__name__})"
        return Trouble("away", seen, "`engage doctor` looks at each of them")
    if isinstance(error, OSError):
        return _of_this_machine(error)
    return None


def _of_this_machine(error: OSError) -> Trouble:
    """A file, a port, or room on this machine."""
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    named = f"{error.filename}: " if isinstance(error.filename, str) else ""
    remedies = {
        errno.EACCES: "this user needs the right to it",
        errno.EPERM: "this user needs the right to it",
        errno.ENOENT: "give the path of something that is there",
        errno.ENOSPC: "make room on the disk",
        errno.EADDRINUSE: "stop what listens there, or give another port",
    }
    remedy = remedies.get(error.errno or 0, "this machine does not let it happen")
    return Trouble("missing" if error.errno == errno.ENOENT else "refused", f"{named}{why}", remedy)
