"""How people sign in to a service: by one-time links, at a provider, or either."""

from __future__ import annotations

from starlette.routing import BaseRoute

from libraries.pages.entrance import Diary, Entrance
from libraries.pages.openid.provider import Provider
from libraries.pages.openid.settings import OpenIDSettings
from libraries.pages.openid.signing_in import OpenIDSigningIn
from libraries.pages.premises import Premises
from libraries.pages.signing_in import SigningIn


def ways_in(
    premises: Premises,
    diary: Diary,
    provider: Provider | None = None,
    settings: OpenIDSettings | None = None,
) -> list[BaseRoute]:
    """The routes by which people come and go; raises SettingsError for a file of people that can't be used."""
    entrance = Entrance(premises, diary)
    if provider is None or settings is None:
        return [*SigningIn(premises, entrance).routes]
    at_provider = OpenIDSigningIn(premises, entrance, provider, settings.people())
    return [*at_provider.routes, *SigningIn(premises, entrance, at_provider.left_at).routes]
