"""Mail that is due, as it stands, with whom it concerns and how it is counted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from services.notifications.contacts import contacts_of
from services.notifications.kinds import KINDS, Kind
from services.notifications.planned.follow_ups import Planned
from services.notifications.sending.outcomes import mail_name


class DueMail(NamedTuple):
    """A follow-up that is due, as it stands; `is_requested` where an operator wants it sent at once."""

    planned: Planned
    next_attempt_at: datetime
    is_requested: bool = False

    @property
    def id(self) -> UUID:
        """The follow-up's id."""
        return self.planned.follow_up.id

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return mail_name(self.id)

    @property
    def matter_id(self) -> UUID:
        """What it is about."""
        return self.planned.follow_up.key.matter_id

    @property
    def recipient_id(self) -> UUID:
        """Who is to receive it."""
        return self.planned.follow_up.key.recipient_id

    @property
    def kind(self) -> Kind:
        """What kind it is of."""
        return KINDS.by_name[self.planned.follow_up.key.kind]

    @property
    def people(self) -> tuple[UUID, ...]:
        """Whom sending it concerns: the recipient first."""
        counterpart_id = self.planned.counterpart_id
        return (self.recipient_id,) if counterpart_id is None else (self.recipient_id, counterpart_id)

    @property
    def contacts(self) -> tuple[UUID, ...]:
        """The contacts that sending it takes: the recipient's first."""
        return contacts_of(self.kind.kind, self.recipient_id, self.planned.counterpart_id)

    @property
    def file(self) -> tuple[UUID, UUID]:
        """The recipient and the application, as a recusal names them."""
        return self.recipient_id, self.planned.application_id

    @property
    def is_described(self) -> bool:
        """Whether it shows what somebody wrote of an obstacle, which comes on another topic."""
        return self.kind.tells_description and bool(orjson.loads(self.planned.parameters).get("is_described"))

    @property
    def is_unhurried(self) -> bool:
        """Whether it leaves in open hours only."""
        return not (self.is_requested or self.kind.urgent)

    @property
    def is_counted(self) -> bool:
        """Whether only so many of it leave for a person in a week."""
        return not self.is_requested and self.kind.is_counted
