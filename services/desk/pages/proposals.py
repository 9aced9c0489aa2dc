"""Proposals that wait for somebody, each with what stands behind it; and what they decide of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, OfficerRecused, PlacementDecided
from contracts.message import EventData
from libraries.chassis.store import Connection
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from services.desk import words
from services.desk.premises import Premises, person_of, told
from services.desk.reasons import DECLINING, PLACING, reason_in
from services.journal import operations as journal
from services.journal.operations import Filter, Line
from services.matching import operations as matching

_MOST: Final = 2_000
_SHOWN: Final = 100
_MOST_COMMENT_CHARACTERS: Final = 2_000
_PROPOSED: Final = "engage.assignment.proposed.v1"
_TOLD: Final = (_PROPOSED, "engage.assignment.amended.v1", "engage.assignment.confirmed.v1")
"""What says who decides on an assignment."""


class Proposals:
    """What waits for who is signed in, and what they have confirmed; heads of the programme see what waits for all."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/", premises.shown(self._list), methods=["GET"]),
            Route("/proposals/{assignment_id:uuid}", premises.shown(self._show, "decide"), methods=["GET"]),
            Route("/proposals/{assignment_id:uuid}/decide", premises.taken(self._decide, "decide"), methods=["POST"]),
            Route("/proposals/{assignment_id:uuid}/undo", premises.taken(self._undo, "decide"), methods=["POST"]),
            Route("/proposals/{assignment_id:uuid}/place", premises.taken(self._place, "decide"), methods=["POST"]),
            Route("/proposals/{assignment_id:uuid}/abstain", premises.taken(self._abstain, "decide"), methods=["POST"]),
        ]

    async def _list(self, request: Request, reader: Reader) -> Response:
        if not reader.has("officer", "programme-head"):
            return RedirectResponse("/contest", 303)
        person_id, now = person_of(reader), self._premises.programme_clock()
        owners = await self._stands_for(person_id)
        async with self._premises.database.within("journal") as connection:
            waiting = await journal.list_lines(connection, "assignments", Filter(state="proposed", limit=_MOST))
            confirmed = await journal.list_lines(connection, "assignments", Filter(state="confirmed", limit=_MOST))
        async with self._premises.database.within() as connection:
            said = await words.read(connection, person_id, now - words.RECENT)
        mine = [line for line in waiting if _may_be_theirs(line, owners)]
        others = [line for line in waiting if not _may_be_theirs(line, owners)] if reader.has("programme-head") else []
        values: dict[str, Any] = {
            "mine": mine[:_SHOWN],
            "others": others[:_SHOWN],
            "count": len(mine),
            "other_count": len(others),
            "confirmed": [line for line in confirmed if _may_be_theirs(line, owners)][:_SHOWN],
            "said": {word.matter_id: word for word in reversed(said)},
            "deputises": len(owners) - 1,
        }
        return self._premises.rendering.page(reader, "proposals.html", here="proposals", **values)

    async def _show(self, request: Request, reader: Reader) -> Response:
        line, said = await self._found(request)
        application_id, need_id, person_id = UUID(said["application_id"]), UUID(said["need_id"]), person_of(reader)
        weighed = None
        if line.state == "proposed":
            weighed = await self._premises.weighing.of_proposal(application_id, need_id, reader.language)
        async with self._premises.database.within("journal") as connection:
            (last,) = await journal.said_of(connection, line.id, _TOLD)
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
            "is_theirs": reader.has("programme-head") or _is_theirs(last.data, await self._stands_for(person_id)),
            "declining": DECLINING,
            "placing": PLACING,
        }
        return self._premises.rendering.page(reader, "proposal.html", here="proposals", **values)

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        decision = one(fields, "decision", 20)
        if decision not in ("confirm", "decline"):
            raise Refused(422, "Choisissez de confirmer ou de refuser.", "Choose to confirm or to decline.")
        data = AssignmentDecided(
            assignment_id=request.path_params["assignment_id"],
            decision="confirm" if decision == "confirm" else "decline",
            decided_by=person_of(reader),
            decided_at=self._premises.programme_clock(),
            reason=reason_in(fields, DECLINING) if decision == "decline" else None,
            comment=_comment(fields),
        )
        return await self._say(reader, fields, data)

    async def _undo(self, request: Request, reader: Reader, fields: Fields) -> Response:
        data = AssignmentUndoRequested(
            assignment_id=request.path_params["assignment_id"],
            requested_by=person_of(reader),
            requested_at=self._premises.programme_clock(),
            reason=reason_in(fields, DECLINING),
            comment=_comment(fields),
        )
        return await self._say(reader, fields, data)

    async def _place(self, request: Request, reader: Reader, fields: Fields) -> Response:
        _, said = await self._found(request)
        try:
            data = PlacementDecided.model_validate(
                {
                    "application_id": said["application_id"],
                    "need_id": said["need_id"],
                    "decision": one(fields, "decision", 20),
                    "decided_by": person_of(reader),
                    "decided_at": self._premises.programme_clock(),
                    "reason": reason_in(fields, PLACING),
                    "comment": _comment(fields),
                }
            )
        except ValidationError as error:
            raise told(error) from None
        return await self._say(reader, fields, data)

    async def _abstain(self, request: Request, reader: Reader, fields: Fields) -> Response:
        if one(fields, "sure", 10) != "yes":
            raise Refused(
                422,
                "Cochez la case : un déport vaut pour tout le dossier et ne se reprend pas.",
                "Tick the box: to abstain is for the whole file, and is not taken back.",
            )
        _, said = await self._found(request)
        data = OfficerRecused(
            person_id=person_of(reader),
            application_id=UUID(said["application_id"]),
            declared_at=self._premises.programme_clock(),
        )
        return await self._say(reader, fields, data)

    async def _say(self, reader: Reader, fields: Fields, data: EventData) -> Response:
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _stands_for(self, person_id: UUID) -> Sequence[UUID]:
        """Themselves, and the owners in whose place they decide."""
        async with self._premises.database.within("matching") as connection:
            return [
                person_id,
                *await matching.find_deputised(connection, person_id, at=self._premises.programme_clock()),
            ]

    async def _found(self, request: Request) -> tuple[Line, dict[str, Any]]:
        assignment_id: UUID = request.path_params["assignment_id"]
        async with self._premises.database.within("journal") as connection:
            return await found_proposal(connection, assignment_id)


