"""Proposals that wait for somebody, each with what stands behind it; and what they decide of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, OfficerRecused, PlacementDecided
from contracts.message import EventData
from libraries.pages.asking import Fields, one
from libraries.pages.reader import Reader
from libraries.vocabularies.vocabularies import Words
from services.desk import words
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given, Unclear, together
from services.desk.pages.deciding import decides, found_proposal, may_be_theirs, stands_for
from services.desk.premises import Premises, person_of
from services.desk.reasons import DECLINING, PLACING
from services.journal import operations as journal
from services.journal.operations import Filter, Line
from services.matching import operations as matching

_MOST: Final = 2_000
_SHOWN: Final = 100
_MOST_COMMENT_CHARACTERS: Final = 2_000
_RELEASED: Final = "engage.assignment.released.v1"


class Proposals:
    """What waits for who is signed in, and what they have confirmed; heads of the programme see what waits for all."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        path = "/proposals/{assignment_id:uuid}"
        takes = {"decide": self._decide, "undo": self._undo, "place": self._place, "abstain": self._abstain}
        self.routes = [
            Route("/", premises.shown(self._list), methods=["GET"]),
            Route(path, premises.shown(self._show, "decide"), methods=["GET"]),
            *(
                Route(f"{path}/{name}", premises.taken(take, "decide", self._show), methods=["POST"])
                for name, take in takes.items()
            ),
        ]

    async def _list(self, request: Request, reader: Reader) -> Response:
        if not reader.has("officer", "programme-head"):
            return RedirectResponse("/contest", 303)
        person_id, now = person_of(reader), self._premises.programme_clock()
        owners = await stands_for(self._premises, person_id)
        async with self._premises.database.within("journal") as connection:
            waiting = await journal.list_lines(connection, "assignments", Filter(state="proposed", limit=_MOST))
            confirmed = await journal.list_lines(connection, "assignments", Filter(state="confirmed", limit=_MOST))
        async with self._premises.database.within() as connection:
            said = await words.read(connection, person_id, now - words.RECENT)
        mine = [line for line in waiting if may_be_theirs(line, owners)]
        others = [line for line in waiting if not may_be_theirs(line, owners)] if reader.has("programme-head") else []
        values: dict[str, Any] = {
            "mine": mine[:_SHOWN],
            "others": others[:_SHOWN],
            "count": len(mine),
            "other_count": len(others),
            "confirmed": [line for line in confirmed if may_be_theirs(line, owners)][:_SHOWN],
            "confirmed_by_others": [line for line in confirmed if not may_be_theirs(line, owners)][:_SHOWN],
            **await self._released(reader, owners),
            "said": {word.matter_id: word for word in reversed(said)},
            "deputises": len(owners) - 1,
        }
        return self._premises.rendering.page(reader, "proposals.html", here="proposals", **values)

    async def _released(self, reader: Reader, owners: Sequence[UUID]) -> dict[str, Any]:
        """What nothing holds any more, and why; of all for heads of the programme."""
        async with self._premises.database.within("journal") as connection:
            lines = await journal.list_lines(connection, "assignments", Filter(state="released", limit=_MOST))
            ends = await journal.last_words(connection, "assignment", _RELEASED, states=["released"], limit=_MOST)
        shown = [line for line in lines if reader.has("programme-head") or may_be_theirs(line, owners)]
        return {
            "released": shown[:_SHOWN],
            "released_count": len(shown),
            "declining": DECLINING,
            "ends": {each.id: each.data.get("reason") for each in ends},
        }

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        line, said = await self._found(request)
        application_id, need_id, person_id = UUID(said["application_id"]), UUID(said["need_id"]), person_of(reader)
        weighed = None
        if line.state == "proposed":
            weighed = await self._premises.weighing.of_proposal(application_id, need_id, reader.language)
        async with self._premises.database.within("matching") as connection:
            stances = await matching.find_stances(connection, application_id, need_id, person_id)
            need = await matching.find_need(connection, need_id)
        async with self._premises.database.within() as connection:
            given = await words.read(connection, person_id, self._premises.programme_clock() - words.RECENT)
        values: dict[str, Any] = {
            "line": line,
            "proposed": said,
            "weighed": weighed,
            "stances": stances,
            "need": need,
            "given": [word for word in given if word.matter_id in (line.id, application_id)],
            "is_theirs": await decides(self._premises, reader, line.id),
            "declining": DECLINING,
            "placing": PLACING,
            "again": again,
        }
        return self._premises.rendering.page(reader, "proposal.html", here="proposals", status=again.status, **values)

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        given = Given(fields)
        decision = given.choice("decision", ("confirm", "decline"))
        said = {
            "assignment_id": request.path_params["assignment_id"],
            "decision": decision,
            "decided_by": person_of(reader),
            "decided_at": self._premises.programme_clock(),
            **(_why(given, DECLINING) if decision == "decline" else _why(given, None)),
        }
        data = AssignmentDecided.model_validate(said)
        return await self._say(reader, fields, data)

    async def _undo(self, request: Request, reader: Reader, fields: Fields) -> Response:
        data = AssignmentUndoRequested(
            assignment_id=request.path_params["assignment_id"],
            requested_by=person_of(reader),
            requested_at=self._premises.programme_clock(),
            **_why(Given(fields), DECLINING),
        )
        return await self._say(reader, fields, data)

    async def _place(self, request: Request, reader: Reader, fields: Fields) -> Response:
        _, said = await self._found(request)
        given = Given(fields)
        data = PlacementDecided.model_validate(
            {
                "application_id": said["application_id"],
                "need_id": said["need_id"],
                "decision": given.choice("decision", ("pin", "forbid", "lift")),
                "decided_by": person_of(reader),
                "decided_at": self._premises.programme_clock(),
                **_why(given, PLACING),
            }
        )
        return await self._say(reader, fields, data)

    async def _abstain(self, request: Request, reader: Reader, fields: Fields) -> Response:
        if one(fields, "sure", 10) != "yes":
            raise Unclear("sure", _NOT_SURE)
        _, said = await self._found(request)
        data = OfficerRecused(
            person_id=person_of(reader),
            application_id=UUID(said["application_id"]),
            declared_at=self._premises.programme_clock(),
        )
        return await self._say(reader, fields, data)

    async def _say(self, reader: Reader, fields: Fields, data: EventData) -> Response:
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _found(self, request: Request) -> tuple[Line, dict[str, Any]]:
        assignment_id: UUID = request.path_params["assignment_id"]
        async with self._premises.database.within("journal") as connection:
            return await found_proposal(connection, assignment_id)


def _why(given: Given, reasons: Mapping[str, Words] | None) -> dict[str, Any]:
    """The reason, which is one of some or none is asked for, and the comment; raises Unclear for both at once."""
    return together(
        {
            "reason": lambda: None if reasons is None else given.choice("reason", reasons),
            "comment": lambda: given.text("comment", most=_MOST_COMMENT_CHARACTERS),
        }
    )


_NOT_SURE: Final = Words(
    fr="cochez la case\u00a0: un déport vaut pour tout le dossier et ne se reprend pas",
    en="tick the box: to abstain is for the whole file, and is not taken back",
)
