"""TLS against real servers with a real authority: who proves who they are is talked to, and nobody else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP
from pydantic_settings import BaseSettings

from deploy.local.postgresql import PostgreSQL
from deploy.roles import apply_roles
from libraries.chassis.database import Database
from libraries.chassis.postgresql import DatabaseAddress, DatabaseSettings
from libraries.chassis.settings import read_settings
from libraries.chassis.transport import NotVerified
from services.notifications.mails.composing import Mail
from services.notifications.sending.smtp import Delivery, Mailer
from services.notifications.settings import MailSettings
from tests.authority import Authority
from tests.integration.postgresql_over_tls import postgresql_over_tls

PASSWORD: Final = "correct horse battery staple"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


def read(monkeypatch: pytest.MonkeyPatch, kind: type[BaseSettings], **settings: object) -> Any:
    for name, value in settings.items():
        monkeypatch.setenv(f"ENGAGE_{name.upper()}", str(value))
    return read_settings(kind)


# PostgreSQL


@pytest.fixture(scope="module")
def port(authority: Authority) -> Iterator[int]:
    """A server that lets `engage_intake` in over TLS alone, by its password, and shows that it is 127.0.0.1."""
    with postgresql_over_tls(authority.sign("postgresql", "IP:127.0.0.1")) as server:
        asyncio.run(_make_login(server.url))
        yield server.port


async def _make_login(url: str) -> None:
    connection = await asyncpg.connect(url)
    await apply_roles(connection, {"intake": PASSWORD})
    await connection.execute("CREATE SCHEMA intake; GRANT USAGE ON SCHEMA intake TO engage_intake")
    await connection.close()


def database(
    monkeypatch: pytest.MonkeyPatch, port: int, authority: Authority, *, host: str = "127.0.0.1", tls: str = "verify"
) -> DatabaseAddress:
    address: DatabaseAddress = read(
        monkeypatch,
        DatabaseSettings,
        database_url=f"postgresql://engage_intake@{host}:{port}/postgres",
        database_password=PASSWORD,
        database_ca_file=authority.file,
        database_tls=tls,
    ).database
    return address


async def test_a_service_reaches_postgresql_over_tls_by_its_password(
    monkeypatch: pytest.MonkeyPatch, port: int, authority: Authority
) -> None:
    address = database(monkeypatch, port, authority)
    assert PASSWORD not in repr(address)
    opened = Database(address, "intake", 2)
    await opened.open()
    try:
        query = "SELECT ssl AND usename = 'engage_intake' FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
        assert await opened.pool.fetchval(f"{query} WHERE pid = pg_backend_pid()")
    finally:
        await opened.close()
    alone = await opened.connect()
    await alone.close()


async def test_postgresql_without_tls_is_not_spoken_to(
    monkeypatch: pytest.MonkeyPatch, postgresql: PostgreSQL, authority: Authority
) -> None:
    """As where somebody in between takes TLS away."""
    address = database(monkeypatch, postgresql.port, authority)
    with pytest.raises(NotVerified, match=r"ENGAGE_DATABASE_TLS: .*it offers no TLS.*`off`"):
        await Database(address, "intake", 2).open()
    with pytest.raises(NotVerified, match="ENGAGE_DATABASE_CA_FILE"):
        await address.connect()


async def test_postgresql_of_another_authority_or_name_is_not_spoken_to(
    monkeypatch: pytest.MonkeyPatch, port: int, authority: Authority, stranger: Authority
) -> None:
    with pytest.raises(NotVerified, match="unable to get local issuer certificate"):
        await database(monkeypatch, port, stranger).connect()
    with pytest.raises(NotVerified, match="localhost"):
        await Database(database(monkeypatch, port, authority, host="localhost"), "intake", 2).open()


async def test_off_is_in_the_clear_and_postgresql_may_refuse_it(
    monkeypatch: pytest.MonkeyPatch, port: int, authority: Authority
) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        await database(monkeypatch, port, authority, tls="off").connect()


# SMTP


@asynccontextmanager
async def smtp_server(
    *, start_tls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    def session() -> SMTP:
        return SMTP(Sink(), hostname="localhost", tls_context=start_tls, require_starttls=start_tls is not None)

    listening = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls)
    yield listening.sockets[0].getsockname()[1]
    listening.close()


async def deliver(monkeypatch: pytest.MonkeyPatch, port: int, scheme: str = "smtp", **settings: object) -> Delivery:
    server = read(monkeypatch, MailSettings, smtp_url=f"{scheme}://127.0.0.1:{port}", **settings).server
    mailer = Mailer(server, connections=1, local_hostname="ville.example", timeout_seconds=5)
    try:
        content = b"Subject: x\r\n\r\nx\r\n"
        mail = Mail("a@ville.example", "b@asso.example", international=False, content=content, fields=("Subject",))
        return await mailer.deliver(mail, deadline=asyncio.get_running_loop().time() + 10)
    finally:
        await mailer.close()


async def test_mail_leaves_over_starttls_and_over_smtps(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    context = authority.sign("mail").server_context()
    async with smtp_server(start_tls=context) as port:
        delivery = await deliver(monkeypatch, port, smtp_tls="verify", smtp_ca_file=authority.file)
        assert delivery == Delivery("accepted")
    async with smtp_server(tls=context) as port:
        assert await deliver(monkeypatch, port, "smtps", smtp_ca_file=authority.file) == Delivery("accepted")


async def test_starttls_can_not_be_taken_away(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    async with smtp_server() as port:
        delivery = await deliver(monkeypatch, port, smtp_tls="verify", smtp_ca_file=authority.file)
        assert delivery == Delivery("deferred", "smtp-tls", unreachable=True), "mail waits"
        assert await deliver(monkeypatch, port, smtp_tls="off") == Delivery("accepted")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_mail_server_that_does_not_prove_itself_gets_no_mail(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, stranger: Authority, scheme: str, wrong: str
) -> None:
    signer = stranger if wrong == "authority" else authority
    names = "DNS:mail.example" if wrong == "name" else "IP:127.0.0.1"
    context = signer.sign("wrong", names).server_context()
    async with smtp_server(**{"tls" if scheme == "smtps" else "start_tls": context}) as port:
        delivery = await deliver(monkeypatch, port, scheme, smtp_tls="verify", smtp_ca_file=authority.file)
        assert delivery == Delivery("deferred", "smtp-tls", unreachable=True)
