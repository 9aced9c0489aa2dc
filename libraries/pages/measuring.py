"""How many pages are answered, how, and how long that takes, in the catalogue's metrics."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libraries.chassis.watching import metrics


def measured(pages: ASGIApp) -> ASGIApp:
    """The same pages; how long each takes until its answer begins is observed, by the first digit of its status.

    Until it begins, and not until it ends: a page that is shown by the second is not slow.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
                metrics.PAGE_SECONDS.labels(status).observe(time.perf_counter() - began)
            await send(message)

        await pages(scope, receive, noting)

    return answer
