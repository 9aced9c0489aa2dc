"""Intake's handlers over its store, in transactions of their own, as the chassis runs them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg
import pytest

from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.unit_of_work import UnitOfWork
from services.intake.app import SERVICE
from services.intake.store import IntakeStore
from tests.events import event_of
from tests.integration.conftest import connect

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Published(NamedTuple):
    """A published event: the end of its type, its key, its data as JSON, its id, and whether the lane numbers it."""

    name: str
    key: str
    data: dict[str, Any]
    id: UUID
    numbered: bool


def sent(data: EventData, *, source: str = "urn:form:test") -> Event[EventData]:
    """The event around a form, sent when the form says."""
    return event_of(data, at=said_at(data), source=source)


def said_at(data: EventData) -> datetime:
    match data:
        case ApplicationCorrected():
            return data.corrected_at
        case ApplicationSubmitted():
            return data.submitted_at
        case _:
            return data.requested_at  # type: ignore[attr-defined, no-any-return]


async def handle(store: IntakeStore, *said: EventData | Event[EventData]) -> list[Published]:
    """Loads, handles and saves events as one batch, in a transaction that the caller holds."""
    events = [each if isinstance(each, Event) else sent(each) for each in said]
    unit = UnitOfWork("intake", store)
    await store.load(events, SERVICE.handlers.named(events))
    for event in events:
        unit.because_of(event)
        SERVICE.handlers[type(event.data)](event, unit)
    await store.save()
    return [_published(row) for row in unit.published]


def _published(row: OutboxRow) -> Published:
    name = row.type.removeprefix("engage.").rpartition(".")[0]
    return Published(name, row.key, json.loads(row.payload or b"null"), row.id, row.numbered)


async def take_all(connection: Connection, *said: EventData | Event[EventData]) -> list[Published]:
    """Takes events in as one batch, and commits."""
    async with connection.transaction():
        return await handle(IntakeStore(connection), *said)


async def take(connection: Connection, *said: EventData | Event[EventData]) -> list[Published]:
    """Takes events in as one batch, and commits; what is said of contacts is left out."""
    return [each for each in await take_all(connection, *said) if each.name != "contact.published"]


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await connect(database_url, "intake")
    yield opened
    await opened.close()


@pytest.fixture
async def other_connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await connect(database_url, "intake")
    yield opened
    await opened.close()
