"""Somebody who asks a service of pages, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from libraries.pages.serving import Pages
from libraries.pages.signing import Signer, Ticket


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Visitor:
    """Somebody with a session of a service's pages, or without one."""

    pages: Pages
    service: str
    signer: Signer
    session: Ticket | None

    @property
    def form_token(self) -> str:
        assert self.session is not None
        return self.signer.form_token(self.session)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, b"", headers)

    async def send(self, path: str, fields: Mapping[str, object], **headers: str) -> Answer:
        """Sends a form of this session's pages."""
        return await self.send_raw(path, {"form_token": self.form_token, **fields}, **headers)

    async def send_raw(self, path: str, fields: Mapping[str, object], **headers: str) -> Answer:
        return await self.ask("POST", path, urlencode(dict(fields), doseq=True).encode(), headers)

    async def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        path, _, query = path.partition("?")
        cookies = f"engage_{self.service}_session={self.signer.seal('session', self.session)}" if self.session else ""
        given = {"cookie": cookies, "accept-language": "en", **headers}
        sent: list[dict[str, object]] = []
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        }

        requests: list[dict[str, object]] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, object]:
            if not requests:
                await asyncio.Event().wait()  # they stay until they are answered
            return requests.pop()

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await self.pages(scope, receive, send)  # type: ignore[arg-type]
        start, *parts = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}  # type: ignore[attr-defined]
        content = b"".join(part["body"] for part in parts if "body" in part)  # type: ignore[misc]
        return Answer(int(str(start["status"])), told, content.decode())
