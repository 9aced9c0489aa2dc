"""Mail that is due, as it stands, with whom it concerns and how it is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from contracts.unpublished import UNPUBLISHED
from services.notifications.contacts import contacts_of
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.planned.follow_ups import Planned
from services.notifications.planned.series import Series
from services.notifications.sending.outcomes import mail_name


class DueMail(NamedTuple):
    """A follow-up that is due, as it stands; `is_requested` where an operator wants it sent at once.

    `departed_as` is the Message-ID under which it had left before the database was restored, if it had.
    """

    planned: Planned
    next_attempt_at: datetime
    is_requested: bool = False
    departed_as: str | None = None

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
    def described(self) -> tuple[UUID, ...]:
        """Of what it shows what somebody wrote, which comes on another topic: of an obstacle, of an application."""
        parameters = self.planned.parameters
        shown = []
        if self.kind.tells_description and orjson.loads(parameters).get("is_described"):
            shown.append(self.matter_id)
        # As text: nearly all applications are public, and no parameter has to be read for them.
        if UNPUBLISHED in parameters:
            shown.append(self.planned.application_id)
        return tuple(shown)

    @property
    def is_unhurried(self) -> bool:
        """Whether it leaves in open hours only."""
        return not (self.is_requested or self.kind.urgent)

    @property
    def is_counted(self) -> bool:
        """Whether only so many of it leave for a person in a week."""
        return not self.is_requested and self.kind.is_counted


def portion_of(due: Sequence[DueMail | Series], most: int) -> Sequence[DueMail | Series]:
    """So many of what is due, in its order, and what is for the same digests: one that is cut in two is two mails."""
    portion = list(due[:most])
    told = {_digest_of(each) for each in portion} - {None}
    return [*portion, *(each for each in due[most:] if _digest_of(each) in told)]


def _digest_of(due: DueMail | Series) -> tuple[datetime, UUID] | None:
    if isinstance(due, DueMail) and due.kind.digest:
        return due.next_attempt_at, due.recipient_id
    return None
