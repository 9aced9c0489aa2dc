"""People as mail knows them: how they are reached in a role, how a mail names them, and a change of their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.clearances import ETHICS_OFFICER
from contracts.contacts import ContactPublished, ContactRole, Work
from contracts.message import Language
from libraries.typed.addresses import is_same
from services.notifications.roles import Office


class Correspondent(NamedTuple):
    """A person as a mail names them."""

    name: str
    email: str


FOUNDATION: Final = UUID("0f6c1c39-3d0f-5d5e-9d0b-6c1d6a2f6e10")
"""La France s'engage, which no form names as a person: how it is reached is a setting."""

HOLDERS: Final[Mapping[Office, UUID]] = {"foundation": FOUNDATION, "ethics-officer": ETHICS_OFFICER}
"""Who stands for whoever holds an office that there is one of."""


_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Contact(NamedTuple):
    """How a person is reached in a role; why an address can't be, and since when they want no optional mail, if so.

    While `change_id` is there, `email` is an address that nobody has confirmed at `former_email`, the last one that
    was trusted: what proves a right goes on to that one.
    """

    person_id: UUID
    role: ContactRole
    name: str
    email: str
    language: Language
    said_at: datetime
    undeliverable: str | None = None
    unsubscribed_at: datetime | None = None
    former_email: str | None = None
    former_undeliverable: str | None = None
    former_said_at: datetime | None = None
    change_id: UUID | None = None
    telephone: str | None = None
    work: Work | None = None

    @property
    def correspondent(self) -> Correspondent:
        """The person as a mail names them that anybody may read who has their newest address."""
        return Correspondent(self.name, self.email)

    @property
    def trusted(self) -> Correspondent:
        """The person as a mail names them that proves a right, or tells of somebody else."""
        return Correspondent(self.name, self.former_email or self.email)

    def forgetting(self, at: datetime) -> Contact | None:
        """The contact without what was said by a moment; None where nothing is left."""
        if self.said_at <= at:
            return None
        if self.former_said_at is None or self.former_said_at > at:
            return self
        return self._replace(former_email=None, former_undeliverable=None, former_said_at=None, change_id=None)

    def why_undeliverable(self, email: str) -> str | None:
        """Why one of the two addresses can't be written to; None where it can."""
        return self.former_undeliverable if email == self.former_email else self.undeliverable


def office_contact(holder_id: UUID, correspondent: Correspondent, language: Language = "fr") -> Contact:
    """How who holds an office is reached: as a setting says, and not as a person in a role."""
    return Contact(holder_id, "owner", correspondent.name, correspondent.email, language, _ALWAYS)


def told(known: Contact | None, said: ContactPublished, at: datetime, new_change: Callable[[], UUID]) -> Contact:
    """How a person is reached once a service has said how.

    The first address is trusted, since nobody else is known to ask. Of several changes none of which was confirmed
    the last one waits, always to be confirmed at the address that was trusted.
    """
    fresh = Contact(
        said.person_id, said.role, said.name, said.email, said.language, at, telephone=said.telephone, work=said.work
    )
    if known is None:
        return fresh
    trusted = known.trusted.email
    same = fresh._replace(unsubscribed_at=known.unsubscribed_at)
    if is_same(said.email, trusted):
        # Also where a change is taken back before anybody confirmed it: nothing waits any more.
        return same._replace(undeliverable=known.why_undeliverable(trusted) if said.email == trusted else None)
    waits = same._replace(
        former_email=trusted,
        former_undeliverable=known.why_undeliverable(trusted),
        former_said_at=known.former_said_at or known.said_at,
    )
    if known.change_id is not None and is_same(said.email, known.email):
        kept = known.undeliverable if said.email == known.email else None
        return waits._replace(change_id=known.change_id, undeliverable=kept)
    return waits._replace(change_id=new_change())
