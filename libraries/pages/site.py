"""What tells the pages of one service from another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self

from libraries.pages.signing import Ticket


class SiteSettings(Protocol):
    """What the settings of a service of pages say of its site."""

    @property
    def address(self) -> str:
        """Where people reach it, without a path."""

    @property
    def session(self) -> timedelta:
        """How long somebody stays signed in."""

    @property
    def links(self) -> bool:
        """Whether a one-time link signs somebody in."""

    @property
    def oidc_issuer(self) -> str | None:
        """The provider at which people sign in, if any."""

    @property
    def oidc_name(self) -> str:
        """What people call that provider."""


@dataclass(frozen=True, slots=True)
class Site:
    """A service's name, which is its schema's too; where people reach it; how long a session lasts; who may do what.

    `may` says whether somebody who has signed in has a right, by the service's own names of rights. `openid` says
    whether people sign in at a provider, which people call `provider`; `links` whether they do by one-time links.
    """

    service: str
    address: str
    session: timedelta
    may: Callable[[Ticket, str], bool]
    links: bool = True
    openid: bool = False
    provider: str = ""

    @classmethod
    def of(cls, service: str, settings: SiteSettings, may: Callable[[Ticket, str], bool]) -> Self:
        """The site that a service's settings describe."""
        by_provider = settings.oidc_issuer is not None
        return cls(service, settings.address, settings.session, may, settings.links, by_provider, settings.oidc_name)

    @property
    def cookie(self) -> str:
        """The cookie of its sessions: by its name, as on one machine several services share an address."""
        return f"engage_{self.service}_session"

    @property
    def is_safe(self) -> bool:
        """Whether its cookies are only sent by TLS."""
        return self.address.startswith("https://")

    @property
    def package(self) -> str:
        """The package that holds its templates and its static files."""
        return f"services.{self.service}"
