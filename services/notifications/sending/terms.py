"""What is known when it is decided which mail leaves, and on which terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libraries.typed.addresses import provider_of
from services.notifications.people import Contact
from services.notifications.sending.providers import Provider


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of those whom mails concern.

    `contacts` are by the contacts' ids. `recent` is when a person was sent what counts in the last seven days, the
    newest first; what is on its way is as of now. `forgotten` are people who asked to be. `providers` are those
    that refused mail of late, by domain. `descriptions` are what was written of obstacles and applications, by their
    ids.
    """

    contacts: Mapping[UUID, Contact]
    recusals: AbstractSet[tuple[UUID, UUID]] = frozenset()
    recent: Mapping[UUID, Sequence[datetime]] = field(default_factory=dict)
    forgotten: AbstractSet[UUID] = frozenset()
    providers: Mapping[str, Provider] = field(default_factory=dict)
    descriptions: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)

    def provider(self, email: str) -> Provider | None:
        """Who takes in mail to an address, where they refused some of late."""
        return self.providers.get(provider_of(email)) if self.providers else None


@dataclass(frozen=True, slots=True)
class Terms:
    """When it is, until when a claim holds, and the latest time to look for a missing contact again.

    `opens_at` is when people are written to again; None where they are now. `offices` is how those are reached, by
    their ids, whom no form names.
    """

    now: datetime
    claimed_until: datetime
    without_contact_until: datetime
    opens_at: datetime | None
    most_a_week: int
    offices: Mapping[UUID, Contact] = field(default_factory=dict)
