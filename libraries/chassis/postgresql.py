"""How to reach PostgreSQL: its address, who we are to it, and how it proves who it is."""

from __future__ import annotations

import re
import socket
import ssl
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
from pydantic import Field, FilePath, PostgresDsn, SecretStr, model_validator

from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.transport import NotVerified, Tls, tls_to, verifying

_PORT: Final = 5432
_CONNECT_SECONDS: Final = 10.0
"""A server that answers at all lets somebody in sooner; who hangs longer than that asks anew."""

_SILENT_SECONDS: Final = 30
_FIRST_QUESTION_SECONDS: Final = 10
_QUESTION_SECONDS: Final = 5
_QUESTIONS: Final = (_SILENT_SECONDS - _FIRST_QUESTION_SECONDS) // _QUESTION_SECONDS

NOTICING_SILENCE: Final = {
    "tcp_user_timeout": f"{_SILENT_SECONDS}s",
    "tcp_keepalives_idle": f"{_FIRST_QUESTION_SECONDS}",
    "tcp_keepalives_interval": f"{_QUESTION_SECONDS}",
    "tcp_keepalives_count": f"{_QUESTIONS}",
}
"""What has the server end a session, and its locks, half a minute after a network began to swallow all that it says."""
_HAS_PORT: Final = re.compile(r":\d+$")


class DatabaseAway(ConnectionError):
    """PostgreSQL does not answer; the text says where it was looked for and why, and nothing secret."""


@dataclass(frozen=True)
class DatabaseAddress:
    """A database as a client reaches it; without `tls` in the clear. A password may stand apart from the URL."""

    url: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def places(self) -> list[str]:
        """The hosts that the URL names before its path, each with its port; none where it is a socket."""
        named = urlsplit(self.url).netloc.rpartition("@")[2].split(",")
        return [host if _HAS_PORT.search(host) else f"{host}:{_PORT}" for host in named if host]

    @property
    def options(self) -> dict[str, Any]:
        """What every connection of asyncpg must be given."""
        # Said in any case: asyncpg itself would take TLS where it is offered, and check nothing.
        return {"dsn": self.url, "ssl": self.tls or False, "password": self.password, "timeout": _CONNECT_SECONDS}

    async def connect(self, **options: Any) -> asyncpg.Connection[asyncpg.Record]:
        """One connection; raises NotVerified, DatabaseAway, and what asyncpg raises."""
        try:
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(**{**self.options, **options})
        except (OSError, ssl.SSLError) as error:
            raise explained(error, self) from None
        await notice_silence(connection)
        return connection

    async def pool(self, most: int, **options: Any) -> asyncpg.Pool[asyncpg.Record]:
        """A pool of at most so many connections, begun with one; raises what `connect` does."""
        try:
            return await asyncpg.create_pool(**self.options, min_size=1, max_size=most, init=notice_silence, **options)
        except (OSError, ssl.SSLError) as error:
            raise explained(error, self) from None


async def notice_silence(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Has this machine end a connection half a minute after the other side went silent, whoever waits for it.

    Else it would repeat what it said for a quarter of an hour, and never find out while it says nothing.
    """
    # asyncpg has no option for it, and no public name for what it speaks through.
    talking: socket.socket = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    if talking.family not in (socket.AF_INET, socket.AF_INET6):
        return
    talking.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        talking.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _FIRST_QUESTION_SECONDS)
        talking.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _QUESTION_SECONDS)
        talking.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _QUESTIONS)
        talking.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_SECONDS * 1000)


def explained(error: Exception, address: DatabaseAddress) -> Exception:
    """What an error of connecting means: NotVerified where the trouble is TLS, else DatabaseAway."""
    # asyncpg says with a bare ConnectionError that the server refuses TLS; a server that is away has a subclass.
    if address.tls is not None and (isinstance(error, ssl.SSLError) or type(error) is ConnectionError):
        why = getattr(error, "verify_message", "") or "it offers no TLS, or not one that we speak"
        return NotVerified(
            f"ENGAGE_DATABASE_TLS: PostgreSQL does not prove who it is ({why}); ENGAGE_DATABASE_CA_FILE names who "
            "signed its certificate, and `off` says that the connection needs no protection"
        )
    where = " or ".join(address.places) or "its socket"
    return DatabaseAway(f"PostgreSQL can't be reached at {where} ({_why(error)})")


def _why(error: Exception) -> str:
    """Why nobody answered, by the class of the error: its text may hold more than that."""
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return type(error).__name__


class DatabaseSettings(EnvironmentSettings):
    """How to reach PostgreSQL."""

    database_url: PostgresDsn = Field(description="postgresql://user:password@host:port/database")
    database_password: SecretStr | None = Field(
        None, description="The user's password, where it is not in ENGAGE_DATABASE_URL"
    )
    database_tls: Tls | None = Field(
        None,
        description="`verify`: TLS, with the server's certificate and name checked; `off`: in the clear; without it "
        "`verify` where the server is another machine",
    )
    database_ca_file: FilePath | None = Field(
        None, description="PEM file of the authority that signed PostgreSQL's certificate; without it the system's"
    )

    @model_validator(mode="after")
    def _check_database(self) -> DatabaseSettings:
        queried = parse_qs(self.database_url.query or "")
        if stray := sorted(name for name in queried if name.startswith("ssl") or name == "service"):
            raise ValueError(f"ENGAGE_DATABASE_URL: must not say {', '.join(stray)}: ENGAGE_DATABASE_TLS does")
        try:
            _ = self.database
        except ValueError as error:
            raise ValueError(f"ENGAGE_DATABASE_CA_FILE: {error}") from None
        return self

    @property
    def _hosts(self) -> list[str]:
        named = [host["host"] or "" for host in self.database_url.hosts()]
        # A host in the query counts beside that before the path, as asyncpg has it: a socket's directory, for one.
        queried = parse_qs(self.database_url.query or "").get("host", [])
        return [*named, *(host for hosts in queried for host in hosts.split(","))]

    @cached_property
    def database(self) -> DatabaseAddress:
        """The database that these settings name."""
        password = None if self.database_password is None else self.database_password.get_secret_value()
        verified = tls_to(self._hosts, self.database_tls) == "verify"
        return DatabaseAddress(str(self.database_url), verifying(self.database_ca_file) if verified else None, password)
