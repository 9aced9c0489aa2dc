"""Known organisations: by what each was ever known in its applications, and who else applies under the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from libraries.chassis.store import Connection
from services.intake.applications import Application
from services.intake.queries import QUERIES

MOST_HOLDERS: Final = 20
"""How many holders of one key are told: a title that everyone uses must not make each flag longer."""


class _Said(NamedTuple):
    """Whose form said it last, and when that was sent: what they said is forgotten with them."""

    lead_id: UUID
    said_at: datetime


class _KeyRow(NamedTuple):
    key: str
    application_id: UUID
    lead_id: UUID
    said_at: datetime


class _Holder(NamedTuple):
    siren: str | None
    said: _Said


class KnownOrganisations:
    """The keys of the applications that a batch touches, and the first few others in an edition under each of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: defaultdict[UUID, dict[str, _Said]] = defaultdict(dict)
        self._holders: defaultdict[tuple[str, str], dict[UUID, _Holder]] = defaultdict(dict)
        self._stored: set[tuple[str, UUID]] = set()
        self._said: set[tuple[str, UUID]] = set()

    def clear(self) -> None:
        """Lets go of what an earlier batch named."""
        for known in (self._keys, self._holders, self._stored, self._said):
            known.clear()

    def keys_of(self, application_id: UUID) -> Collection[str]:
        """All that its organisation was ever known by in an application of this batch."""
        return self._keys[application_id].keys()

    def keep(self, previous: Application | None, application: Application, said: Iterable[str]) -> None:
        """Takes in what a form says its organisation is known by, and where the application stands now."""
        identifier, known = application.id, self._keys[application.id]
        if previous is not None:
            # A correction may change the edition: it is no duplicate of what it was.
            for key in known:
                self._holders[previous.edition, key].pop(identifier, None)
        for key in said:
            known[key] = _Said(application.lead_id, application.said_at)
            self._said.add((key, identifier))
        if application.state != "withdrawn":
            for key, by in known.items():
                self._holders[application.edition, key][identifier] = _Holder(application.siren, by)

    def others(self, application: Application) -> Collection[UUID]:
        """The first twenty or so applications in the same edition whose organisation was ever known as this one was.

        Withdrawn ones and the application itself are left out, and those that share a name alone under another SIREN.
        """
        found: dict[UUID, None] = {}
        for key in self._keys[application.id]:
            for other, (siren, _) in self._holders[application.edition, key].items():
                told_apart = None not in (siren, application.siren) and siren != application.siren
                if other != application.id and not (told_apart and key.startswith("name:")):
                    found[other] = None
        return list(found)[:MOST_HOLDERS]

    def forget(self, person_id: UUID, at: datetime) -> None:
        """Forgets what a person's forms said until then."""
        for known in self._keys.values():
            for key in [key for key, by in known.items() if _is_theirs(by, person_id, at)]:
                del known[key]
        for holders in self._holders.values():
            for other in [other for other, (_, by) in holders.items() if _is_theirs(by, person_id, at)]:
                del holders[other]

    async def load_keys(self, applications: Collection[UUID]) -> None:
        """Fetches what these applications' organisations are known by, in one statement."""
        self._keys.clear()
        self._stored.clear()
        for row in await self._connection.fetch(QUERIES["fetch_keys"], list(applications)):
            key, application_id, *said = row
            self._keys[application_id][key] = _Said(*said)
            self._stored.add((key, application_id))

    def hold(self, rows: Iterable[Iterable[Any]]) -> None:
        """Takes in who else applies under the keys of the batch: edition, key, id, SIREN, whose form said so, when."""
        for edition, key, other, siren, *said in rows:
            self._holders[edition, key][other] = _Holder(siren, _Said(*said))

    async def save(self) -> None:
        """Writes what was said, in at most two statements."""
        rows = [
            _KeyRow(key, identifier, *said)
            for key, identifier in sorted(self._said)
            if (said := self._keys[identifier].get(key)) is not None
        ]
        # COPY is by far the fastest for what is new; what was said before is from now on this form's.
        if new := [row for row in rows if row[:2] not in self._stored]:
            await self._connection.copy_records_to_table("organisation_key", columns=_KeyRow._fields, records=new)
        if again := [row for row in rows if row[:2] in self._stored]:
            await self._connection.execute(QUERIES["keep_keys"], *zip(*again, strict=True))
        self._stored.update(row[:2] for row in rows)
        self._said.clear()


def _is_theirs(said: _Said, person_id: UUID, at: datetime) -> bool:
    return said.lead_id == person_id and said.said_at <= at
