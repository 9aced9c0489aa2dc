"""How a provider is reached: within a time, within a length, and by TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx2

SECONDS: Final = 5.0
"""For how long the provider may take over all that one step of signing in asks of it."""
MOST_BYTES: Final = 500_000
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class ProviderAway(Exception):
    """The provider does not answer, answers too slowly, or says that it can't now."""


@asynccontextmanager
async def within_time() -> AsyncIterator[None]:
    """All that one step of signing in asks of the provider, in so many seconds; raises ProviderAway."""
    try:
        async with asyncio.timeout(SECONDS):
            yield
    except TimeoutError:
        raise ProviderAway("it took too long") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ProviderAway(type(error).__name__) from None


class Bounded(httpx2.AsyncBaseTransport):
    """A transport of which no answer is longer than it may be; it stays open for the next session."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Asks, and counts what comes."""
        answer = await self._transport.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            # A few bytes of it could be as many as one likes.
            raise httpx2.DecodingError("it is compressed, which was not asked for", request=request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        answer.stream = _Counted(answer.stream, request)
        return answer


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > MOST_BYTES:
                raise httpx2.ReadError(f"it is longer than {MOST_BYTES} bytes", request=self._request)
            yield part

    async def aclose(self) -> None:
        """Lets go of the answer."""
        await self._stream.aclose()


def is_safe(address: str) -> bool:
    """Whether what is sent there stays between the two: by TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))
