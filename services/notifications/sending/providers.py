"""Providers that refuse us: whoever takes in the mail of a domain and wants none of ours, whoever it is for.

A missing SPF record, a list of bad senders, a revoked key: each mail that is sent on makes it worse. So once a provider
has refused several people in a row for the sender's fault, mail to it pauses, for longer each time; others go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

MOST_ATTEMPTS: Final = 12
"""Of one mail that is refused for the sender's fault: a day and a half, in which a record of DNS is put right."""

# Different people, for one may have a rule of their own; and with them a domain is no single person's, so that it may
# stand in a log.
_PEOPLE: Final = 3
_FIRST_PAUSE: Final = timedelta(minutes=15)
# So that what was put right is noticed on the same day.
_LONGEST_PAUSE: Final = timedelta(hours=4)
FORGOTTEN: Final = timedelta(days=1)
"""After its last refusal or pause. Reports come hours after the mail; what is older belongs to another trouble."""


class Provider(NamedTuple):
    """What a provider has refused since it last took a mail: to whom, how often it was paused, and until when.

    `by_report`: it was a report that said so. Then it was another server that takes the mail from us, and its taking
    one says nothing of the provider.
    """

    domain: str
    people: tuple[UUID, ...] = ()
    pauses: int = 0
    refused_at: datetime | None = None
    paused_until: datetime | None = None
    by_report: bool = False

    def is_paused(self, at: datetime) -> bool:
        """Whether nothing is sent to it now."""
        return self.paused_until is not None and at < self.paused_until

    def is_forgotten(self, at: datetime) -> bool:
        """Whether what it refused is so long ago that it counts no more."""
        last = max((time for time in (self.refused_at, self.paused_until) if time is not None), default=at)
        return at > last + FORGOTTEN

    def refusing(self, person_id: UUID, *, at: datetime, by_report: bool = False) -> Provider:
        """The provider after it refused a mail to a person; what comes back while it is paused adds nothing to that."""
        before = Provider(self.domain) if self.is_forgotten(at) else self
        people = tuple(dict.fromkeys((*before.people, person_id)))[:_PEOPLE]
        after = before._replace(people=people, refused_at=at, by_report=by_report)
        if len(people) < _PEOPLE or before.is_paused(at):
            return after
        return after._replace(pauses=before.pauses + 1, paused_until=at + pause_after(before.pauses + 1))


def pause_after(refusals: int) -> timedelta:
    """How long to leave a provider alone after so many refusals, or pauses: doubled each time."""
    return min(_FIRST_PAUSE * (1 << min(refusals - 1, 10)), _LONGEST_PAUSE)
