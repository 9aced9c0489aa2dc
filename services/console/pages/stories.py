"""Stories: what anything belongs to, and all that happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from contracts.contacts import ContactRole
from libraries.chassis import operations as chassis
from libraries.pages.reader import Reader
from services.console.premises import Premises
from services.journal import operations
from services.journal.journeys.asked import MOST_CHARACTERS
from services.journal.journeys.model import DeadLetter, Journey, Step

_LONG_GAP: Final = timedelta(days=2)
_RECENT: Final = 20
_MAIL_ENDS: Final = frozenset({"engage.follow-up.sent.v1", "engage.follow-up.cancelled.v1"})
"""How mails ended stands beside where they were planned; only one that failed has a step of its own."""
_BAD: Final = ("rejected", "refused", "failed", "dead-letter", "expired")
_GOOD: Final = ("confirmed", "activated", "completed", "lifted", "registered")


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """A step as the timeline shows it: whether it begins a day, after how many days of silence, and its tone."""

    step: Step
    begins_day: bool
    silent_days: int
    tone: str


class Stories:
    """Finds stories by whatever is pasted in, and tells each as a timeline."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/stories", premises.shown(self._search), methods=["GET"]),
            Route("/stories/{story_id:uuid}", premises.shown(self._tell), methods=["GET"]),
        ]

    async def _search(self, request: Request, reader: Reader) -> Response:
        text = request.query_params.get("q", "").strip()[:MOST_CHARACTERS]
        async with self._premises.database.within("journal") as connection:
            found: list[Journey] = []
            problem = None
            if text:
                try:
                    stories = await operations.find_stories(connection, text)
                    if len(stories) == 1:
                        return RedirectResponse(f"/stories/{stories[0]}", 303)
                    found = [await operations.read_journey(connection, story) for story in stories]
                except operations.NothingFound as error:
                    problem = str(error)
            recent = await operations.list_lines(connection, "applications", operations.Filter(limit=_RECENT))
        return self._premises.rendering.page(
            reader,
            "stories.html",
            here="stories",
            status=404 if problem else 200,
            text=text,
            found=found,
            problem=problem,
            recent=recent,
            behind=self._premises.watch.journal_behind(),
        )

    async def _tell(self, request: Request, reader: Reader) -> Response:
        story_id: UUID = request.path_params["story_id"]
        try:
            async with self._premises.database.within("journal") as connection:
                journey = await operations.read_journey(connection, story_id)
        except operations.NothingFound:
            return self._premises.rendering.page(reader, "refused.html", status=404, why=None)
        tells_all = "all" in request.query_params
        shown = [step for step in journey.steps if tells_all or step.type not in _MAIL_ENDS]
        return self._premises.rendering.page(
            reader,
            "story.html",
            here="stories",
            journey=journey,
            timeline=timeline(shown),
            hidden_mails=len(journey.steps) - len(shown),
            mails={part.id: part for part in journey.parts if part.kind == "follow-up"},
            letters=await self._standing(journey.dead_letters),
            people=await self._people(reader, journey),
            behind=self._premises.watch.journal_behind(),
        )

    async def _people(self, reader: Reader, journey: Journey) -> Sequence[tuple[ContactRole, UUID]]:
        """Who may be looked at from here, for whom that is offered."""
        if reader.session is None or not self._premises.site.may(reader.session, "person"):
            return ()
        things = [journey.story_id, *(part.id for part in journey.parts)]
        async with self._premises.database.within("journal") as connection:
            return await operations.people_of(connection, things)

    async def _standing(self, letters: Iterable[DeadLetter]) -> Sequence[tuple[DeadLetter, chassis.Standing | None]]:
        """Each dead letter of a story with how it stands now, by the service that set it aside."""
        found = []
        for letter in letters:
            standing = None
            if letter.service in SERVICES:
                async with self._premises.database.within(letter.service) as connection:
                    standing = await chassis.standing_of(connection, letter.id)
            found.append((letter, standing))
        return found


def timeline(steps: Sequence[Step]) -> list[TimelineStep]:
    """Steps with what a reader needs between them: days, and how long nothing happened."""
    return list(_placed(steps))


def _placed(steps: Sequence[Step]) -> Iterator[TimelineStep]:
    if steps:
        yield TimelineStep(steps[0], True, 0, _tone(steps[0]))
    for before, step in pairwise(steps):
        gap = step.at - before.at
        silent = gap.days if gap >= _LONG_GAP else 0
        yield TimelineStep(step, before.at.date() != step.at.date(), silent, _tone(step))


def _tone(step: Step) -> str:
    """Whether a step is bad news, good news or neither: shown by a sign and a word beside its colour."""
    if any(word in step.type for word in _BAD):
        return "bad"
    return "good" if any(word in step.type for word in _GOOD) else "plain"
