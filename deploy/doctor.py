"""What a running system needs, looked at one by one: each finding says what was seen, and what to do about it.

Nothing is changed, and nobody is written to: the mail server is greeted, and left.
"""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

import asyncpg
from aiokafka.errors import KafkaError
from pydantic_settings import BaseSettings

from contracts.catalogue import SERVICES
from deploy.roles import LOGINS
from deploy.topic_plan import differences, read_cluster
from deploy.topics import TopicsError
from libraries.chassis.kafka import Cluster, KafkaSettings
from libraries.chassis.postgresql import DatabaseAddress, DatabaseSettings
from libraries.chassis.servers.migration import MigrationError, check_migrated
from libraries.chassis.settings import Settings, SettingsError, read_settings
from libraries.chassis.sources import sources_of
from libraries.chassis.transport import NotVerified
from services.intake.door.settings import DoorSettings
from services.matching.settings.deciding import DecidingSettings
from services.notifications.city_services import CityServicesSettings, city_services
from services.notifications.kinds import Office
from services.notifications.links import LinkSettings
from services.notifications.sending.smtp import Mailer
from services.notifications.settings import MailSettings

State: TypeAlias = Literal["ok", "warning", "failed", "not-tried"]
"""A warning is what works, and what an operator should know all the same."""

_PATIENCE_SECONDS: Final = 15.0
_MOST_CLOCK_APART: Final = timedelta(seconds=5)
_OLDEST_POSTGRESQL: Final = 15
_HEALTH_SECONDS: Final = 5.0
_MOST_ANSWER: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one thing; `remedy` is what to do about it, empty where nothing has to be."""

    thing: str
    state: State
    seen: str
    remedy: str = ""


Findings: TypeAlias = AsyncIterator[Finding]


async def examine(*, replication: int, health: Mapping[str, str]) -> Findings:
    """Every finding, as it is made; `health` is by each service's name the address at which its health is served."""
    for finding in _settings():
        yield finding
    async for finding in _patiently("postgresql", partial(_with, DatabaseSettings, _postgresql)):
        yield finding
    async for finding in _patiently("kafka", partial(_with, KafkaSettings, partial(_kafka, replication=replication))):
        yield finding
    async for finding in _patiently("mail server", partial(_with, MailSettings, _mail)):
        yield finding
    for service in SERVICES:
        if (address := health.get(service)) is None:
            yield Finding(service, "not-tried", "no address of its health was given", f"--health {service}=http://…")
        else:
            yield await _ready(service, address)


# Settings.

_KINDS: Final = (Settings, DoorSettings, DecidingSettings, MailSettings, LinkSettings, CityServicesSettings)


_OFFICES: Final[Mapping[Office, str]] = {
    "foundation": "ENGAGE_MAIL_FOUNDATION",
    "ethics-officer": "ENGAGE_MAIL_ETHICS",
}


def _settings() -> Iterator[Finding]:
    wrong = list(dict.fromkeys(line for kind in _KINDS for line in _wrong_with(kind)))
    for line in wrong:
        yield Finding("settings", "failed", line, "docs/configure.md says what each setting takes")
    if wrong:
        return
    yield Finding("settings", "ok", "each is as it should be")
    yield from _choices()


def _wrong_with(kind: type[BaseSettings]) -> list[str]:
    try:
        read_settings(kind)
    except SettingsError as error:
        return str(error).splitlines()
    return []


def _choices() -> Iterator[Finding]:
    """What is allowed to be left out, and what follows from it."""
    path = read_settings(Settings).sources_file
    try:
        sources_of(path)
    except SettingsError as error:
        yield Finding("sources", "failed", str(error), "mend the file: docs/security.md says what it holds")
    else:
        yield (
            Finding("sources", "ok", f"{path} says who may send what")
            if path is not None
            else Finding(
                "sources",
                "warning",
                "any name but a service's is taken for a form of that name",
                "name a file by ENGAGE_SOURCES_FILE before others can reach Kafka",
            )
        )
    yield _choice(
        "links",
        read_settings(LinkSettings).links is not None,
        "mails hold links that people answer by",
        "mails hold no links: people have to answer by forms",
        "set ENGAGE_PUBLIC_URL and ENGAGE_LINK_KEY",
    )
    yield _choice(
        "programme heads",
        bool(read_settings(DecidingSettings).programme_heads),
        "somebody decides where no owner and no deputy can",
        "nobody decides where no owner and no deputy can",
        "list person ids in ENGAGE_PROGRAMME_HEADS",
    )
    mail = read_settings(MailSettings)
    for office, setting in _OFFICES.items():
        yield _choice(
            office,
            office in mail.offices,
            "it has an address",
            "what is for it is cancelled",
            f"set {setting}",
        )
    yield _city_services()
    yield _choice(
        "signed mail",
        mail.signer is not None,
        "mails are signed (DKIM)",
        "mails are not signed: some providers will not take them",
        "set ENGAGE_DKIM_KEY_FILE and ENGAGE_DKIM_SELECTOR",
    )
    if mail.mail_paused:
        yield Finding("mail", "warning", "all mail is held back", "set ENGAGE_MAIL_PAUSED to false")


