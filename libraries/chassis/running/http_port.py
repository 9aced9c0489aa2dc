"""A port that answers over HTTP, within its bounds, until it is closed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import uvicorn
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libraries.chassis.process.backoff import within
from libraries.chassis.servers.http_connection import LARGEST_HEADERS, connection_of
from libraries.chassis.servers.visitors import Visitors
from libraries.chassis.settings import HttpLimits, SettingsError

_DATE_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 5
"""How long a stop waits for requests that are being answered."""


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A socket that has its address, and the setting that chose it: `ENGAGE_HTTP` or `ENGAGE_HEALTH`."""

    socket: socket.socket
    setting: str


class Port(uvicorn.Server):
    """An application on a port of its own, which leaves the process's signals to others."""

    def __init__(self, application: ASGIApp, bound: BoundSocket, limits: HttpLimits, *, body_bytes: int) -> None:
        config = uvicorn.Config(
            bounded(application, body_bytes),
            http=connection_of(Visitors(limits)),
            h11_max_incomplete_event_size=LARGEST_HEADERS,
            ws="none",
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,  # nothing asks who somebody says they are
            server_header=False,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_ANSWER_SECONDS,
        )
        super().__init__(config)
        self._bound, self._setting = bound.socket, bound.setting
        self._closing = asyncio.Event()

    def listen(self) -> None:
        """Takes connections from now on, which wait to be answered until it runs; raises SettingsError.

        Two processes may both have bound an address that neither listens on yet: here the later one is told.
        """
        try:
            self._bound.listen(self.config.backlog)
        except OSError as error:
            host, port = self._bound.getsockname()[:2]
            raise SettingsError(f"{self._setting}_PORT: {host}:{port} can't be had: {error.strerror}") from None

    async def run_until_closed(self) -> None:
        """Answers until `close`, and then what is being answered."""
        await self.serve(sockets=[self._bound])

    def close(self) -> None:
        """Takes no more connections."""
        self.should_exit = True
        self._closing.set()

    async def main_loop(self) -> None:
        """Waits; uvicorn's own loop would wake an idle service ten times a second."""
        while not await self.on_tick(0):
            await within(self._closing.wait(), _DATE_SECONDS)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone."""
        yield


def bounded(application: ASGIApp, most: int) -> ASGIApp:
    """An application that no body of more bytes reaches: neither by its length, nor while it is read."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # h11 lets nothing but digits through, and no body that is longer than it says.
        declared = next((int(value) for name, value in scope["headers"] if name == b"content-length"), None)
        taken = declared or 0

        async def read() -> Message:
            nonlocal taken
            message = await receive() if taken <= most else {}
            if declared is None:
                taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        with suppress(ClientDisconnect):  # they went, or were turned away: there is nobody to answer
            await application(scope, read, send)

    return answer


def bound_socket(host: str, port: int, setting: str) -> BoundSocket:
    """A socket on an address, which does not listen yet: nobody should wait for a service that starts."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        raise SettingsError(f"{setting}_HOST, {setting}_PORT: {host}:{port} can't be had: {error.strerror}") from None
    return BoundSocket(made, setting)
