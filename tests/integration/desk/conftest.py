"""A desk over a database of its own, whose words go into a list in place of Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from contracts.event import Event
from libraries.chassis.settings import read_settings
from libraries.pages.signing import Role, Signer, ticket_for
from services.desk.app import SERVICE, Desk
from services.desk.settings import DeskSettings
from tests.integration.desk.linked import LINK_KEY
from tests.integration.visitor import Visitor

KEY = "a key of sixteen letters"
SIGNER = Signer(KEY, SERVICE)
OFFICER = UUID(int=7)


@pytest.fixture
def link_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk opens the links of `linked`."""
    monkeypatch.setenv("ENGAGE_LINK_KEY", LINK_KEY)


@pytest.fixture
async def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    for name, value in {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # nothing listens there
        "DESK_KEY": KEY,
        "DATABASE_CONNECTIONS": "2",
    }.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)
    made = Desk(read_settings(DeskSettings), structlog.get_logger())
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Event[Any]]:
    """What the desk has put on the topics of forms."""
    given: list[Event[Any]] = []

    async def publish(event: Event[Any]) -> None:
        given.append(event)

    monkeypatch.setattr(desk.forms, "publish", publish)
    return given


def visitor(desk: Desk, *roles: Role, person_id: UUID | None = OFFICER) -> Visitor:
    if not roles:
        return Visitor(desk, SERVICE, SIGNER, None)
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    return Visitor(desk, SERVICE, SIGNER, ticket_for("Dominique", *roles, person_id=person_id, expires_at=expires_at))
