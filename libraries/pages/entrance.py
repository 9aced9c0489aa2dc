"""Letting people in and out: a session begins with its row, its cookie and a note of it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from starlette.responses import Response

from libraries.chassis.store import Connection
from libraries.pages import sessions
from libraries.pages.premises import Premises
from libraries.pages.sessions import Proof
from libraries.pages.signing import Ticket


class Diary(Protocol):
    """What a service writes down of who came and went, in the transaction in which they do."""

    async def signed_in(self, connection: Connection, session: Ticket, at: datetime) -> None:
        """Somebody was let in."""
        ...

    async def turned_away(self, connection: Connection, subject: str, at: datetime) -> None:
        """The provider knows somebody whom we do not."""
        ...


class NoDiary:
    """Of a service that writes nothing down."""

    async def signed_in(self, connection: Connection, session: Ticket, at: datetime) -> None:
        """Nothing is noted."""

    async def turned_away(self, connection: Connection, subject: str, at: datetime) -> None:
        """Nothing is noted."""


class Entrance:
    """Begins and ends sessions, whichever way somebody came."""

    def __init__(self, premises: Premises, diary: Diary) -> None:
        self._premises = premises
        self._diary = diary

    async def let_in(
        self, connection: Connection, session: Ticket, at: datetime, *, person: str, proof: Proof | None = None
    ) -> None:
        """Begins a session in the caller's transaction."""
        await sessions.begin(connection, session, at, person=person, proof=proof)
        await self._diary.signed_in(connection, session, at)
        self._premises.log.info("somebody signed in", action="sign-in", roles=session.roles)

    async def turn_away(self, connection: Connection, subject: str, at: datetime) -> None:
        """Notes in the caller's transaction that somebody was not let in."""
        await self._diary.turned_away(connection, subject, at)
        self._premises.log.warning("somebody whom we do not know was not let in", action="sign-in")

    async def let_out(self, session: Ticket, at: datetime) -> str | None:
        """Ends a session; returns what a provider knows it by."""
        async with self._premises.database.within() as connection:
            hint = await sessions.end(connection, session.id, at)
        self._premises.sessions.forget_look()
        return hint

    def give_cookie(self, answer: Response, session: Ticket | None) -> None:
        """Has the browser keep a session's cookie, or drop the one that it has."""
        site = self._premises.site
        sealed = "" if session is None else self._premises.signer.seal("session", session)
        self.set_cookie(answer, site.cookie, sealed, 0 if session is None else int(site.session.total_seconds()))

    def set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        """A cookie that no other site's page makes a browser send."""
        secure = self._premises.site.is_safe
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)
