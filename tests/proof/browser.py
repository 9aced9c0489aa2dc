"""The play in a browser: everybody sees their mails, and the pages behind a link or an account, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen

from playwright.async_api import Page

from deploy.local.stack import Stack
from deploy.rehearsal.conductor import Conductor
from deploy.rehearsal.forms import Forms as Publisher
from deploy.rehearsal.listening import Listener
from deploy.roles import DESK
from libraries.clocks.machine import machine_time
from libraries.pages.signing import Role, Signer, link_to, ticket_for
from tests.proof import acts
from tests.proof.acts import Act
from tests.proof.at_the_desk import AtTheDesk
from tests.proof.behind_links import BehindLinks
from tests.proof.edition import Edition
from tests.proof.hands import follow, visit
from tests.proof.hearing import Heard
from tests.proof.letters import Letter, Reading, letters_of
from tests.proof.playing import Said
from tests.proof.steps import Impossible, Step

_UNANSWERED: Final = (acts.NameDeputy, acts.Abstain, acts.PassVerdict, acts.Leave)
_SILENT: Final = (acts.GiveWishes, acts.ReviseMentor, acts.AbstainFromFile, acts.Leave)
_TAKEN: Final = "transmis"
_DONE: Final = "c’est fait"
_PASSED_ON: Final = "c’est pris en compte"
_BY_ANSWER: Final = (acts.AnswerOffer, acts.Clear)
"""What is answered on a page that thanks, and is looked at no more."""


class BrowserPlayer:
    """Plays with Chromium: one window, to which each person comes with cookies of their own; no page keeps more.

    `forms` tells which event each step made, so that the other play can give the same ids; nothing here looks at it.
    """

    def __init__(
        self,
        edition: Edition,
        stack: Stack,
        page: Page,
        conductor: Conductor,
        publisher: Publisher,
        forms: Listener,
    ) -> None:
        self._stack = stack
        self._page = page
        self._conductor = conductor
        self._publisher = publisher
        self._forms = forms
        self._reading = Reading(edition)
        self._people = {person.email: person for person in edition.people.values()}
        self._edition = edition
        self._cookies: dict[str, Sequence[Any]] = {}
        self._signed_in: set[str] = set()
        self._present = ""
        self._links: dict[tuple[str, str, str], str] = {}
        self._next_mail = 1
        self.said: dict[str, Said] = {}
        self.complaints: list[str] = []
        self.pages = 0
        page.context.on("weberror", lambda error: self._complain(str(error.error)))
        page.context.on("request", lambda asked: self._note(asked.url))

    async def heard(self) -> Sequence[Heard]:
        """What the mails say that have come since the last time."""
        found = []
        while (raw := self._mail(self._next_mail)) is not None:
            self._next_mail += 1
            for letter in letters_of(raw):
                self._keep_links(letter)
                if (heard := self._reading.heard(letter)) is not None:
                    found.append(heard)
        return found

    async def take(self, step: Step) -> bool:
        """Takes a step on a page, as somebody does who looks at it; False where the page does not offer it."""
        if isinstance(step.act, acts.Send):
            await self._publisher.send(step.act.form, step.at)
            return True
        await self._forms.new(self._conductor.ends)
        await self._comes(step.who)
        try:
            if isinstance(step.act, AtTheDesk.ACTS) and not getattr(step.act, "by_link", False):
                await self._sign_in(step.who)
                await AtTheDesk(self._page, self._desk).do(step.act)
            else:
                await BehindLinks(self._page, lambda kind, about: self._link(step.who, kind, about)).do(step.act)
        except Impossible:
            return False
        return True

    async def look_back(self, step: Step) -> None:
        """Looks at the page again, which says that it is done; keeps which event the step has made."""
        if isinstance(step.act, acts.Send):
            return
        new = await self._forms.new(self._conductor.ends)
        if len(new) != 1:
            self._complain(f"{step.name} made {len(new)} events")
            return
        self.said[step.name] = Said.of(new[0].event)
        if not isinstance(step.act, _BY_ANSWER):
            await self._check(step)

    async def _check(self, step: Step) -> None:
        """Loads the page once more, which says then that it is done."""
        page = self._page
        # Without its fragment: with it nothing would be loaded.
        await visit(page, page.url.partition("#")[0])
        if "/words/" not in page.url:
            told = page.locator("#said li").first
        else:
            told = page.get_by_role("heading", level=1)
        said = (await told.inner_text()).lower()
        if _DONE not in said and not (isinstance(step.act, _SILENT) and _TAKEN in said):
            if _PASSED_ON not in said or not _may_stay_unanswered(step.act):
                self._complain(f"{step.name}: {said}")
            # It may load itself again, and the window is somebody else's soon.
            await visit(page, "about:blank")

    @property
    def _desk(self) -> str:
        return self._stack.addresses()[DESK]

    def _mail(self, number: int) -> bytes | None:
        try:
            with urlopen(f"{self._stack.mail_catcher.mailbox_url}/messages/{number:08}") as answer:
                return bytes(answer.read())
        except HTTPError:
            return None

    def _keep_links(self, letter: Letter) -> None:
        abouts = [self._reading.about(letter, what) for what in ("project", "need", "mentor")]
        for page, link in letter.links.items():
            for about in filter(None, abouts):
                self._links[letter.to, page, about] = link

    def _link(self, who: str, page: str, about: str) -> str:
        """The link to a page that somebody has got last."""
        if (link := self._links.get((who, page, about))) is None:
            raise Impossible
        return link

    async def _comes(self, who: str) -> None:
        """Has somebody sit down at the window, who brings what their own browser keeps."""
        if who == self._present:
            return
        context = self._page.context
        self._cookies[self._present] = await context.cookies()
        await context.clear_cookies()
        await context.add_cookies(self._cookies.get(who, ()))
        self._present = who

    def _note(self, url: str) -> None:
        self.pages += "/static/" not in url
        if not url.startswith("http://127.0.0.1:"):
            self._complain(f"a request to elsewhere: {url}")

    def _complain(self, what: str) -> None:
        """Notes what should not be: a play of hours goes on, so that it shows all of it."""
        print(what, flush=True)
        self.complaints.append(what)

    async def _sign_in(self, who: str) -> None:
        if who in self._signed_in:
            return
        person = self._people[who]
        roles: tuple[Role, ...] = ("officer",)
        if person == self._edition.head:
            roles = ("programme-head",)
        elif person == self._edition.jury:
            roles = ("foundation",)
        ticket = ticket_for(person.name, *roles, person_id=person.id, expires_at=machine_time() + timedelta(minutes=5))
        await visit(self._page, link_to(self._desk, Signer(self._stack.door_secret, DESK), ticket))
        await follow(self._page.get_by_role("main").get_by_role("button"))
        self._signed_in.add(who)


def _may_stay_unanswered(act: Act) -> bool:
    """Whether the desk says only that it has passed it on: what becomes of it is told later, or to nobody."""
    return isinstance(act, _UNANSWERED) or (isinstance(act, acts.Place) and act.decision == "lift")
