"""The performance: starts a rehearsal, has the five stages played, and sums up."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console

from contracts.catalogue import SERVICES
from contracts.message import Language
from deploy.demo.stages import Performance, Stage, staged
from deploy.demo.summary import Summary, summarise
from deploy.demo.view import show
from deploy.json_lines import print_json
from deploy.local.mailbox import Mailbox
from deploy.local.mailbox_pages import save_pages
from deploy.local.processes import ProcessError
from deploy.local.stack import Stack
from deploy.local.standing import Broker
from deploy.local.windows import open_pages
from deploy.roles import WITH_SCHEMA

DIRECTORY: Final = Path(".demo")
_LOCK: Final = "lock"


class Shown(NamedTuple):
    """How the performance is shown, and in which language; `kept` leaves the system running until Ctrl-C."""

    language: Language = "fr"
    as_json: bool = False
    full: bool = False
    kept: bool = False
    in_browser: bool = False

    def say(self, french: str, english: str) -> str:
        """A sentence in its language."""
        return french if self.language == "fr" else english


def play(shown: Shown, broker: Broker | None = None) -> None:
    """Plays the demonstration; `broker` replaces the embedded one.

    Raises ProcessError where something does not start, comes to no rest, or another one is playing here.
    """
    console = Console(stderr=shown.as_json)
    with _alone(DIRECTORY, shown):
        try:
            _play(shown, console, broker)
        except KeyboardInterrupt:
            console.print(shown.say("Interrompu : rien ne reste en marche.", "Interrupted: nothing is left running."))
            raise


@contextmanager
def _alone(directory: Path, shown: Shown) -> Iterator[None]:
    """An empty directory while nobody else plays in it: two that share their mails and their clock tell no story."""
    directory.mkdir(exist_ok=True)
    with (directory / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProcessError(_played(directory, shown)) from None
        for each in directory.iterdir():
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            elif each.name != _LOCK:
                each.unlink()
        yield


def _played(directory: Path, shown: Shown) -> str:
    return shown.say(
        f"une autre démonstration se joue dans {directory.resolve()} : attendez sa fin, ou mettez-y fin",
        f"another demonstration plays in {directory.resolve()}: wait for its end, or end it",
    )


def _play(shown: Shown, console: Console, broker: Broker | None) -> None:
    started = time.monotonic()
    # Pages only where somebody can look at them.
    services = WITH_SCHEMA if shown.kept or shown.in_browser else SERVICES
    stack = staged(DIRECTORY.resolve(), services=services, broker=broker)
    try:
        performance = _performed(stack, shown, console)
        page = save_pages(Mailbox(stack.directory / "mails"), stack.directory / "mailbox")
        _tell(summarise(performance, shown.language, page, time.monotonic() - started), shown, console)
        if shown.in_browser:
            webbrowser.open(page.as_uri())
        if shown.kept:
            _keep(stack, shown, console)
    finally:
        stack.stop()


def _performed(stack: Stack, shown: Shown, console: Console) -> Performance:
    performance = Performance(stack)
    starting = shown.say("PostgreSQL, Kafka et les services démarrent …", "PostgreSQL, Kafka and the services start …")
    with console.status(starting) as status:
        stack.start()
        if shown.in_browser:
            open_pages(stack)

        def begins(stage: Stage) -> None:
            status.update(f"{stage.number}/5 {stage.title.in_language(shown.language)} …")

        asyncio.run(performance.play(begins))
    return performance


def _tell(summary: Summary, shown: Shown, console: Console) -> None:
    text = json.dumps(summary.as_json(), ensure_ascii=False)
    (DIRECTORY / "summary.json").write_text(text + "\n", encoding="utf-8")
    if shown.as_json:
        print_json(summary.as_json())
    else:
        show(summary, console, full=shown.full)


def _keep(stack: Stack, shown: Shown, console: Console) -> None:
    console.print(shown.say("Tout reste en marche ; Ctrl-C y met fin.", "All goes on; Ctrl-C ends it."))
    for name, address in stack.addresses().items():
        console.print(f"  {name:24} {address}", highlight=False, soft_wrap=True)  # a link is copied whole
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print(shown.say("Fin.", "Ending."))
