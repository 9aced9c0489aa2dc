"""Who looks at a page."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.message import Language
from libraries.pages.signing import Role, Ticket


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page, and in which language; nobody who has not signed in has a session."""

    language: Language
    session: Ticket | None = None

    def say(self, french: str, english: str) -> str:
        """A sentence in their language."""
        return french if self.language == "fr" else english

    def has(self, *roles: Role) -> bool:
        """Whether they have signed in with one of these roles."""
        return self.session is not None and not set(roles).isdisjoint(self.session.roles)
