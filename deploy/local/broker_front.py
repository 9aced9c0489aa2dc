"""A listener before the embedded broker, for clients whose first question that broker answers wrongly.

A client begins with ApiVersions, in the newest version that it knows. A broker that does not know the version answers
in version 0, with an error and what it does know; librdkafka's mock cluster answers in a form of its own, at which
franz-go, for one, gives up. So this asks in its place. All else passes through, but for the broker's own address.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_METADATA: Final = 3
_FIND_COORDINATOR: Final = 10
_API_VERSIONS: Final = 18
_NEWEST_API_VERSIONS: Final = 2
"""What the mock cluster knows."""

_UNSUPPORTED_VERSION: Final = (35).to_bytes(2)
_HEADER: Final = struct.Struct(">hhih")
"""Of a request: which one, its version, its number on the connection, the length of the client's name."""

_ERROR: Final = slice(4, 6)
"""Of an answer to ApiVersions: after the request's number."""

Answer = Callable[[bytes], bytes]


class BrokerFront:
    """Serves Kafka's protocol on a port of its own of `host`, and has the broker at `port` answer."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Starts to listen; returns `host:port`."""
        self._server = await asyncio.start_server(self._serve, self._host, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        # The broker names itself to whoever asks where to go; a port has one length, so the answer keeps its own.
        self._own, self._theirs = self._address(port), self._address(self._port)
        return f"{self._host}:{port}"

    def close(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.close()

    def _address(self, port: int) -> bytes:
        return self._host.encode() + port.to_bytes(4)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            broker_reader, broker_writer = await asyncio.open_connection(self._host, self._port)
            changing: dict[bytes, Answer] = {}
            passing = {
                asyncio.create_task(_pass_on(reader, broker_writer, lambda frame: self._asked(frame, changing))),
                asyncio.create_task(_pass_on(broker_reader, writer, lambda frame: _answered(frame, changing))),
            }
            # Whichever side hangs up, the other is told.
            _, left = await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            for task in left:
                task.cancel()
            broker_writer.close()
        writer.close()

    def _asked(self, frame: bytes, changing: dict[bytes, Answer]) -> bytes:
        """A request as the broker gets it; what has to change in its answer is kept by its number."""
        api, version, correlation, name = _HEADER.unpack_from(frame)
        number = correlation.to_bytes(4, signed=True)
        if api == _API_VERSIONS and version > _NEWEST_API_VERSIONS:
            changing[number] = _unsupported
            # Version 0 has no body, and the newer ones' begins behind the client's name.
            return _HEADER.pack(api, 0, correlation, name) + frame[_HEADER.size : _HEADER.size + max(name, 0)]
        if api in (_METADATA, _FIND_COORDINATOR):
            changing[number] = lambda answer: answer.replace(self._theirs, self._own)
        return frame


def _answered(frame: bytes, changing: dict[bytes, Answer]) -> bytes:
    change = changing.pop(frame[:4], None)
    return frame if change is None else change(frame)


def _unsupported(answer: bytes) -> bytes:
    return answer[: _ERROR.start] + _UNSUPPORTED_VERSION + answer[_ERROR.stop :]


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changed: Callable[[bytes], bytes]
) -> None:
    """Passes on frame after frame until one side hangs up."""
    with suppress(OSError, asyncio.IncompleteReadError, struct.error):
        while True:
            frame = changed(await reader.readexactly(int.from_bytes(await reader.readexactly(4))))
            writer.write(len(frame).to_bytes(4) + frame)
            await writer.drain()
