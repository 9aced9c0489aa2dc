"""A mail server with moods, before the mail catcher: it hangs, drops connections after DATA, defers, refuses."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Final, Literal, TypeAlias, cast
from urllib.parse import urlsplit

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import free_port

Mood: TypeAlias = Literal["kind", "hangs", "drops", "defers", "refuses"]
_HOST: Final = "127.0.0.1"


class FickleMailServer:
    """Passes mail on to the catcher behind it, in the mood that it is in; runs in a thread of its own.

    `hangs` takes the content and never answers; `drops` passes it on and closes the connection instead of
    saying so; `defers` answers 451 and `refuses` 552, and both keep nothing.
    """

    def __init__(self, behind: Callable[[], str]) -> None:
        """`behind` gives the catcher's `smtp://host:port`, once there is one."""
        self.mood: Mood = "kind"
        self.port = free_port()
        self._behind = behind
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fickle mail server", daemon=True)

    @property
    def url(self) -> str:
        """`smtp://host:port`."""
        return f"smtp://{_HOST}:{self.port}"

    def start(self) -> None:
        """Start; returns once connections are taken."""
        self._thread.start()
        listener = socket.create_server((_HOST, self.port), backlog=1024)
        asyncio.run_coroutine_threadsafe(self._listen(listener), self._loop).result(10)

    def stop(self) -> None:
        """Stop; connections end with it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self, listener: socket.socket) -> None:
        await self._loop.create_server(self._session, sock=listener)

    def _session(self) -> SMTP:
        # A given host name spares a DNS look-up for each connection.
        return SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """What aiosmtpd asks once the content is there."""
        match self.mood:
            case "hangs":
                await asyncio.Event().wait()
            case "defers":
                return "451 4.3.0 Try again later"
            case "refuses":
                return (
                    "552 5.3.4 Message too big"  # this mail: what is ours to mend, such as 5.7.1, would pause all mail
                )
        await self._pass_on(envelope)
        if self.mood == "drops" and server.transport is not None:
            cast("asyncio.Transport", server.transport).abort()
        return "250 Kept"

    async def _pass_on(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        address = urlsplit(self._behind())
        await aiosmtplib.send(
            content if isinstance(content, bytes) else content.encode(),
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            hostname=address.hostname,
            port=address.port,
            local_hostname="localhost",
        )
