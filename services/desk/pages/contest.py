"""The contest: what the City points the foundation at, what the jury decides, and what became of laureates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.contest import ContestDecided
from contracts.message import MOST_SHORT_CHARACTERS
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.bars import plots
from libraries.pages.reader import Reader
from libraries.vocabularies.vocabularies import Words
from libraries.work_days.city import CITY
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given, Unclear, together
from services.desk.premises import Premises, person_of, told
from services.desk.reasons import CRITERIA
from services.journal import operations as journal
from services.journal.operations import Filter
from services.journal.reports.telling import figure_called, over_the_years

_NOMINATED: Final = "engage.nomination.proposed.v1"
_PUBLISHED: Final = "engage.contest.decision-published.v1"
_JUDGED: Final = "registered"
"""The state of an application on which a verdict can be given: none is taken on one that was withdrawn or rejected."""
_MAXIMUM: Final = 100
_LONGEST_EMBARGO: Final = timedelta(days=730)
_MOST_COMMENT_CHARACTERS: Final = 2_000
_SHOWN: Final = 200


class Contest:
    """Lists applications to the contest, those that the City nominated first, and takes the jury's verdict on one."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/contest", premises.shown(self._list, "jury"), methods=["GET"]),
            Route("/contest/{application_id:uuid}", premises.shown(self._show, "jury"), methods=["GET"]),
            Route("/contest/{application_id:uuid}", premises.taken(self._decide, "jury", self._show), methods=["POST"]),
        ]

    async def _list(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within("journal") as connection:
            lines = await journal.list_lines(connection, "applications", Filter())
            nominated = {each.id: each.data for each in await journal.last_words(connection, "application", _NOMINATED)}
            published = {each.id: each for each in await journal.last_words(connection, "application", _PUBLISHED)}
            won = [each for each in published.values() if each.data["decision"] == "laureate"]
            became = await journal.read_became(connection, [each.id for each in won])
        over = over_the_years(((CITY.day_of(each.at).year, became[each.id]) for each in won), reader.language)
        taking_part = [line for line in lines if line.facts.get("track") == "contest" or line.id in published]
        taking_part.sort(key=lambda line: line.id not in nominated)
        values: dict[str, Any] = {
            "lines": [line for line in taking_part if line.id not in published and line.state == _JUDGED][:_SHOWN],
            "nominated": nominated,
            "laureates": [
                (line, published[line.id], became[line.id]) for line in taking_part if line.id in became
            ][:_SHOWN],
            "over_the_years": [(over, plots(over.rows, over.drawn))] if over.rows else [],
            "figure_called": lambda code: figure_called(code, reader.language),
            "others": len(published) - len(won),
        }  # fmt: skip
        return self._premises.rendering.page(reader, "contest.html", here="contest", **values)

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        application_id: UUID = request.path_params["application_id"]
        async with self._premises.database.within("journal") as connection:
            line = await journal.find_line(connection, "application", application_id)
            nominated = await journal.said_of(connection, application_id, [_NOMINATED])
            published = await journal.said_of(connection, application_id, [_PUBLISHED])
            became = (await journal.read_became(connection, [application_id]))[application_id]
        if line is None:
            raise Refused(404, "Cette candidature n’est pas connue.", "This application is not known.")
        values: dict[str, Any] = {
            "line": line,
            "nominated": nominated[0].data if nominated else None,
            "published": published[0] if published else None,
            "is_judged": line.state == _JUDGED,
            "criteria": CRITERIA,
            "criteria_called": {code: words.in_language(reader.language) for code, words in CRITERIA.items()},
            "maximum": _MAXIMUM,
            "became": became,
            "figure_called": lambda code: figure_called(code, reader.language),
            "problem": again.problem,
            "typed": again.all_typed,
        }
        return self._premises.rendering.page(reader, "verdict.html", here="contest", status=again.status, **values)

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        said = _verdict(Given(fields), CITY.day_of(self._premises.programme_clock()))
        try:
            data = ContestDecided.model_validate(
                {
                    **said,
                    "application_id": request.path_params["application_id"],
                    "decided_by": person_of(reader),
                    "decided_at": self._premises.programme_clock(),
                }
            )
        except ValidationError as error:
            raise told(error) from None
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))


def _verdict(given: Given, today: date) -> dict[str, Any]:
    """What the jury decided, told from today on; raises Unclear for all that can't be read."""
    said = together(
        {
            "decision": partial(given.choice, "decision", ("laureate", "not-retained")),
            **{code: partial(_points, given, code) for code in CRITERIA},
            "publish_at": partial(_moment, given, today),
            "comment": partial(given.text, "comment", most=_MOST_COMMENT_CHARACTERS),
        }
    )
    scores = [{"criterion": code, "points": said.pop(code), "maximum": _MAXIMUM} for code in CRITERIA]
    return {**said, "scores": scores}


def _points(given: Given, criterion: str) -> int | None:
    if given.text(criterion, most=MOST_SHORT_CHARACTERS) is None:
        return None
    try:
        return given.number(criterion, least=0, most=_MAXIMUM)
    except Unclear:
        why = Words(fr=f"de 0 à {_MAXIMUM}, ou vide", en=f"0 to {_MAXIMUM}, or empty")
        raise Unclear(criterion, why) from None


def _moment(given: Given, today: date) -> datetime:
    """A moment to come in the city's time, as a browser gives it: what was published is not taken back."""
    text = given.text("publish_at", most=MOST_SHORT_CHARACTERS) or ""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=CITY.zone)
    except ValueError:
        raise Unclear("publish_at", _NO_MOMENT) from None
    if not today <= moment.date() <= today + _LONGEST_EMBARGO:
        raise Unclear("publish_at", _NOT_THEN)
    return moment


_NOT_THEN: Final = Words(
    fr="donnez un moment à venir, dans les deux ans\u00a0: un verdict publié ne se reprend pas",
    en="give a moment to come, within two years: a verdict that is published is not taken back",
)
_NO_MOMENT: Final = Words(
    fr="donnez le jour et l’heure de la publication, comme 2026-07-01 18:00",
    en="give the day and time of publication, as 2026-07-01 18:00",
)
