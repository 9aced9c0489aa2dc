"""One click that ends optional mail (RFC 8058): the links in mails, and what answers them over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.chassis.settings import read_settings
from services.chassis.store import named_queries

if TYPE_CHECKING:
    from services.chassis.surroundings import Surroundings

_PATH: Final = "/v1/unsubscribe/"
_QUERIES: Final = named_queries("services.notifications")
_SHORTEST_KEY: Final = 16


class UnsubscribeSettings(BaseSettings):
    """Where people's clicks come in, and what the links are signed with; each under the prefix `ENGAGE_`."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", hide_input_in_errors=True, frozen=True)

    public_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+$", description="Where this service is reached from outside; none: no links"
    )
    unsubscribe_key: SecretStr | None = Field(
        None, min_length=_SHORTEST_KEY, description="What links are signed with; whoever has it can unsubscribe anybody"
    )

    @model_validator(mode="after")
    def _check_both(self) -> UnsubscribeSettings:
        if (self.public_url is None) != (self.unsubscribe_key is None):
            raise ValueError("ENGAGE_PUBLIC_URL and ENGAGE_UNSUBSCRIBE_KEY: give both, or neither")
        return self

    @property
    def links(self) -> Links | None:
        """The links that these settings make, if they make any."""
        if self.public_url is None or self.unsubscribe_key is None:
            return None
        return Links(self.public_url, self.unsubscribe_key.get_secret_value().encode())


class Links:
    """Links that each unsubscribe one person, and that nobody else can make up."""

    def __init__(self, public_url: str, key: bytes) -> None:
        self._public_url = public_url
        self._key = key

    def link(self, person_id: UUID) -> str:
        """The link of a person; the same for ever."""
        return f"{self._public_url}{_PATH}{person_id}.{self._signature(person_id)}"

    def person_of(self, token: str) -> UUID | None:
        """Whom a link's last part names; None where it is not one of ours."""
        name, _, signature = token.partition(".")
        try:
            person_id = UUID(name)
        except ValueError:
            return None
        genuine = hmac.compare_digest(self._signature(person_id).encode(), signature.encode(errors="replace"))
        return person_id if genuine else None

    def _signature(self, person_id: UUID) -> str:
        digest = hmac.digest(self._key, b"unsubscribe\n" + person_id.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()


class UnsubscribeDoor:
    """Takes the click of a mail program (POST) or of a person, who first sees what it does (GET, then POST)."""

    prefix = _PATH

    def __init__(self, links: Links | None, around: Surroundings) -> None:
        self._links = links
        self._around = around
        self._application = Starlette(
            routes=[
                Route(_PATH + "{token}", self._ask, methods=["GET"]),
                Route(_PATH + "{token}", self._take, methods=["POST"]),
            ]
        )

    async def open(self) -> None:
        """Needs nothing."""

    async def close(self) -> None:
        """Holds nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._application(scope, receive, send)

    async def _ask(self, request: Request) -> Response:
        if self._person(request) is None:
            return _unknown()
        return _page(_ASK, button=_STOP)

    async def _take(self, request: Request) -> Response:
        person_id = self._person(request)
        if person_id is None:
            return _unknown()
        again = b"again" in await request.body()
        at = None if again else self._around.clock()
        await self._around.database.pool.execute(_QUERIES["unsubscribe"], person_id, at)
        self._around.log.info("a choice of optional mail", action="unsubscribe", person_id=str(person_id), again=again)
        return _page(_AGAIN, button=_STOP) if again else _page(_DONE, button=_RESUME)

    def _person(self, request: Request) -> UUID | None:
        return None if self._links is None else self._links.person_of(request.path_params["token"])


_ASK: Final = (
    "Ne plus recevoir les messages facultatifs\u00a0? Ceux qui concernent vos démarches vous parviendront toujours.",
    "No longer receive optional messages? Those about your own requests will still reach you.",
)
_DONE: Final = (
    "C’est fait\u00a0: vous ne recevrez plus les messages facultatifs.",
    "Done: you will no longer receive optional messages.",
)
_AGAIN: Final = ("C’est fait\u00a0: vous les recevrez de nouveau.", "Done: you will receive them again.")
_STOP: Final = ("List-Unsubscribe", "One-Click", "Ne plus les recevoir / Stop them")
_RESUME: Final = ("choice", "again", "Les recevoir de nouveau / Receive them again")


def _page(words: tuple[str, str], *, button: tuple[str, str, str] | None, status: int = 200) -> Response:
    french, english = words
    form = ""
    if button is not None:
        name, value, label = button
        form = f'<form method="post"><button name="{name}" value="{value}">{label}</button></form>'
    return HTMLResponse(
        '<!doctype html>\n<html lang="fr">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Engage</title>\n'
        "<style>body {max-width:38rem;margin:3rem auto;padding:0 1.5rem;font:1rem/1.6 Arial,sans-serif} "
        "button {font:inherit;padding:.5rem 1rem}</style>\n"
        f'<h1>Engage</h1>\n<p>{french}</p>\n<p lang="en">{english}</p>\n{form}\n</html>\n',
        status,
        {"cache-control": "no-store", "referrer-policy": "no-referrer"},
    )


def _unknown() -> Response:
    words = ("Ce lien n’est pas valable\u00a0: copiez-le en entier.", "This link is not valid: copy the whole of it.")
    return _page(words, button=None, status=404)


def door_from_environment(around: Surroundings) -> UnsubscribeDoor:
    """The door that the environment describes; raises services.chassis.settings.SettingsError."""
    return UnsubscribeDoor(read_settings(UnsubscribeSettings).links, around)
