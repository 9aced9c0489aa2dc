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

from libraries.links.desk import DESK_PATH, desk_path, desk_right
from libraries.links.seal import Link, Seal, last_day_of
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
from services.desk.linked.reading import (
    find_applications,
    read_brought,
    read_matter,
    read_part,
    read_things,
    read_wishes,
)
from services.desk.linked.shown import SHOWN, THINGS, day, listed
from services.desk.linked.standing import LINKED_PAGES, LinkedPage, Standing, standing_of
from services.desk.premises import Premises, told
from services.desk.words import Word
from services.journal import operations as journal

_RECENT: Final = timedelta(days=1)
_MOST_ACT: Final = 40
_MOST_SEEN: Final = 100
_MOST_SEARCH: Final = 100
_STATUS: Final[dict[Standing, int]] = {"open": 200, "over": 410, "handed-over": 410, "unknown": 503}


class Opened(NamedTuple):
    """A page that a link opened, and what it is about as far as that is known; a mentor's own one is at `own_path`."""

    page: LinkedPage
    link: Link
    path: str
    standing: Standing
    matter: Matter | None = None
    things: tuple[Thing, ...] = ()
    said: tuple[Word, ...] = ()
    kept: Kept = Kept()
    own_path: str | None = None

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
        if request.method == "POST":
            check_origin(request)
            fields = await fields_of(request)
            return await self._take(reader, await self._open(page, right.link, token, fields), fields)
        asked: Fields = {name: [value] for name, value in request.query_params.items()}
        return self._show(reader, await self._open(page, right.link, token, asked))

    async def _open(self, page: LinkedPage, link: Link, token: str, fields: Fields) -> Opened:
        search, part = one(fields, "search", _MOST_SEARCH), None
        if page == "mentor":
            async with self._premises.database.within("mentoring") as connection:
                part = await read_part(connection, _person(link))
        # One look: what is said to be done is seen on the same page.
        look = self._premises.database.within()
        async with look as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            matter = part if page == "mentor" else await read_matter(connection, page, link.matter_id)
            standing = standing_of(page, link, matter)
            own_path = self._own_path(link, last_day_of(token))
            opened = Opened(page, link, f"{DESK_PATH}{page}/{token}", standing, matter, own_path=own_path)
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
        kept = await self._kept(page, link, matter, search) if standing == "open" else Kept()
        return opened._replace(things=tuple(things), said=tuple(said), kept=kept)

    async def _kept(self, page: LinkedPage, link: Link, matter: Matter, search: str) -> Kept:
        database = self._premises.database
        if page == "mentor":
            async with database.within("mentoring") as connection:
                brought, files = await read_brought(connection, matter.id)
            async with database.within("journal") as connection:
                abstained = await journal.read_names(connection, files)
            async with database.within() as connection:
                return Kept(brought, None, abstained, search, await find_applications(connection, search))
        if page in ("project", "pair") and link.role == "lead":
            async with database.within("mentoring") as connection:
                return await read_wishes(connection, matter)
        return Kept()

    def _own_path(self, link: Link, last_day: date) -> str | None:
        """Where a mentor finds their own part, for as long as the link is good that they have followed."""
        person_id = _person(link)
        if link.role != "mentor":
            return None
        return desk_path(self._seal, "mentor", Link(person_id, person_id, link.role), last_day)

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
        values: dict[str, Any] = {"wanted": {}, **SHOWN[opened.page](opened.matter, opened.things, language, now)}
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
