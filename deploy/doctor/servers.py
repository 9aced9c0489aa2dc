"""PostgreSQL, Kafka, the mail server and the services themselves, as they answer."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from deploy.doctor.finding import Finding, Findings
from deploy.roles import LOGINS, WITH_SCHEMA
from deploy.topic_plan import differences, read_cluster, replication_of
from deploy.topics import TopicsError
from libraries.chassis.kafka import Cluster, KafkaSettings
from libraries.chassis.postgresql import DatabaseAddress, DatabaseSettings
from libraries.chassis.programmes import in_force
from libraries.chassis.servers.migration import MigrationError, NotMigrated, check_migrated
from libraries.programme.about import IDENTITY
from services.notifications.sending.smtp import Mailer
from services.notifications.settings import MailSettings

_MOST_CLOCK_APART: Final = timedelta(seconds=5)
_OLDEST_POSTGRESQL: Final = 15
_HEALTH_SECONDS: Final = 5.0
_MOST_ANSWER: Final = 500


async def look_at_postgresql(settings: DatabaseSettings) -> Findings:
    """Its version, its clock, the schemas of all services, and whether these have logins of their own."""
    async with _connection(settings.database) as connection:
        version = connection.get_server_version().major
        encrypted = "encrypted" if settings.database.tls is not None else "in the clear"
        login = await connection.fetchval("SELECT current_user")
        yield (
            Finding("postgresql", "ok", f"version {version}, {encrypted}, as {login}")
            if version >= _OLDEST_POSTGRESQL
            else Finding("postgresql", "failed", f"version {version}", f"move to {_OLDEST_POSTGRESQL} or later")
        )
        yield _clock(await connection.fetchval("SELECT clock_timestamp()"))
        for service in WITH_SCHEMA:
            yield await _schema(connection, service)
            yield await _programme(connection, service)
        yield await _separation(connection, login)


@asynccontextmanager
async def _connection(address: DatabaseAddress) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await address.connect()
    try:
        yield connection
    finally:
        await connection.close(timeout=1)


def _clock(theirs: datetime) -> Finding:
    apart = abs(theirs - datetime.now(UTC))
    if apart <= _MOST_CLOCK_APART:
        return Finding("clocks", "ok", "this machine's and PostgreSQL's agree")
    seen = f"this machine's and PostgreSQL's are {apart.total_seconds():.0f} seconds apart"
    return Finding("clocks", "warning", seen, "set both by NTP: what is due is due by them")


async def _schema(connection: asyncpg.Connection[asyncpg.Record], service: str) -> Finding:
    thing = f"schema {service}"
    try:
        await check_migrated(connection, service)
    except NotMigrated as error:
        return Finding(thing, "failed", str(error), "engage migrate")
    except MigrationError as error:
        return Finding(thing, "failed", str(error), "see what `engage --version` says here and where the services run")
    except asyncpg.InsufficientPrivilegeError:
        return Finding(thing, "not-tried", "this login may not see it")
    return Finding(thing, "ok", "up to date")


async def _programme(connection: asyncpg.Connection[asyncpg.Record], service: str) -> Finding:
    """Whether the service decides by the programme that this command was given, as the others were."""
    thing = f"programme of {service}"
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('search_path', $1, true)", service)
            held = await in_force(connection)
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return Finding(thing, "not-tried", "this login may not see it, or it is not there yet")
    if held is None:
        return Finding(thing, "ok", "none yet: the one of its first start will be in force")
    seen = f"{held.identity}, since {held.since:%Y-%m-%d %H:%M} UTC"
    if held.identity.digest == IDENTITY.digest:
        return Finding(thing, "ok", seen)
    remedy = "give it by ENGAGE_PROGRAMME to all processes, or stop them and run engage programme activate"
    return Finding(thing, "warning", f"{seen}; this command has {IDENTITY}", remedy)


async def _separation(connection: asyncpg.Connection[asyncpg.Record], login: str) -> Finding:
    """Whether services are kept apart: each has a login of its own, which sees no other's schema."""
    present = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles WHERE rolcanlogin")}
    if missing := sorted(login for login in (f"engage_{name}" for name in LOGINS) if login not in present):
        seen = f"there is no login {', '.join(missing)}: services that share one can read each other's tables"
        return Finding("logins", "warning", seen, "engage roles, and one login for each service")
    if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        return Finding("logins", "warning", f"{login} may do everything", "run services under their own logins")
    return Finding("logins", "ok", "each service has its own")


async def look_at_kafka(settings: KafkaSettings, *, replication: int | None) -> Findings:
    """Its topics, and in what they differ from the catalogue's."""
    cluster: Cluster = settings.cluster
    encrypted = "encrypted" if cluster.options.get("ssl_context") is not None else "in the clear"
    try:
        found = await read_cluster(cluster)
    except TopicsError as error:
        yield Finding("kafka", "ok", f"it answers, {encrypted}")
        yield Finding("topics", "not-tried", str(error))
        return
    yield Finding("kafka", "ok", f"{len(found)} topics, {encrypted}")
    copies = replication or await replication_of(cluster, found)
    wrong = [it for it in differences(found, replication=copies) if it.kind != "unknown"]
    if not wrong:
        yield Finding("topics", "ok", "as the catalogue has them")
        return
    topics = sorted({it.topic for it in wrong})
    seen = f"{len(wrong)} differences from the catalogue, in {', '.join(topics[:3])}{' …' if len(topics) > 3 else ''}"
    yield Finding("topics", "failed", seen, "engage topics plan shows them, engage topics apply mends them")


async def look_at_mail(settings: MailSettings) -> Findings:
    """Whether it takes us."""
    mailer = Mailer(settings.server, connections=1, local_hostname=settings.sender.domain)
    deadline = asyncio.get_running_loop().time() + settings.smtp_timeout_seconds
    encrypted = "in the clear" if settings.server.tls == "off" else "encrypted where the server offers it"
    if settings.server.implicit_tls or settings.server.tls == "verify":
        encrypted = "encrypted"
    trouble = await mailer.greet(deadline=deadline)
    if trouble is None:
        yield Finding("mail server", "ok", f"it greets us, {encrypted}")
    else:
        yield Finding("mail server", "failed", f"it does not take us: {trouble}", _MAIL_REMEDIES.get(trouble, ""))


_MAIL_REMEDIES: Final[Mapping[str, str]] = {
    "smtp-tls": "ENGAGE_SMTP_CA_FILE names who signed its certificate; ENGAGE_SMTP_TLS says whether it needs one",
    "smtp-connection": "see whether it runs, and whether ENGAGE_SMTP_URL names it",
    "smtp-timeout": "see whether it runs, and whether this machine may reach it",
    "smtp-535": "see whether the user and the password in ENGAGE_SMTP_URL are right",
}


async def look_at_health(service: str, address: str) -> Finding:
    """Whether a service says that it is ready; `address` is the URL under which its health is served."""
    try:
        status, answer = await asyncio.to_thread(_get_ready, address)
    except (OSError, ValueError, http.client.HTTPException) as error:
        seen = f"no answer at {address}: {type(error).__name__}"
        return Finding(service, "failed", seen, "see whether it runs, and whether the address is that of its health")
    if status == http.client.OK:
        return Finding(service, "ok", "it is ready")
    return Finding(service, "failed", f"it is not ready: {answer}", "docs/operate.md says what to do, by the name")


def _get_ready(address: str) -> tuple[int, str]:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_HEALTH_SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/health/ready")
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_ANSWER).decode(errors="replace").strip()
    finally:
        connection.close()
