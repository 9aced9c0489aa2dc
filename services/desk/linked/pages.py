"""The pages behind the links of mails: shown (GET, which changes nothing), and what is said on them taken (POST)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.links.desk import DESK_PATH, desk_right
from libraries.links.seal import Link, Seal
from libraries.pages.asking import Fields, check_origin, fields_of, language_of, one
from libraries.pages.reader import Reader
from libraries.work_days.city import CITY
from services.desk import words
from services.desk.linked.acts import ACTS
from services.desk.linked.asked import Asked, Kept
from services.desk.linked.choices import LISTS
from services.desk.linked.given import Given, Unclear
from services.desk.linked.matters import Matter, Thing
from services.desk.linked.names import field_name
from services.desk.linked.reading import read_kept, read_matter, read_things
from services.desk.linked.shown import SHOWN, THINGS, day, listed
from services.desk.linked.standing import LINKED_PAGES, LinkedPage, Standing, standing_of
from services.desk.premises import Premises, told
from services.desk.words import Word

_RECENT: Final = timedelta(days=1)
_MOST_ACT: Final = 40
_MOST_SEEN: Final = 100
_STATUS: Final[dict[Standing, int]] = {"open": 200, "over": 410, "handed-over": 410, "unknown": 503}


class Opened(NamedTuple):
    """A page that a link opened, and what it is about as far as that is known."""

    page: LinkedPage
    link: Link
    path: str
    standing: Standing
    matter: Matter | None = None
    things: tuple[Thing, ...] = ()
    said: tuple[Word, ...] = ()
    kept: Kept = Kept()

    @property
    def seen(self) -> str:
        """What tells this look at the matter from a later one: a second click says the same of the same."""
        version = 0 if self.matter is None else self.matter.version
        return f"{version}.{len(self.things)}"

    def seen_on(self, today: date) -> str:
        """The same of what has no version: whoever says again what they had said before says it anew."""
        return f"{self.seen}.{today}.{self.said[0].event_id if self.said else 'nothing'}"


class Linked:
    """Each page is of one matter, for one person in one role: its link is all that they need, and all that it opens."""

    def __init__(self, premises: Premises, seal: Seal) -> None:
        self._premises = premises
        self._seal = seal
        self.routes = [
            Route(f"{DESK_PATH}{page}/{{token}}", partial(self._answer, page), methods=["GET", "POST"])
            for page in LINKED_PAGES
        ]

    async def _answer(self, page: LinkedPage, request: Request) -> Response:
        reader = Reader(language_of(request))
        token = request.path_params["token"]
        right = desk_right(self._seal, page, token, self._premises.programme_clock())
        if right is None or (page, right.link.role) not in ACTS:
            return self._closed(reader, "unknown-link", 404)
        if right.is_over:
            return self._closed(reader, "old-link", 410)
        opened = await self._open(page, right.link, f"{DESK_PATH}{page}/{token}")
        if request.method == "POST":
            check_origin(request)
            return await self._take(reader, opened, await fields_of(request))
        return self._show(reader, opened)

    async def _open(self, page: LinkedPage, link: Link, path: str) -> Opened:
        # One look: what is said to be done is seen on the same page.
        look = self._premises.database.within()
        async with look as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            matter = await read_matter(connection, page, link.matter_id)
            standing = standing_of(page, link, matter)
            opened = Opened(page, link, path, standing, matter)
            if matter is None or standing == "handed-over":
                return opened
            person_id, since = _person(link), self._premises.programme_clock() - _RECENT
            facts = ("assignment_id", "application_id", "mentor_id")
            ids = {matter.id, person_id, *map(matter.person, facts)}
            said = [word for word in await words.read(connection, person_id, since) if word.matter_id in ids]
            things: list[Thing] = []
            if standing == "open" and THINGS[page]:
                story = matter.person("application_id") or matter.id
                things = await read_things(connection, story, *THINGS[page])
        kept = await self._kept(page, link, matter) if standing == "open" else Kept()
        return opened._replace(things=tuple(things), said=tuple(said), kept=kept)

    async def _kept(self, page: LinkedPage, link: Link, matter: Matter) -> Kept:
        if page not in ("project", "pair"):
            return Kept()
        async with self._premises.database.within("mentoring") as connection:
            return await read_kept(connection, link.role, matter)

    async def _take(self, reader: Reader, opened: Opened, fields: Fields) -> Response:
        act = ACTS[opened.page, opened.link.role or ""].get(one(fields, "act", _MOST_ACT))
        if opened.standing != "open" or opened.matter is None or act is None:
            return self._show(reader, opened)
        seen, now = one(fields, "seen", _MOST_SEEN), self._premises.programme_clock()
        asked = Asked(opened.page, opened.link, opened.matter, opened.things, Given(fields), now, seen, opened.kept)
        try:
            data = act(asked)
        except Unclear as problem:
            return self._show(reader, opened, problem=problem, given=fields, status=422)
        except ValidationError as error:
            raise told(error) from None
        async with self._premises.database.within() as connection:
            event_id = await words.give(connection, self._premises.forms, asked.person_id, data, seen=seen, now=now)
        self._premises.log.info("said by link", action="say", event_id=str(event_id), type=data.event_type)
        return RedirectResponse(f"{opened.path}?language={reader.language}#said", 303)

    def _show(
        self,
        reader: Reader,
        opened: Opened,
        *,
        problem: Unclear | None = None,
        given: Fields | None = None,
        status: int | None = None,
    ) -> Response:
        if opened.standing != "open" or opened.matter is None:
            return self._closed(reader, opened.standing, _STATUS[opened.standing], opened)
        language, now = reader.language, self._premises.programme_clock()
        values: dict[str, Any] = SHOWN[opened.page](opened.matter, opened.things, language, now)
        return self._premises.rendering.page(
            reader,
            f"linked/{opened.page}.html",
            status=status or 200,
            opened=opened,
            matter=opened.matter,
            facts=opened.matter.facts,
            kept=opened.kept,
            seen_today=opened.seen_on(CITY.day_of(now)),
            silent=words.SILENT,
            role=opened.link.role,
            lists=LISTS,
            listed=lambda name, code: listed(name, code, language),
            day=lambda value: day(value, language),
            field_name=lambda path: field_name(path, language),
            given={name: list(kept) for name, kept in (given or {}).items()},
            act=one(given, "act", _MOST_ACT) if given else "",
            problem=problem,
            **values,
        )

    def _closed(self, reader: Reader, why: str, status: int, opened: Opened | None = None) -> Response:
        return self._premises.rendering.page(
            reader,
            "linked/closed.html",
            status=status,
            why=why,
            opened=opened,
            problem=None,
            act="",
            silent=words.SILENT,
        )


def _person(link: Link) -> UUID:
    assert link.person_id is not None, "no link to the desk is read that names nobody"
    return link.person_id
