"""Now: what flows through the services and what waits, by the second."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from contracts.catalogue import SERVICES
from libraries.pages.reader import Reader
from services.console.drawing.sparks import spark
from services.console.premises import Premises
from services.console.watching.alerts import alerts_of
from services.console.watching.samples import Samples, oldest

_PATIENCE_SECONDS: Final = 15.0
_LOOKS: Final = 300
"""After so many a stream ends by itself, and the browser begins another: so nobody stays who has signed out."""


class Now:
    """The state of all services, whole as a page and by the second as a stream of its middle."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._readers = 0
        self.routes = [
            Route("/", premises.shown(self._show), methods=["GET"]),
            Route("/now", premises.shown(self._stream), methods=["GET"]),
        ]

    async def _show(self, request: Request, reader: Reader) -> Response:
        self._premises.watch.read()
        return self._premises.rendering.page(reader, "now.html", here="now", **self._told())

    async def _stream(self, request: Request, reader: Reader) -> Response:
        if self._readers >= self._premises.most_readers:
            # EventSource gives up at this status; the page goes on by loading itself again.
            return Response(status_code=503, headers={"retry-after": "30"})
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._looks(request, reader), media_type="text/event-stream", headers=headers)

    async def _looks(self, request: Request, reader: Reader) -> AsyncIterator[str]:
        self._readers += 1
        try:
            for _ in range(_LOOKS):
                self._premises.watch.read()
                # Also where nothing new is seen: writing to who has gone away is how that is noticed.
                await self._premises.watch.next(_PATIENCE_SECONDS)
                await self._premises.sessions.look()
                if await request.is_disconnected() or not self._is_signed_in(reader):
                    return
                text = self._premises.rendering.text(reader, "now_middle.html", **self._told())
                yield "event: look\n" + "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
        finally:
            self._readers -= 1

    def _is_signed_in(self, reader: Reader) -> bool:
        session = reader.session
        if session is None or self._premises.sessions.has_ended(session.id):
            return False
        return self._premises.clock() < session.expires_at

    def _told(self) -> dict[str, Any]:
        samples = self._premises.watch.samples
        return {
            "last": samples.last,
            "services": [_service(samples, name) for name in SERVICES],
            "alerts": alerts_of(samples),
            "waiting": samples.waiting(),
        }


def _service(samples: Samples, name: str) -> dict[str, Any]:
    rates = samples.flow(name)
    last = samples.last
    waiting = samples.waiting()
    held = () if last is None else last.held.get(name, ())
    return {
        "name": name,
        "rate": rates[-1] if rates else 0.0,
        "spark": spark(rates),
        "is_away": last is None or name in last.away,
        "oldest": oldest(waiting, name),
        "unread": sum(each.records for each in waiting if each.service == name),
        "unpublished": samples.unpublished_seconds(name),
        "held": held,
        "stopped": [lane for lane in samples.stopped() if lane.service == name],
    }
