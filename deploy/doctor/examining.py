"""What a running system needs, looked at one by one: each finding says what was seen, and what to do about it.

Nothing is changed, and nobody is written to: the mail server is greeted, and left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from pydantic_settings import BaseSettings

from deploy.doctor.finding import Finding, Findings
from deploy.doctor.left_out import look_at_settings
from deploy.doctor.servers import look_at_health, look_at_kafka, look_at_mail, look_at_postgresql
from deploy.roles import WITH_SCHEMA
from libraries.chassis.kafka import KafkaSettings
from libraries.chassis.postgresql import DatabaseSettings
from libraries.chassis.settings import SettingsError, read_settings
from libraries.chassis.transport import NotVerified
from libraries.chassis.trouble import trouble_of
from services.notifications.settings import MailSettings

_PATIENCE_SECONDS: Final = 15.0

Kind = TypeVar("Kind", bound=BaseSettings)


async def examine(*, replication: int | None, health: Mapping[str, str]) -> Findings:
    """Every finding, as it is made; `health` is by each service's name the address at which its health is served."""
    for finding in look_at_settings():
        yield finding
    async for finding in _patiently("postgresql", partial(_with, DatabaseSettings, look_at_postgresql)):
        yield finding
    kafka = partial(look_at_kafka, replication=replication)
    async for finding in _patiently("kafka", partial(_with, KafkaSettings, kafka)):
        yield finding
    async for finding in _patiently("mail server", partial(_with, MailSettings, look_at_mail)):
        yield finding
    for service in WITH_SCHEMA:
        if (address := health.get(service)) is None:
            yield Finding(service, "not-tried", "no address of its health was given", f"--health {service}=http://…")
        else:
            yield await look_at_health(service, address)


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
    except (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        yield _failed(thing, error)


def _failed(thing: str, error: Exception) -> Finding:
    if type(error) is TimeoutError:
        seen = f"it did not answer within {_PATIENCE_SECONDS:.0f} seconds"
        return Finding(thing, "failed", seen, "see whether it runs, and whether this machine may reach it")
    if (trouble := trouble_of(error)) is not None:
        return Finding(thing, "failed", trouble.seen, trouble.remedy)
    # By its class: a driver's words may hold the address with its password.
    return Finding(thing, "failed", f"it refuses us: {type(error).__name__}", "its own log says why")
