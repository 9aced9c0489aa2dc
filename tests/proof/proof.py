"""The proof: an edition played in a browser, then through raw events, so that both can be compared byte for byte.

In a browser people see their mails and pages, and nothing else. What the desk has no form for comes from forms of the
City's and the foundation's own in both plays: the first form of each application, and the enrolment of a mentor.

Both plays go by one script and one clock, which stands while a step is taken, and each step waits until all that came
before has come to rest. Ids are a form's own to give: those that the desk gave are noted, step by step, and the forms
of the other play give the same. What these say they find out for themselves, by the script and from public topics.
Played in a browser once more, the same edition comes to the same bytes too: no page gives an id by chance.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright

from contracts.event import encode_data
from deploy.local.stack import Stack
from deploy.rehearsal.conductor import Conductor
from deploy.rehearsal.forms import Forms as Publisher
from deploy.rehearsal.listening import Listener
from tests.proof.browser import BrowserPlayer
from tests.proof.city import city
from tests.proof.comparing import published, state_of, written
from tests.proof.edition import Edition, Size
from tests.proof.playing import FORMS, Play, Said
from tests.proof.progress import Progress
from tests.proof.raw import SOURCE, RawPlayer
from tests.proof.script import Script

COMPARED: Final = ("taken", "missed", "forms", "state", "topics", "mails")
"""All that there is to compare of a play."""
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Played:
    """What came of a play: the steps by their names, those that could not be taken, and all that there is to compare.

    `complaints` are what should not be: a page that does not say that something is done, a step that only one could
    take. `said` is what the forms sent, by step; `seconds` where the time went.
    """

    taken: list[str]
    missed: list[str]
    kinds: Counter[str]
    complaints: list[str]
    said: Mapping[str, Said]
    state: list[str]
    topics: list[str]
    mails: list[str]
    seconds: Mapping[str, float]
    pages: int = 0

    @property
    def forms(self) -> list[str]:
        """What each step's form said, one a line."""
        return [f"{name} {each.event_id} {encode_data(each.data).decode()}" for name, each in sorted(self.said.items())]

    def write(self, directory: Path) -> None:
        """Writes all that there is to compare, a file each, so that two plays can be held side by side."""
        for what in COMPARED:
            (directory / f"{what}.txt").write_text("\n".join(getattr(self, what)), encoding="utf-8")

    def summed_up(self, how: str) -> str:
        """How much there was of everything, and how long it took."""
        seconds = ", ".join(f"{what} {count:.0f} s" for what, count in self.seconds.items())
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        return (
            f"{how}: {len(self.taken)} steps, {len(self.missed)} not possible any more, {self.pages} pages, "
            f"{len(self.topics)} events, {len(self.mails)} mails, {len(self.state)} rows ({seconds})\n{kinds}"
        )


async def in_a_browser(size: Size, directory: Path) -> Played:
    """Plays the edition through pages and mails alone."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    assert found is not None, f"this needs Chromium: one of {', '.join(NAMES)} (Debian: apt-get install chromium)"
    edition, stack = Edition(size), city(directory)
    with stack:
        servers, conductor = stack.broker.servers_for_others, _conductor(stack)
        async with (
            async_playwright() as playwright,
            conductor,
            Publisher(servers, SOURCE) as publisher,
            Listener(servers, FORMS) as forms,
        ):
            browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            page = await browser.new_page(locale="fr-FR", reduced_motion="reduce")
            player = BrowserPlayer(edition, stack, page, conductor, publisher, forms)
            play = Play(conductor, Script(edition), player, Progress("in a browser", _say))
            played = await _played(play, edition, stack, player)
            await browser.close()
    return Played(**{**vars(played), "pages": player.pages})


async def through_events(
    size: Size, directory: Path, ids: Mapping[str, Said], player_of: type[RawPlayer] = RawPlayer
) -> Played:
    """Plays the edition through raw events, whose forms give the same ids."""
    edition, stack = Edition(size), city(directory)
    with stack:
        servers, conductor = stack.broker.servers_for_others, _conductor(stack)
        async with conductor, Publisher(servers, SOURCE) as publisher, Listener(servers) as listener:
            player = player_of(edition, conductor, publisher, listener, ids)
            play = Play(conductor, Script(edition), player, Progress("through events", _say))
            return await _played(play, edition, stack, player)


async def _played(play: Play, edition: Edition, stack: Stack, player: BrowserPlayer | RawPlayer) -> Played:
    started = time.monotonic()
    await play.until(edition.ends)
    play.seconds["all"] = time.monotonic() - started
    return Played(
        taken=play.taken,
        missed=play.missed,
        kinds=play.kinds,
        said=player.said,
        complaints=player.complaints,
        state=await state_of(stack),
        topics=await published(stack, play.conductor.ends),
        mails=written(stack.directory / "mails"),
        seconds=dict(play.seconds),
    )


def _conductor(stack: Stack) -> Conductor:
    assert stack.rehearsal is not None
    return Conductor(stack.rehearsal.course, stack.broker.servers_for_others, stack.followers)


def _say(line: str) -> None:
    print(line, flush=True)
