"""Confirmations: which service has forgotten whom, until all have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

import orjson

from contracts.catalogue import PROGRAMME
from contracts.erasures import ErasureRequested, PersonErased, PersonForgotten, Removed, RemovedBy
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.store import Connection
from services.intake.queries import QUERIES

Request: TypeAlias = tuple[UUID, datetime]
"""Who asked to be forgotten, and when they asked: all that the services' words of one request have in common."""


class _Row(NamedTuple):
    person_id: UUID
    requested_at: datetime
    service: str
    removed: str


class Confirmations:
    """What services have said of the requests that a batch names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._said: defaultdict[Request, dict[str, tuple[Removed, ...]]] = defaultdict(dict)
        self._new: list[_Row] = []

    def add(self, said: PersonForgotten) -> bool:
        """Takes in what a service says of a request; returns whether it says so for the first time."""
        services = self._said[said.person_id, said.requested_at]
        # It comes again with a replay, and our own after it was counted here.
        if said.service in services or said.service not in PROGRAMME:
            return False
        services[said.service] = said.removed
        removed = orjson.dumps([each.model_dump() for each in said.removed]).decode()
        self._new.append(_Row(said.person_id, said.requested_at, said.service, removed))
        return True

    def all_have(self, person_id: UUID, requested_at: datetime) -> PersonErased | None:
        """That all services have forgotten them, once they have."""
        services = self._said[person_id, requested_at]
        if len(services) < len(PROGRAMME):
            return None
        removed = tuple(RemovedBy(service=service, removed=services[service]) for service in PROGRAMME)
        return PersonErased(person_id=person_id, requested_at=requested_at, services=removed)

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches what was said of these events' requests, in at most one statement.

        Whoever calls it holds the locks of their people: two that confirm at once would both miss that all have.
        """
        self._said.clear()
        wanted = {
            (event.data.person_id, event.data.requested_at)
            for event in events
            if isinstance(event.data, ErasureRequested | PersonForgotten)
        }
        if wanted:
            for row in await self._connection.fetch(QUERIES["fetch_confirmations"], *zip(*wanted, strict=True)):
                person_id, requested_at, service, removed = row
                read = tuple(Removed.model_validate(each) for each in orjson.loads(removed))
                self._said[person_id, requested_at][service] = read

    async def save(self) -> None:
        """Writes what is new, in at most one statement."""
        if self._new:
            await self._connection.copy_records_to_table("confirmation", columns=_Row._fields, records=self._new)
        self._new.clear()
