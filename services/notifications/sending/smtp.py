"""Connections to the mail server, kept open and shared, and what the server's answers mean."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from services.notifications.mails.composing import Mail
from services.notifications.mails.faults import Diagnosis, Phase, of_reply
from services.notifications.settings import SmtpServer

Verdict: TypeAlias = Literal["accepted", "deferred", "refused"]
_SERVICE_CLOSING: Final = 421
_UTF8: Final = "smtputf8"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one attempt.

    `reason` is `smtp-<code>` or a word of ours, never the server's text, which may hold an address.
    `in_doubt` where the connection broke after the content was handed over: the server may have taken it.
    `unreachable` where the trouble is with the server and not with this mail; `diagnosis` whose fault a refusal was;
    `error` the kind of what kept us from writing it.
    """

    verdict: Verdict
    reason: str | None = None
    in_doubt: bool = False
    unreachable: bool = False
    diagnosis: Diagnosis | None = None
    error: str | None = None


class _NotVerified(SMTPException):
    """The server does not prove who it is, or offers no TLS where there must be."""


@dataclass(slots=True)
class _Progress:
    handed_over: bool = False


class Mailer:
    """Delivers mails over at most `connections` connections at once, which stay open between mails.

    No more than `per_second` leave in any second, if it is given.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        connections: int,
        local_hostname: str,
        timeout_seconds: float = 20.0,
        per_second: float | None = None,
    ) -> None:
        self._server = server
        self._local_hostname = local_hostname
        self._timeout = timeout_seconds
        self._places = asyncio.Semaphore(connections)
        self._idle: list[SMTP] = []
        self._pause = 1 / per_second if per_second else 0.0
        self._next = 0.0

    async def deliver(self, mail: Mail, *, deadline: float) -> Delivery:
        """Makes one attempt that ends by `deadline`, in the event loop's time; never raises for the server."""
        progress = _Progress()
        try:
            async with asyncio.timeout_at(deadline), self._places:
                await self._turn()
                return await self._deliver(mail, progress)
        except _UNREACHABLE as error:
            # Of what breaks once the content was handed over the server may have taken it.
            return Delivery("deferred", _trouble(error), progress.handed_over, unreachable=True)

    async def greet(self, *, deadline: float) -> str | None:
        """Connects as for a mail, and takes leave; where it does not take us, the reason, as `deliver` has it."""
        try:
            async with asyncio.timeout_at(deadline):
                self._idle.append(await self._connect())
                await self.close()
        except _UNREACHABLE as error:
            return _trouble(error)
        return None

    async def close(self) -> None:
        """Takes leave of the server and closes every connection that is not in use."""
        while self._idle:
            connection = self._idle.pop()
            with contextlib.suppress(SMTPException, OSError):
                await connection.quit(timeout=1)
            connection.close()

    async def _turn(self) -> None:
        """Waits until a mail may leave: the turns are given out one after the other, evenly."""
        if self._pause:
            now = asyncio.get_running_loop().time()
            turn = max(now, self._next)
            self._next = turn + self._pause
            await asyncio.sleep(turn - now)

    async def _deliver(self, mail: Mail, progress: _Progress) -> Delivery:
        while self._idle:
            # Servers close connections that were idle for long or have carried many mails: that says
            # nothing about this mail, so the next connection is taken, at last a new one.
            with contextlib.suppress(SMTPServerDisconnected):
                return await self._converse(self._idle.pop(), mail, progress)
            if progress.handed_over:
                raise SMTPServerDisconnected("the connection broke after the content")
        return await self._converse(await self._connect(), mail, progress)

    async def _connect(self) -> SMTP:
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.implicit_tls,
            start_tls=_start_tls(server),
            tls_context=server.context,
            username=server.username,
            password=server.password,
            local_hostname=self._local_hostname,
            timeout=self._timeout,
        )
        try:
            await connection.connect()
        except SMTPException as error:
            # A bare SMTPException is aiosmtplib's word for a server that does not offer STARTTLS, or no longer does.
            if type(error) is SMTPException or isinstance(error.__cause__, ssl.SSLError):
                raise _NotVerified("TLS is demanded, and not to be had") from error
            raise
        if connection.is_ehlo_or_helo_needed:
            # Over implicit TLS nothing has asked yet what the server can do.
            await connection.ehlo()
        return connection

    async def _converse(self, connection: SMTP, mail: Mail, progress: _Progress) -> Delivery:
        try:
            delivery = await _transact(connection, mail, progress)
            if delivery.verdict != "accepted":
                await _reset(connection)
        except BaseException:
            connection.close()
            raise
        if connection.is_connected:
            self._idle.append(connection)
        return delivery


# A ValueError is a host name that no resolver takes.
_UNREACHABLE: Final = (SMTPException, OSError, ValueError)


def _trouble(error: Exception) -> str:
    """The trouble with the server itself: its greeting, TLS, the credentials, the connection."""
    match error:
        case SMTPResponseException():
            return f"smtp-{error.code}"
        case TimeoutError():
            return "smtp-timeout"
        case _NotVerified() | ssl.SSLError():
            return "smtp-tls"
        case _:
            return "smtp-connection"


def _start_tls(server: SmtpServer) -> bool | None:
    """Whether STARTTLS is demanded; None where it is used if offered, which whoever is between can take away."""
    if server.implicit_tls or server.tls == "off":
        return False
    # A password is never sent in the clear.
    return True if server.tls == "verify" or server.username is not None else None


async def _transact(connection: SMTP, mail: Mail, progress: _Progress) -> Delivery:
    options, encoding = ([_UTF8], "utf-8") if mail.international else ([], "ascii")
    try:
        if mail.international and not connection.supports_extension(_UTF8):
            return Delivery("refused", "smtputf8-unsupported")
        await connection.mail(mail.sender, options=options, encoding=encoding)
    except SMTPResponseException as refusal:
        _raise_if_closing(refusal)
        # What a server has against the sender it has against all our mail: no recipient is to blame.
        return Delivery("deferred", f"smtp-{refusal.code}", unreachable=True)
    try:
        await connection.rcpt(mail.recipient, encoding=encoding)
    except SMTPResponseException as refusal:
        _raise_if_closing(refusal)
        return _refused(refusal, "recipient")
    try:
        progress.handed_over = True
        await connection.data(mail.content)
    except SMTPResponseException as refusal:
        progress.handed_over = False
        _raise_if_closing(refusal)
        return _refused(refusal, "content")
    return Delivery("accepted")


def _refused(refusal: SMTPResponseException, phase: Phase) -> Delivery:
    diagnosis = of_reply(refusal.code, refusal.message, phase)
    verdict: Verdict = "refused" if diagnosis.is_final else "deferred"
    return Delivery(verdict, f"smtp-{refusal.code}", diagnosis=diagnosis)


def _raise_if_closing(refusal: SMTPResponseException) -> None:
    if refusal.code == _SERVICE_CLOSING:
        raise SMTPServerDisconnected("the server is closing the connection")


async def _reset(connection: SMTP) -> None:
    try:
        await connection.rset()
    except (SMTPException, OSError):
        connection.close()
