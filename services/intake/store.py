"""Where intake keeps applications: fetched and written a whole batch at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from contracts.applications import ApplicationForm
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.erasures import asked_in, fetch_erasures, keep_erasures
from libraries.chassis.store import NO_DEADLINES, Connection, Named
from libraries.chassis.unit_of_work import UnitOfWork
from services.intake.applications import NO_EDITION, Application, Entry, VersionRow
from services.intake.cleaned_forms import clean_form
from services.intake.confirmations import Confirmations
from services.intake.editions import EDITIONS
from services.intake.forgetting import Forgotten, without_content
from services.intake.keys import LOCKS, Keys
from services.intake.known_organisations import MOST_HOLDERS, KnownOrganisations
from services.intake.leads import Leads
from services.intake.queries import QUERIES

APPLICATION: Final = "application"
PERSON: Final = "person"


class _Asked(NamedTuple):
    """Of whoever asks in a batch to be forgotten: how many records were held, and when each version was said."""

    held: int
    told: dict[tuple[UUID, int], datetime]


class IntakeStore:
    """The applications that a batch touches, who else applies under the same keys, and who leads them.

    `entries` holds each form of the batch as read, by the source and id of its event. From `load` to the
    end of the transaction no other transaction can register an application under the same organisation or
    project in the same edition, nor take in or forget what the same people wrote.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.applications: dict[UUID, Application] = {}
        self.entries: dict[tuple[str, str], Entry] = {}
        self.leads = Leads(connection)
        self.confirmations = Confirmations(connection)
        self.organisations = KnownOrganisations(connection)
        self._projects: defaultdict[tuple[str, str], dict[UUID, None]] = defaultdict(dict)
        self._stored: set[UUID] = set()
        self._changed: set[UUID] = set()
        self._versions: list[VersionRow] = []
        self._erasures: dict[UUID, datetime] = {}
        self._asked: dict[UUID, _Asked] = {}
        self._erased: dict[UUID, datetime] = {}

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Fetches what these events name, and who applies under their forms' keys, in at most twelve statements."""
        for known in (self.applications, self.entries, self._projects, self._stored, self._erasures, self._asked):
            known.clear()
        self.organisations.clear()
        applications, asked = list(named[APPLICATION]), asked_in(events)
        if applications:
            await self._fetch_applications(applications, ())
        # After the applications: a correction's edition may be the one that its application is in.
        keys = self._read_forms(events)
        # The leads that applications have so far too: a form may name another, and both may ask to be forgotten.
        keys.people.update(named[PERSON], (application.lead_id for application in self.applications.values()))
        if not keys.people:
            return
        # The locks first, in a statement of their own: what is read after them shows what those did who held them.
        await self._connection.execute(QUERIES["lock_keys"], LOCKS, keys.locks)
        self._erasures.update(await fetch_erasures(self._connection, keys.people))
        if self.applications or asked:
            # Again: until we had the locks, an erasure in another process may have emptied or withdrawn them.
            await self._fetch_applications(applications, list(asked))
        await self.leads.load(keys.people)
        await self._fetch_holders(keys)
        if asked:
            await self._ask(asked)
        await self.confirmations.load(events)

    async def save(self) -> None:
        """Writes what is new and what changed, and forgets, in at most nine statements."""
        applications = [self.applications[identifier] for identifier in self._changed]
        # COPY is by far the fastest for what is new, and takes nothing that is there already.
        created = [application for application in applications if application.id not in self._stored]
        await self._copy("application", Application, created)
        if changed := [application for application in applications if application.id in self._stored]:
            await self._connection.execute(QUERIES["update_applications"], *zip(*changed, strict=True))
        await self.organisations.save()
        await self._copy("application_version", VersionRow, self._versions)
        # Last, so that what the same batch has just written is forgotten with the rest.
        if self._erased:
            for forgetting in ("forget_forms", "forget_keys"):
                await self._connection.execute(QUERIES[forgetting], list(self._erased), list(self._erased.values()))
        await self.leads.save()
        await self.confirmations.save()
        self._stored.update(self._changed)
        self._changed.clear()
        self._versions.clear()
        self._erased.clear()

    def keep(self, application: Application, organisation_keys: Iterable[str] = ()) -> None:
        """Makes this the current version of an application, whose form says that its organisation is known by these."""
        identifier = application.id
        previous = self.applications.get(identifier)
        if previous is not None:
            # A correction may change the title, and the edition: it is no duplicate of what it was.
            self._projects[previous.edition, previous.project_key].pop(identifier, None)
        if application.state != "withdrawn":
            self._projects[application.edition, application.project_key][identifier] = None
        self.organisations.keep(previous, application, organisation_keys)
        self.applications[identifier] = application
        self._changed.add(identifier)

    def record(self, application: Application, event: Event[EventData], *, payload: bytes, answers: str) -> None:
        """Keeps what a form said and what the rules answered, as a version of an application.

        Of what was said before its lead asked to be forgotten only the answers are kept.
        """
        lead_id = application.lead_id
        if self.forgotten_at(lead_id, event.time) is not None:
            payload = b""
        elif (asked := self._asked.get(lead_id)) is not None:
            asked.told[application.id, application.version] = event.time
        self._versions.append(
            VersionRow(application.id, application.version, event.id, event.time, payload, answers, lead_id)
        )

    def erase(self, person_id: UUID, at: datetime) -> Forgotten:
        """Forgets what a person's forms said until then, and the names in what they applied for; returns how much.

        It is remembered, for what they wrote before and is read later: topics are read in no order between them.
        """
        # The later of two requests holds, whichever is read first.
        self._erased[person_id] = self._erasures[person_id] = max(at, self._erasures.get(person_id, at))
        self.organisations.forget(person_id, at)
        asked, found = self._asked[person_id], Forgotten()
        found.count("held-record", asked.held)
        for version in [version for version, said_at in asked.told.items() if said_at <= at]:
            del asked.told[version]
            found.count("form")
            found.told.add(version[0])
        for application in list(self.applications.values()):
            emptied = without_content(application)
            if application.lead_id == person_id and application.said_at <= at and emptied != application:
                found.count("application")
                if application.is_withheld:
                    found.withheld[application.id] = application.said_at
                self.keep(emptied)
        # What was held is counted once, whoever asks again.
        self._asked[person_id] = asked._replace(held=0)
        return found

    def led_by(self, person_id: UUID, until: datetime) -> list[Application]:
        """What they lead of all that was said until then and is not withdrawn, in the order of the ids.

        Of whoever asked to be forgotten in this batch: nobody else's is all here.
        """
        led = [application for application in self.applications.values() if application.lead_id == person_id]
        return sorted(each for each in led if each.said_at <= until and each.state != "withdrawn")

    def forgotten_at(self, person_id: UUID, time: datetime) -> datetime | None:
        """When this person asked to be forgotten, if that was not before `time`."""
        erased_at = self._erasures.get(person_id)
        return erased_at if erased_at is not None and time <= erased_at else None

    def of_same_project(self, application: Application) -> Collection[UUID]:
        """The first twenty or so applications in the same edition under the same title; withdrawn ones are left out."""
        key = application.project_key
        # An empty key is that of titles without a word, which have nothing in common.
        holders = self._projects[application.edition, key] if key else ()
        # By far the most often: nobody else, so that no list has to be made.
        if len(holders) <= 1 and application.id in holders:
            return ()
        return [holder for holder in holders if holder != application.id][:MOST_HOLDERS]

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """None: intake does nothing by the clock."""
        return NO_DEADLINES

    def _read_forms(self, events: Sequence[Event[EventData]]) -> Keys:
        """Reads each form, and returns the keys under which it may be a duplicate, and its lead."""
        standing = {known.id: (known.track, known.edition) for known in self.applications.values()}
        keys = Keys(set(), set(), set())
        for event in events:
            form = event.data
            if not isinstance(form, ApplicationForm):
                continue
            edition = EDITIONS.of_form(form, known=standing.get(form.application_id))
            cleaned = clean_form(form, event.time)
            self.entries[event.source, event.id] = Entry(cleaned, edition)
            keys.people.add(form.lead.person_id)
            # A correction in the same batch belongs to the edition of its first form, as it would later.
            standing[form.application_id] = form.track, NO_EDITION if edition is None else edition.id
            if edition is not None:
                known = self.organisations.keys_of(form.application_id)
                keys.organisations.update((edition.id, key) for key in (*cleaned.organisation_keys, *known))
                if cleaned.project_key:
                    keys.projects.add((edition.id, cleaned.project_key))
        return keys

    async def _fetch_applications(self, applications: Collection[UUID], led_by: Collection[UUID]) -> None:
        rows = await self._connection.fetch(QUERIES["fetch_applications"], list(applications), list(led_by))
        self.applications.update((row[0], Application(*row)) for row in rows)
        self._stored.update(self.applications)
        if self.applications:
            await self.organisations.load_keys(self.applications)

    async def _fetch_holders(self, keys: Keys) -> None:
        # An erasure alone has no key under which anything could be a duplicate.
        if not keys.organisations and not keys.projects:
            return
        pairs = (keys.organisations, keys.projects)
        wanted = [column for them in pairs for column in (zip(*them, strict=True) if them else ((), ()))]
        rows = await self._connection.fetch(QUERIES["fetch_holders"], *wanted, MOST_HOLDERS + 1)  # one may be itself
        # Beside the holders of a title nobody stands who said so.
        self.organisations.hold(row for row in rows if row[4] is not None)
        for edition, key, holder in (row[:3] for row in rows if row[4] is None):
            self._projects[edition, key][holder] = None

    async def _ask(self, asked: Mapping[UUID, datetime]) -> None:
        """Fetches what `erase` forgets; what is held is forgotten at once, since its number is to be told."""
        held = await keep_erasures(self._connection, asked)
        for person_id in asked:
            self._asked[person_id] = _Asked(held.get(person_id, 0), {})
        for person_id, application_id, version, said_at in await self._connection.fetch(
            QUERIES["fetch_told_by"], list(asked)
        ):
            self._asked[person_id].told[application_id, version] = said_at

    async def _copy(self, table: str, kind: type[Application] | type[VersionRow], rows: Sequence[Any]) -> None:
        if rows:
            await self._connection.copy_records_to_table(table, columns=kind._fields, records=rows)


Unit: TypeAlias = UnitOfWork[IntakeStore]
"""What a handler does in one transaction of this service."""
