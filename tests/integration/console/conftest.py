"""A console over a database of its own, without Kafka, and somebody who asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import structlog

from libraries.chassis.settings import read_settings
from libraries.pages.signing import Role, Signer, link_to, ticket_for
from services.console.app import SERVICE, Console
from services.console.settings import ConsoleSettings
from tests.integration.visitor import Visitor

KEY = "a key of sixteen letters"
SIGNER = Signer(KEY, SERVICE)


@pytest.fixture
async def console(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Console]:
    for name, value in {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # nothing listens there
        "CONSOLE_KEY": KEY,
        "DATABASE_CONNECTIONS": "2",
    }.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)
    made = Console(read_settings(ConsoleSettings), structlog.get_logger())
    await made.open()
    yield made
    await made.close()


def visitor(console: Console, role: Role | None = "operator") -> Visitor:
    if role is None:
        return Visitor(console, SERVICE, SIGNER, None)
    return Visitor(
        console, SERVICE, SIGNER, ticket_for("Camille", role, expires_at=datetime.now(UTC) + timedelta(hours=1))
    )


def link(who: str = "Camille", role: Role = "reader", minutes: int = 5) -> str:
    ticket = ticket_for(who, role, expires_at=datetime.now(UTC) + timedelta(minutes=minutes))
    return link_to("", SIGNER, ticket)


def held_id(number: int) -> UUID:
    return UUID(int=number)
