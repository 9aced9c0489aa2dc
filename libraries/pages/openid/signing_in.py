"""Signing in at the provider: a browser is sent there, and what it comes back with proves who somebody is."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Final
from uuid import uuid4

from pydantic import Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.pages.asking import Refused, path_of
from libraries.pages.entrance import Entrance
from libraries.pages.openid.people import Known, known_as
from libraries.pages.openid.people_file import PeopleFile
from libraries.pages.openid.provider import Provider, ProviderRefuses, SignedIn
from libraries.pages.openid.settings import COMES_BACK
from libraries.pages.openid.tokens import NotTrusted
from libraries.pages.openid.transport import ProviderAway
from libraries.pages.premises import Premises
from libraries.pages.reader import Reader
from libraries.pages.sessions import QUERIES, Proof
from libraries.pages.signing import Signed, Ticket

BEGINS: Final = "/sign-in"
_GOOD_FOR: Final = timedelta(minutes=10)
"""How long somebody may take at the provider."""
_MOST_PATH_CHARACTERS: Final = 200
_MOST_CODE_CHARACTERS: Final = 4_000


class Begun(Signed):
    """A sign-in that one browser has begun, which keeps it in a cookie: nobody else ends it."""

    state: str = Field(max_length=100)
    nonce: str = Field(max_length=100)
    verifier: str = Field(max_length=128)
    goes_on: str = Field(max_length=_MOST_PATH_CHARACTERS)


class OpenIDSigningIn:
    """Sends a browser to the provider, and lets in whom it comes back with, where the file of people knows them."""

    def __init__(self, premises: Premises, entrance: Entrance, provider: Provider, people: PeopleFile) -> None:
        self._premises = premises
        self._entrance = entrance
        self._provider = provider
        self._people = people
        self._cookie = f"engage_{premises.site.service}_sign_in"
        self.routes = [
            Route(BEGINS, self._begin, methods=["GET"]),
            Route(COMES_BACK, self._come_back, methods=["GET"]),
        ]

    async def left_at(self, hint: str) -> str | None:
        """Where somebody signs out of the provider too."""
        return await self._provider.left(hint, f"{self._premises.site.address}/")

    async def _begin(self, request: Request) -> Response:
        reader, goes_on = self._premises.reader(request), path_of(request.query_params.get("goes_on", "/"))
        begun = Begun(
            id=uuid4(),
            expires_at=self._premises.clock() + _GOOD_FOR,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            goes_on=goes_on if len(goes_on) <= _MOST_PATH_CHARACTERS else "/",
        )
        try:
            address = await self._provider.address_for(
                state=begun.state, nonce=begun.nonce, verifier=begun.verifier, language=reader.language
            )
        except (ProviderAway, NotTrusted) as error:
            return self._failed(reader, error)
        answer = RedirectResponse(address, 303)
        self._keep(answer, self._premises.signer.seal("sign-in", begun), int(_GOOD_FOR.total_seconds()))
        return answer

    async def _come_back(self, request: Request) -> Response:
        reader, said = self._premises.reader(request), request.query_params
        begun = await self._begun(request)
        if error := said.get("error"):
            return self._failed(reader, ProviderRefuses(error))
        code = said.get("code", "")
        if not code or len(code) > _MOST_CODE_CHARACTERS:
            return self._failed(reader, NotTrusted("code"))
        try:
            signed_in = await self._provider.take(
                code=code, nonce=begun.nonce, verifier=begun.verifier, issuer=said.get("iss")
            )
        except (ProviderAway, ProviderRefuses, NotTrusted) as failure:
            return self._failed(reader, failure)
        known = known_as(self._people.now(), signed_in.claims)
        if known is None:
            return await self._turn_away(reader, str(signed_in.claims["sub"]))
        return await self._let_in(reader, begun, signed_in, known)

    async def _begun(self, request: Request) -> Begun:
        """The sign-in that this browser has begun, which is then used up; raises Refused where it has begun none."""
        sealed, now = request.cookies.get(self._cookie, ""), self._premises.clock()
        begun = self._premises.signer.open_as(Begun, "sign-in", sealed, now) if sealed else None
        state = request.query_params.get("state", "")
        if begun is None or not hmac.compare_digest(state.encode(), begun.state.encode()):
            raise _begun_elsewhere()
        async with self._premises.database.within() as connection:
            await connection.execute(QUERIES["forget_spent_links"], now)
            if not await connection.fetchval(QUERIES["spend_link"], begun.id, begun.expires_at):
                raise _begun_elsewhere()
        return begun

    async def _let_in(self, reader: Reader, begun: Begun, signed_in: SignedIn, known: Known) -> Response:
        now, premises = self._premises.clock(), self._premises
        session = Ticket(
            id=uuid4(),
            who=known.name,
            roles=known.roles,
            person_id=known.person_id,
            directorate=known.directorate,
            expires_at=now + premises.site.session,
        )
        async with premises.database.within() as connection, connection.transaction():
            proof = Proof(signed_in.id_token, signed_in.session, known.entitled_by)
            await self._entrance.let_in(connection, session, now, person=known.subject, proof=proof)
        # A page that goes on by itself, and no redirect: in a chain that began at the provider a browser would keep
        # the session's cookie to itself, as it came from another site.
        answer = premises.rendering.page(Reader(reader.language, session), "signed_in.html", goes_on=begun.goes_on)
        self._entrance.give_cookie(answer, session)
        self._keep(answer, "", 0)
        return answer

    async def _turn_away(self, reader: Reader, subject: str) -> Response:
        async with self._premises.database.within() as connection, connection.transaction():
            await self._entrance.turn_away(connection, subject, self._premises.clock())
        return self._premises.rendering.page(reader, "stranger.html", status=403, subject=subject)

    def _failed(self, reader: Reader, error: ProviderAway | ProviderRefuses | NotTrusted) -> Response:
        is_away = isinstance(error, ProviderAway)
        why = str(error) if is_away else error.why  # type: ignore[union-attr]  # the two others have one
        self._premises.log.warning("nobody was signed in", action="sign-in", error=type(error).__name__, why=why)
        status = 503 if is_away else 403
        refuses = isinstance(error, ProviderRefuses)
        return self._premises.rendering.page(
            reader, "not_signed_in.html", status=status, is_away=is_away, refuses=refuses
        )

    def _keep(self, answer: Response, value: str, seconds: int) -> None:
        """Sent along when the provider sends the browser back, which `strict` would not be."""
        answer.set_cookie(
            self._cookie,
            value,
            max_age=seconds,
            path=BEGINS,
            httponly=True,
            samesite="lax",
            secure=self._premises.site.is_safe,
        )


def _begun_elsewhere() -> Refused:
    return Refused(
        400,
        "Cette connexion a été commencée dans un autre navigateur, a déjà servi ou est trop ancienne\u00a0: "
        "recommencez.",
        "This sign-in was begun in another browser, was used, or is too old: begin again.",
    )