def _city_services() -> Finding:
    try:
        known = len(city_services())
    except SettingsError as error:
        return Finding("city services", "failed", str(error), "mend the file: docs/configure.md says what it holds")
    return _choice(
        "city services",
        known > 0,
        f"{known} get obstacles by mail",
        "none gets mail: obstacles go to the officers who own the needs",
        "list them in a file, and name it by ENGAGE_CITY_SERVICES_FILE",
    )


def _choice(thing: str, made: bool, so: str, else_: str, remedy: str) -> Finding:
    return Finding(thing, "ok", so) if made else Finding(thing, "warning", else_, remedy)


# Servers.

Kind = TypeVar("Kind", bound=BaseSettings)


async def _with(kind: type[Kind], look: Callable[[Kind], Findings]) -> Findings:
    async for finding in look(read_settings(kind)):
        yield finding


async def _patiently(thing: str, look: Callable[[], Findings]) -> Findings:
    """What is seen of a server; where it does not answer, that."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async for finding in look():
                yield finding
    except SettingsError:
        yield Finding(thing, "not-tried", "its settings are wrong")
    except NotVerified as error:
        yield Finding(thing, "failed", str(error))
    except TimeoutError:
        seen = f"it did not answer within {_PATIENCE_SECONDS:.0f} seconds"
        yield Finding(thing, "failed", seen, "see whether it runs, and whether this machine may reach it")
    except (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # By its class: a driver's words may hold the address with its password.
        seen = f"it can't be reached: {type(error).__name__}"
        yield Finding(thing, "failed", seen, "see whether it runs, and whether its address and password are right")


async def _postgresql(settings: DatabaseSettings) -> Findings:
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
        for service in SERVICES:
            yield await _schema(connection, service)
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
    except MigrationError as error:
        return Finding(thing, "failed", str(error), "engage migrate")
    except asyncpg.InsufficientPrivilegeError:
        return Finding(thing, "not-tried", "this login may not see it")
    return Finding(thing, "ok", "up to date")


async def _separation(connection: asyncpg.Connection[asyncpg.Record], login: str) -> Finding:
    """Whether services are kept apart: each has a login of its own, which sees no other's schema."""
    present = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles WHERE rolcanlogin")}
    if missing := sorted(login for login in (f"engage_{name}" for name in LOGINS) if login not in present):
        seen = f"there is no login {', '.join(missing)}: services that share one can read each other's tables"
        return Finding("logins", "warning", seen, "engage roles, and one login for each service")
    if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        return Finding("logins", "warning", f"{login} may do everything", "run services under their own logins")
    return Finding("logins", "ok", "each service has its own")


async def _kafka(settings: KafkaSettings, *, replication: int) -> Findings:
    cluster: Cluster = settings.cluster
    encrypted = "encrypted" if cluster.options.get("ssl_context") is not None else "in the clear"
    try:
        found = await read_cluster(cluster)
    except TopicsError as error:
        yield Finding("kafka", "ok", f"it answers, {encrypted}")
        yield Finding("topics", "not-tried", str(error))
        return
    yield Finding("kafka", "ok", f"{len(found)} topics, {encrypted}")
    wrong = [it for it in differences(found, replication=replication) if it.kind != "unknown"]
    if not wrong:
        yield Finding("topics", "ok", "as the catalogue has them")
        return
    topics = sorted({it.topic for it in wrong})
    seen = f"{len(wrong)} differences from the catalogue, in {', '.join(topics[:3])}{' …' if len(topics) > 3 else ''}"
    yield Finding("topics", "failed", seen, "engage topics plan shows them, engage topics apply mends them")


async def _mail(settings: MailSettings) -> Findings:
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


async def _ready(service: str, address: str) -> Finding:
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
