"""How people sign in to a service: by one-time links, at a provider, or either."""

from __future__ import annotations

from starlette.routing import BaseRoute

from libraries.pages.entrance import Diary, Entrance
from libraries.pages.openid.people_file import PeopleFile
from libraries.pages.openid.provider import Provider
from libraries.pages.openid.signing_in import OpenIDSigningIn
from libraries.pages.openid.signing_out import OpenIDSigningOut
from libraries.pages.premises import Premises
from libraries.pages.signing_in import SigningIn


def ways_in(
    premises: Premises,
    diary: Diary,
    provider: Provider | None = None,
    people: PeopleFile | None = None,
) -> list[BaseRoute]:
    """The routes by which people come and go."""
    entrance = Entrance(premises, diary)
    if provider is None or people is None:
        return [*SigningIn(premises, entrance).routes]
    at_provider = OpenIDSigningIn(premises, entrance, provider, people)
    leaving = OpenIDSigningOut(premises, provider)
    return [*at_provider.routes, *leaving.routes, *SigningIn(premises, entrance, at_provider.left_at).routes]
