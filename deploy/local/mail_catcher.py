"""A mail server that delivers nothing and shows everything, in a process of its own."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from deploy.local.announcing import AnnouncingProcess
from deploy.local.processes import ProcessError
from deploy.local.scratch import ScratchDirectory

if TYPE_CHECKING:
    from deploy.local.mailbox import CaughtMail, Mailbox

_HOST: Final = "127.0.0.1"


class MailCatcher:
    """A mail catcher on 127.0.0.1; without `directory` the mails go when it stops.

    Each start takes new ports; with `directory` the mails of earlier starts are still there.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._kept = directory
        self._scratch: ScratchDirectory | None = None
        self._process: AnnouncingProcess | None = None
        self._addresses: dict[str, str] = {}

    def start(self) -> Self:
        """Start and return once mail is accepted; raises ProcessError when it does not come up."""
        if self._process is not None:
            raise ProcessError("this mail catcher runs already")
        if self._kept is None:
            self._scratch = ScratchDirectory()
        directory = self._kept or (self._scratch.path / "mails" if self._scratch else Path())
        argv = [sys.executable, "-m", "deploy.local.mail_catcher", str(directory)]
        self._process = AnnouncingProcess("the mail catcher", argv)
        try:
            self._addresses = json.loads(self._process.start())
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop; harmless when stopped."""
        if self._process is not None:
            self._process.stop()
            self._process = None
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None
        self._addresses = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and runs still."""
        return self._process is not None and self._process.is_alive

    @property
    def smtp_url(self) -> str:
        """`smtp://host:port`; raises ProcessError when it does not run."""
        return self._address("smtp")

    @property
    def mailbox_url(self) -> str:
        """`http://host:port` of the pages and the JSON; raises ProcessError when it does not run."""
        return self._address("mailbox")

    @property
    def process_id(self) -> int:
        """The id of the catcher's process; raises ProcessError when it does not run."""
        if self._process is None:
            raise ProcessError("the mail catcher does not run")
        return self._process.process_id

    def messages(self) -> list[CaughtMail]:
        """Return every mail caught so far, oldest first."""
        mails: list[CaughtMail] = json.loads(self._request("GET", "/messages"))
        return mails

    def clear(self) -> None:
        """Remove every mail."""
        self._request("DELETE", "/messages")

    def _request(self, method: str, path: str) -> bytes:
        address = urlsplit(self.mailbox_url)
        connection = http.client.HTTPConnection(_HOST, address.port, timeout=30)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise ProcessError(f"the mail catcher answered {response.status} to {method} {path}")
        return body

    def _address(self, name: str) -> str:
        if name not in self._addresses:
            raise ProcessError("the mail catcher does not run")
        return self._addresses[name]


async def _serve(mailbox: Mailbox) -> None:
    # Loaded here only: whoever starts a catcher as a child needs none of it.
    import uvicorn

    from deploy.local.mailbox_pages import mailbox_application

    smtp = await _take_mail(mailbox)
    pages = socket.create_server((_HOST, 0), backlog=128)
    configuration = uvicorn.Config(
        mailbox_application(mailbox), lifespan="off", log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(configuration)
    addresses = {"smtp": _url("smtp", smtp.sockets[0]), "mailbox": _url("http", pages)}
    print(json.dumps(addresses), flush=True)
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(_leave_with_parent())
        await server.serve(sockets=[pages])
        watch.cancel()
    smtp.close()


async def _take_mail(mailbox: Mailbox) -> asyncio.Server:
    from aiosmtpd.smtp import SMTP, Envelope, Session

    class Keeper:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            content = envelope.content or b""
            raw = content.encode() if isinstance(content, str) else content
            mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, raw)
            return "250 Kept"

    def session() -> SMTP:
        # A given host name spares a DNS look-up for each connection.
        return SMTP(Keeper(), hostname="localhost", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

    return await asyncio.get_running_loop().create_server(session, _HOST, 0, backlog=1024)


async def _leave_with_parent() -> None:
    parent = os.getppid()
    # Of the death of a parent there is no event to wait for.
    while os.getppid() == parent:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    signal.raise_signal(signal.SIGTERM)


def _url(scheme: str, listener: socket.socket) -> str:
    return f"{scheme}://{_HOST}:{listener.getsockname()[1]}"


def main() -> None:
    """Keep mails in the directory that is named until SIGTERM, SIGINT or the death of the parent."""
    from deploy.local.mailbox import Mailbox

    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m deploy.local.mail_catcher DIRECTORY")
    # Uvicorn stops on these signals and then raises them again, which must not look like a crash.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    asyncio.run(_serve(Mailbox(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
