"""Mentors and pairs as a head of the programme sees them: found by what they bring, and by nobody's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.mentors import MentorWithdrawn
from contracts.message import Language
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.vocabularies.vocabularies import called
from services.desk import words
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given
from services.desk.linked.taking_part import LEAVING, withdrawal
from services.desk.premises import Premises, person_of
from services.journal import operations as journal
from services.journal.operations import Filter, Line
from services.mentoring import operations as mentoring
from services.mentoring.operations import Enrolled

_SHOWN: Final = 100
_LONGEST_SEARCH: Final = 100
_OVER: Final = frozenset({"ended", "declined", "expired", "refused"})


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor, by what they bring and what the journal counts of their pairs; what they bring is lost once they left.

    `pairs` are those that go on, or might.
    """

    mentor_id: UUID
    brings: Enrolled | None
    counts: Mapping[str, Any]
    pairs: Sequence[Line]

    @property
    def free(self) -> int:
        """How many pairs more they have a place for."""
        return 0 if self.brings is None else max(0, self.brings.places - self.brings.taken)

    def is_found_by(self, words: Iterable[str], language: Language) -> bool:
        """Whether all words stand in what is shown of them: their id, what they bring, the projects of their pairs."""
        text = [str(self.mentor_id)]
        if self.brings is not None:
            text.append(called((self.brings.directorate, *self.brings.skills, *self.brings.territories), language))
        text += [f"{line.facts.get('title')} {line.facts.get('organisation')}" for line in self.pairs]
        return all(word in " ".join(text).casefold() for word in words)


class People:
    """All mentors and pairs, and one mentor; a search is part of the address, so that it can be sent on."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/programme/people", premises.shown(self._list, "head"), methods=["GET"]),
            Route("/programme/people/{mentor_id:uuid}", premises.shown(self._show, "head"), methods=["GET"]),
            Route(
                "/programme/people/{mentor_id:uuid}/leaving",
                premises.taken(self._leave, "head", self._show),
                methods=["POST"],
            ),
        ]

    async def _list(self, request: Request, reader: Reader) -> Response:
        search = request.query_params.get("q", "")[:_LONGEST_SEARCH]
        mentors, pairs = await self._read()
        found = [each for each in mentors if each.is_found_by(search.casefold().split(), reader.language)]
        live = sorted((pair for pair in pairs if pair.state not in _OVER), key=lambda pair: pair.said_at)
        values: dict[str, Any] = {
            "search": search,
            "mentors": sorted(found, key=_load, reverse=True)[:_SHOWN],
            "mentor_count": len(found),
            "pairs": live[:_SHOWN],
            "count": len(live),
            "over": len(pairs) - len(live),
            "here_too": "people",
        }
        return self._premises.rendering.page(reader, "people.html", here="register", **values)

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        mentor, pairs = await self._found(request)
        now, types = self._premises.programme_clock(), (MentorWithdrawn.event_type,)
        async with self._premises.database.within() as connection:
            given = await words.read(connection, person_of(reader), now - words.RECENT)
        values: dict[str, Any] = {
            "mentor": mentor,
            "pairs": [pair for pair in pairs if pair.facts.get("mentor_id") == mentor.mentor_id],
            "given": [word for word in given if word.matter_id == mentor.mentor_id and word.type in types],
            "leaving": LEAVING,
            "again": again,
        }
        return self._premises.rendering.page(reader, "mentor.html", here="register", status=again.status, **values)

    async def _leave(self, request: Request, reader: Reader, fields: Fields) -> Response:
        mentor, _ = await self._found(request)
        if mentor.brings is None:
            raise Refused(409, "Ce mentor ne participe plus.", "This mentor takes part no more.")
        data = withdrawal(mentor.mentor_id, Given(fields), self._premises.programme_clock())
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _found(self, request: Request) -> tuple[Mentor, Sequence[Line]]:
        """The mentor of a page, with all pairs; raises Refused."""
        mentors, pairs = await self._read()
        for mentor in mentors:
            if mentor.mentor_id == request.path_params["mentor_id"]:
                return mentor, pairs
        raise Refused(404, "Ce mentor n’est pas connu.", "This mentor is not known.")

    async def _read(self) -> tuple[list[Mentor], Sequence[Line]]:
        async with self._premises.database.within("journal") as connection:
            counted = {line.id: line.facts for line in await journal.list_lines(connection, "mentors", Filter())}
            pairs = await journal.list_lines(connection, "pairs", Filter())
        async with self._premises.database.within("mentoring") as connection:
            enrolled = {each.mentor_id: each for each in await mentoring.list_enrolled(connection)}
        of: dict[UUID, list[Line]] = defaultdict(list)
        for pair in pairs:
            if pair.state not in _OVER and "mentor_id" in pair.facts:
                of[pair.facts["mentor_id"]].append(pair)
        ids = dict.fromkeys((*counted, *enrolled))
        return [Mentor(each, enrolled.get(each), counted.get(each, {}), of[each]) for each in ids], pairs


def _load(mentor: Mentor) -> tuple[int, int, int]:
    return int(mentor.counts.get("active", 0)), int(mentor.counts.get("offered", 0)), mentor.free
