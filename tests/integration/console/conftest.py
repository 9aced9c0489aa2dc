"""A console over a database of its own, without Kafka, and somebody who asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
import structlog

from libraries.chassis.settings import read_settings
from libraries.pages.signing import Role, Signer, Ticket, link_to, ticket_for
from services.console.app import SERVICE, Console
from services.console.settings import ConsoleSettings

KEY = "a key of sixteen letters"
SIGNER = Signer(KEY, SERVICE)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Visitor:
    """Somebody with a session of the console, or without one."""

    console: Console
    session: Ticket | None

    @property
    def form_token(self) -> str:
        assert self.session is not None
        return SIGNER.form_token(self.session)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, b"", headers)

    async def send(self, path: str, fields: Mapping[str, object], **headers: str) -> Answer:
        """Sends a form of this session's pages."""
        return await self.send_raw(path, {"form_token": self.form_token, **fields}, **headers)

    async def send_raw(self, path: str, fields: Mapping[str, object], **headers: str) -> Answer:
        return await self.ask("POST", path, urlencode(dict(fields), doseq=True).encode(), headers)

    async def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        path, _, query = path.partition("?")
        cookies = f"engage_console_session={SIGNER.seal('session', self.session)}" if self.session else ""
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

        await self.console(scope, receive, send)  # type: ignore[arg-type]
        start, *parts = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}  # type: ignore[attr-defined]
        content = b"".join(part["body"] for part in parts if "body" in part)  # type: ignore[misc]
        return Answer(int(str(start["status"])), told, content.decode())


@pytest.fixture
async def console(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Console]:
    for name, value in {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # nothing listens there
        "CONSOLE_KEY": KEY,
        "DATABASE_CONNECTIONS": "2",
    }.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)
    made = Console(read_settings(ConsoleSettings), structlog.get_logger())
    await made.open()
    yield made
    await made.close()


def visitor(console: Console, role: Role | None = "operator") -> Visitor:
    if role is None:
        return Visitor(console, None)
    return Visitor(console, ticket_for("Camille", role, expires_at=datetime.now(UTC) + timedelta(hours=1)))


def link(who: str = "Camille", role: Role = "reader", minutes: int = 5) -> str:
    ticket = ticket_for(who, role, expires_at=datetime.now(UTC) + timedelta(minutes=minutes))
    return link_to("", SIGNER, ticket)


def held_id(number: int) -> UUID:
    return UUID(int=number)
