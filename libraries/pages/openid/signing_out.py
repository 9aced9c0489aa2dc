"""Signing out that began at the provider: it says so to us behind the browser's back, and what it let in ends."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Refused, fields_of
from libraries.pages.openid.provider import Provider
from libraries.pages.openid.settings import ENDS
from libraries.pages.openid.tokens import LoggedOut, NotTrusted
from libraries.pages.openid.transport import ProviderAway
from libraries.pages.premises import Premises
from libraries.pages.sessions import QUERIES, end_at_provider


class OpenIDSigningOut:
    """Takes what the provider signed of sessions that have ended there (OpenID Connect Back-Channel Logout 1.0).

    Whoever else asks learns nothing: each answer is a status, and 400 whatever is wrong.
    """

    def __init__(self, premises: Premises, provider: Provider) -> None:
        self._premises = premises
        self._provider = provider
        self.routes = [Route(ENDS, self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        log = self._premises.log
        try:
            fields = await fields_of(request)
            ended = await self._end(await self._provider.logged_out(fields.get("logout_token", [""])[0]))
        except (ProviderAway, NotTrusted, Refused) as error:
            why = error.why if isinstance(error, NotTrusted) else str(error)
            log.warning("no session was ended", action="sign-out", error=type(error).__name__, why=why)
            return Response(status_code=400)
        log.info("sessions ended at the provider", action="sign-out", sessions=ended)
        return Response(status_code=200)

    async def _end(self, said: LoggedOut) -> int:
        """Ends the sessions; returns how many there were, and raises NotTrusted for what was heard before."""
        now, heard = self._premises.clock(), UUID(bytes=blake2b(said.token_id.encode(), digest_size=16).digest())
        async with self._premises.database.within() as connection, connection.transaction():
            await connection.execute(QUERIES["forget_spent_links"], now)
            if not await connection.fetchval(QUERIES["spend_link"], heard, said.good_until):
                raise NotTrusted("jti")
            ended = await end_at_provider(connection, now, subject=said.subject, session=said.session)
        self._premises.sessions.forget_look()
        return ended
