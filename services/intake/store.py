"""Where intake keeps applications: fetched and written a whole batch at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.applications import ApplicationForm
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection, named_queries
from services.intake.applications import NO_EDITION, Application, Candidate, read_candidate
from services.intake.editions import EDITIONS

_QUERIES: Final = named_queries("services.intake")
_MOST_HOLDERS: Final = 20
"""How many holders of one key are fetched: a title that everyone uses must not make each flag longer."""


class VersionRow(NamedTuple):
    """A version of an application: the form's data as JSON, and the answers of all rules as JSON."""

    application_id: UUID
    version: int
    event_id: UUID
    received_at: datetime
    payload: bytes
    answers: str
    lead_id: UUID


class IntakeStore:
    """The applications that a batch touches, and who else applies under the same keys.

    `candidates` holds each form of the batch as read, by the source and id of its event. From `load` to the
    end of the transaction no other transaction can register an application under the same organisation or
    project in the same edition.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.applications: dict[UUID, Application] = {}
        self.candidates: dict[tuple[str, UUID], Candidate] = {}
        self._holders: defaultdict[tuple[str, str], dict[UUID, None]] = defaultdict(dict)
        self._stored: set[UUID] = set()
        self._changed: set[UUID] = set()
        self._versions: list[VersionRow] = []
        self._told_by: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._erased: set[UUID] = set()

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches what the handlers of these events need, in at most four statements."""
        self.applications.clear()
        self.candidates.clear()
        self._holders.clear()
        self._stored.clear()
        identifiers = {event.data.aggregate_id for event in events}
        for row in await self._connection.fetch(_QUERIES["fetch_applications"], list(identifiers)):
            self.applications[row[0]] = Application(*row)
        self._stored.update(self.applications)
        self._told_by.clear()
        if persons := [event.data.person_id for event in events if isinstance(event.data, ErasureRequested)]:
            for person_id, application_id in await self._connection.fetch(_QUERIES["fetch_told_by"], persons):
                self._told_by[person_id].add(application_id)
        await self._claim(self._read_candidates(events))

    async def save(self) -> None:
        """Writes new applications, changed ones and the versions of both, and forgets, in at most four statements."""
        applications = [self.applications[identifier] for identifier in self._changed]
        new = [application for application in applications if application.id not in self._stored]
        changed = [application for application in applications if application.id in self._stored]
        if new:
            await self._write("insert_applications", new)
        if changed:
            await self._write("update_applications", changed)
        if self._versions:
            await self._write("insert_versions", self._versions)
        if self._erased:
            await self._connection.execute(_QUERIES["erase_content"], sorted(self._erased))
        self._erased.clear()
        self._stored.update(self._changed)
        self._changed.clear()
        self._versions.clear()

    def keep(self, application: Application) -> None:
        """Makes this the current version of an application."""
        identifier = application.id
        if (previous := self.applications.get(identifier)) is not None:
            self._holders[previous.edition, previous.organisation_key].pop(identifier, None)
            self._holders[previous.edition, previous.project_key].pop(identifier, None)
        if application.state != "withdrawn":
            self._holders[application.edition, application.organisation_key][identifier] = None
            self._holders[application.edition, application.project_key][identifier] = None
        self.applications[identifier] = application
        self._changed.add(identifier)

    def record(self, application: Application, event: Event[EventData], *, payload: bytes, answers: str) -> None:
        """Keeps what a form said and what the rules answered, as a version of an application."""
        row = VersionRow(
            application.id, application.version, event.id, event.time, payload, answers, application.lead_id
        )
        self._versions.append(row)
        self._told_by[application.lead_id].add(application.id)

    def erase(self, person_id: UUID) -> list[UUID]:
        """Forgets what a person's forms said; returns the applications, in the order of their ids."""
        self._erased.add(person_id)
        return sorted(self._told_by.pop(person_id, ()))

    def others_under(self, key: str, application: Application) -> Collection[UUID]:
        """The first twenty or so applications in the same edition under an organisation's or project's key.

        Withdrawn ones and the application itself are left out.
        """
        holders = self._holders[application.edition, key] if key else ()
        if len(holders) <= 1 and application.id in holders:
            return ()
        return [holder for holder in holders if holder != application.id][:_MOST_HOLDERS]

    def _read_candidates(self, events: Sequence[Event[EventData]]) -> set[tuple[str, str]]:
        """Reads each form, and returns the keys under which it may be a duplicate."""
        standing = {known.id: (known.track, known.edition) for known in self.applications.values()}
        keys = set()
        for event in events:
            form = event.data
            if not isinstance(form, ApplicationForm):
                continue
            edition = EDITIONS.of_form(form, known=standing.get(form.application_id))
            candidate = read_candidate(form, edition)
            self.candidates[event.source, event.id] = candidate
            # A correction in the same batch belongs to the edition of its first form, as it would later.
            standing[form.application_id] = form.track, NO_EDITION if edition is None else edition.id
            if edition is not None:
                keys.add((edition.id, candidate.organisation_key))
                if candidate.project_key:
                    keys.add((edition.id, candidate.project_key))
        return keys

    async def _claim(self, keys: Collection[tuple[str, str]]) -> None:
        if not keys:
            return
        # Sorted, so that transactions that want the same keys wait for each other in one direction only.
        editions, names = zip(*sorted(keys), strict=True)
        claimed_before = await self._connection.fetch(_QUERIES["claim_keys"], editions, names)
        if not claimed_before:
            return
        editions, names = zip(*claimed_before, strict=True)
        for edition, key, holder in await self._connection.fetch(
            _QUERIES["fetch_holders"], editions, names, _MOST_HOLDERS + 1
        ):
            self._holders[edition, key][holder] = None

    async def _write(self, query: str, rows: Sequence[Application] | Sequence[VersionRow]) -> None:
        # Arrays rather than COPY, which takes three more round trips: small batches feel them.
        await self._connection.execute(_QUERIES[query], *zip(*rows, strict=True))
