"""People as mail knows them: how they are reached, and how a mail names them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from contracts.message import Language


class Correspondent(NamedTuple):
    """A person as a mail names them."""

    name: str
    email: str


class Contact(NamedTuple):
    """How a person is reached; why their address can't be, and since when they want no optional mail, if so."""

    name: str
    email: str
    language: Language
    updated_at: datetime
    undeliverable: str | None = None
    unsubscribed_at: datetime | None = None

    @property
    def correspondent(self) -> Correspondent:
        """The person as a mail names them."""
        return Correspondent(self.name, self.email)
