"""One HTTP connection by uvicorn, which can't be held open, fed slowly or filled up without end."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final, Literal, TypeAlias

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from libraries.chassis.servers.visitors import Cause, Visitor, Visitors, source_of

LARGEST_HEADERS: Final = 16_384
"""Bytes of a request line with all headers: what browsers send is a tenth of it."""

_LINGER_SECONDS: Final = 2.0
"""How long an answer has to reach somebody who is still sending, or does not read, before the connection is cut."""

_LEFTOVER_BYTES: Final = 1_000_000
"""How much of a body that nobody wants is thrown away, so that whoever sends it gets to read why; more is not read."""

_SAID: Final = {
    "slow": "408 Request Timeout",
    "connections": "503 Service Unavailable",
    "memory": "503 Service Unavailable",
}

Phase: TypeAlias = Literal["headers", "body", "answering", "leftover"]


class HttpConnection(H11Protocol):
    """A connection that counts among the visitors of its port, and is watched over all it does.

    A request's headers have to be there in time, and then its body; somebody has to read the answer. What a client goes
    on sending of a body that nobody wants is thrown away, for a moment. Only one whose request is whole, and is being
    answered, is never turned away.
    """

    visitors: ClassVar[Visitors]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came: they are let in, or told that there is no room."""
        super().connection_made(transport)
        self._phase: Phase | None = None
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._visitor = Visitor(source_of(self.client[0] if self.client else ""))
        if not self.visitors.admit(self._visitor, self._turn_away):
            self.visitors.turned_away("connections")
            self._turn_away("connections")
            return
        self._enter("headers")

    def connection_lost(self, exc: Exception | None) -> None:
        """They went."""
        self.visitors.leave(self._visitor)
        for timer in (self._late, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request came."""
        if self.transport.is_closing():
            return  # what was in the socket when they were turned away
        if self._phase == "leftover":
            self._leftover += len(data)
            if self._leftover > _LEFTOVER_BYTES:
                self.transport.pause_reading()
        else:
            self.visitors.take(self._visitor, len(data))
        if not self.transport.is_closing():
            super().data_received(data)
            self._look()

    def on_response_complete(self) -> None:
        """The answer is written."""
        self.visitors.release(self._visitor)
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """They do not read what they asked for: not for longer than a body may take."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.visitors.limits.body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """They read on."""
        if self._stalled is not None:
            self._stalled.cancel()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked for."""
        super().timeout_keep_alive_handler()
        self._cut_soon()

    def _look(self) -> None:
        """Which phase the connection is in, by what h11 waits for."""
        if self.transport.is_closing():
            return
        theirs = self.conn.their_state
        if theirs is h11.IDLE:
            self._enter("headers")
        elif theirs is not h11.SEND_BODY:
            self._enter("answering")
        elif self.conn.our_state is h11.DONE:
            self._enter("leftover")
        else:
            self._enter("body")

    def _enter(self, phase: Phase) -> None:
        if phase == self._phase:
            return  # a byte now and then gains no time
        self._phase = phase
        self._leftover = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._visitor.unfinished_since = None if phase == "answering" else self.loop.time()
        if phase != "answering":
            limits = self.visitors.limits
            seconds = {"headers": limits.header_seconds, "body": limits.body_seconds, "leftover": _LINGER_SECONDS}
            self._late = self.loop.call_later(seconds[phase], self._be_late)

    def _be_late(self) -> None:
        self.visitors.turned_away("slow")
        self._turn_away("slow")

    def _turn_away(self, cause: Cause) -> None:
        """Ends the connection, with a word where an answer is still due."""
        asked = self._visitor.held > 0 or cause == "connections"
        self.visitors.leave(self._visitor)
        if self._phase == "leftover":
            self.transport.abort()
            return
        begun = getattr(self.cycle, "response_started", False)  # there is no cycle before the first request
        unanswered = self.conn.our_state is h11.IDLE or not begun
        if asked and unanswered and not self.transport.is_closing():
            self.transport.write(f"HTTP/1.1 {_SAID[cause]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()
        self._cut_soon()

    def _cut_soon(self) -> None:
        # A transport that is closed waits for its last bytes to be read, for ever where nobody does.
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)


def connection_of(visitors: Visitors) -> type[Any]:
    """The class of one port's connections, which uvicorn makes by itself."""
    return type("PortConnection", (HttpConnection,), {"visitors": visitors})