async def found_proposal(connection: Connection, assignment_id: UUID) -> tuple[Line, dict[str, Any]]:
    """An assignment as it is, and what was proposed; raises Refused where the journal does not know it (yet)."""
    line = await journal.find_line(connection, "assignment", assignment_id)
    said = await journal.said_of(connection, assignment_id, [_PROPOSED])
    if line is None or not said:
        raise Refused(
            404,
            "Cette proposition n’est pas connue, ou pas encore : réessayez dans un instant.",
            "This proposal is not known, or not yet: try again in a moment.",
        )
    return line, dict(said[0].data)


def _may_be_theirs(line: Line, owners: Sequence[UUID]) -> bool:
    """Whether an assignment is for somebody, as a list knows it: as who is to decide, or as the deputy of who is to.

    The list has no word for who can't decide though they own the need; the proposal's own page has.
    """
    return (line.facts.get("decider") or line.facts.get("owner") or "") in set(map(str, owners))


def _is_theirs(said: Mapping[str, Any], owners: Sequence[UUID]) -> bool:
    """Whether somebody decides, by the last that was said of an assignment: nobody but a head where it names nobody."""
    # What was said before there were deciders names none, and then the owner does.
    decider = said["decider_id"] if "decider_id" in said else said["owner_id"]
    return decider is not None and decider in set(map(str, owners))


def _comment(fields: Fields) -> str | None:
    return one(fields, "comment", _MOST_COMMENT_CHARACTERS) or None
