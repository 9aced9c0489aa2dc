"""The state of one transaction: what is planned and settled by events, and the contact register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from contracts.erasures import Removed
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.store import Connection, Named
from libraries.chassis.unit_of_work import UnitOfWork
from services.notifications.city_services import CITY_SERVICES, CityService
from services.notifications.clearances import Clearances
from services.notifications.contacts import ContactRegister
from services.notifications.descriptions import Descriptions
from services.notifications.forgotten import Forgotten
from services.notifications.offers import Offers
from services.notifications.planned.follow_ups import MAIL
from services.notifications.planned.plans import Plans
from services.notifications.planned.rows import QUERIES
from services.notifications.sending.dispatch import Dispatch

MATTER: Final = "matter"
"""What follow-ups are about: an application, an assignment, a pair or an obstacle."""
MATTER_IN_SERIES: Final = "matter in series"
"""A matter whose series are meant."""
MATTER_IN_WORDS: Final = "matter in words"
"""A matter of which also what each follow-up says is meant."""
CONTACT: Final = "contact"
"""How a person is reached in a role."""
PERSON: Final = "person"
"""A person of whom it has to be known whether they asked to be forgotten."""


class NotificationStore:
    """What a transaction reads and changes, in a fixed number of statements.

    `plans`, `contacts` and `forgotten` are the handlers', who get of them what their needs name; `dispatch` is the
    sender's. `services` are those of the City that mail reaches.
    """

    def __init__(self, connection: Connection, services: Mapping[str, CityService] | None = None) -> None:
        self._connection = connection
        self.services = CITY_SERVICES if services is None else services
        self.dispatch = Dispatch(connection)
        self.plans = Plans(connection)
        self.contacts = ContactRegister(connection)
        self.forgotten = Forgotten(connection)
        self.offers = Offers(connection)
        self.clearances = Clearances(connection)
        self.descriptions = Descriptions(connection)
        self._recusals: set[tuple[UUID, UUID]] = set()
        self._deadlines: dict[tuple[str, int], datetime] = {}

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Fetches what was planned about the matters that these events' handlers need, and the contacts."""
        asking = await self.forgotten.load(events, named[PERSON])
        await self.contacts.load(named[CONTACT], asking)
        # What tells of a change of address that waits is over with the next word about that contact.
        await self.plans.load(named[MATTER] | self.contacts.waiting, named[MATTER_IN_SERIES], named[MATTER_IN_WORDS])

    @property
    def deadlines(self) -> Mapping[tuple[str, int], datetime]:
        """After `save`: when the lanes of the sender have something to do because of it."""
        return self._deadlines

    def keep_recusal(self, person_id: UUID, application_id: UUID) -> None:
        """Keeps that nothing about an application is to be sent to a person."""
        self._recusals.add((person_id, application_id))

    def forget(self, person_id: UUID, at: datetime) -> tuple[Removed, ...]:
        """Forgets a person who asks to be; returns what there was of theirs."""
        self.descriptions.forget(person_id, at)
        contacts, planned = self.contacts.forget(person_id, at), self.plans.forget(person_id, at)
        return self.forgotten.ask(person_id, at, contacts=contacts, planned=planned)

    async def save(self) -> None:
        """Writes every change once; raises asyncpg.SerializationError where another transaction was faster."""
        # Follow-ups before contacts: whoever is erased in this batch has what it planned cancelled with the rest.
        due = await self.plans.save()
        if self._recusals:
            # In one order, so that no two transactions wait for each other.
            recusals, self._recusals = sorted(self._recusals), set()
            await self._connection.execute(QUERIES["keep_recusals"], *zip(*recusals, strict=True))
        due += await self.contacts.save()
        due += await self.descriptions.save()
        await self.offers.save()
        await self.clearances.save()
        due += await self.forgotten.save()
        for lane, at in due:
            # The earliest: a lane that looks too early finds nothing and asks again, one too late sends late.
            known = self._deadlines.get((MAIL, lane))
            self._deadlines[MAIL, lane] = at if known is None else min(known, at)


Unit: TypeAlias = UnitOfWork[NotificationStore]
"""What a handler, or a duty, does in one transaction of this service."""
