"""The support plan of a confirmed project: its actions begun, finished or dropped, and whom it was introduced to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.support import IntroductionReported, SupportActionReported
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.vocabularies.published import OWN_CODES
from libraries.work_days.city import CITY
from services.desk import words
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given
from services.desk.linked.introducing import introductions_of, new_introduction, what_came
from services.desk.linked.matters import Thing
from services.desk.linked.reading import read_things
from services.desk.pages.deciding import decides, found_proposal
from services.desk.premises import Premises, person_of
from services.desk.reasons import DROPPING
from services.journal import operations as journal
from services.journal.operations import Said

_PLANNED: Final = "engage.support.plan-opened.v1"
_CHANGED: Final = "engage.support.action-changed.v1"
_MOST_CHANGES: Final = 200
_MOST_COMMENT_CHARACTERS: Final = 2_000


class Action(NamedTuple):
    """An action of a plan: its code, its state, and how often it has changed."""

    code: str
    state: str
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be finished."""
        return self.state in ("planned", "started")


class Support:
    """Shows who decides on a project how far its support is, and takes what they say of it."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        path = "/proposals/{assignment_id:uuid}"
        self.routes = [
            Route(f"{path}/support", premises.shown(self._show, "decide"), methods=["GET"]),
            Route(f"{path}/support", premises.taken(self._update, "decide", self._show), methods=["POST"]),
            Route(f"{path}/introductions", premises.taken(self._introduce, "decide", self._show), methods=["POST"]),
        ]

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        assignment_id, person_id = request.path_params["assignment_id"], person_of(reader)
        now = self._premises.programme_clock()
        async with self._premises.database.within("journal") as connection:
            line, said = await found_proposal(connection, assignment_id)
            plan = await journal.said_of(connection, assignment_id, [_PLANNED, _CHANGED], limit=_MOST_CHANGES)
        async with self._premises.database.within() as connection:
            made = await read_things(connection, UUID(said["application_id"]), "introduction")
            given = await words.read(connection, person_id, now - words.RECENT)
        types = (SupportActionReported.event_type, IntroductionReported.event_type)
        values: dict[str, Any] = {
            "line": line,
            "proposed": said,
            "actions": actions_of(plan),
            "introductions": introductions_of(made, assignment_id),
            "given": [word for word in given if word.matter_id == assignment_id and word.type in types],
            "is_theirs": await decides(self._premises, reader, assignment_id),
            "dropping": DROPPING,
            "partner_kinds": OWN_CODES["partner-kinds"].codes,
            "outcomes": OWN_CODES["introduction-states"].codes,
            "today": CITY.day_of(now),
            "again": again,
        }
        return self._premises.rendering.page(reader, "support.html", here="proposals", status=again.status, **values)

    async def _update(self, request: Request, reader: Reader, fields: Fields) -> Response:
        assignment_id, given = await self._theirs(request, reader), Given(fields)
        async with self._premises.database.within("journal") as connection:
            plan = await journal.said_of(connection, assignment_id, [_PLANNED, _CHANGED], limit=_MOST_CHANGES)
        update = given.choice("update", ("start", "finish", "drop"))
        said = {
            "assignment_id": assignment_id,
            "action": given.choice("action", [action.code for action in actions_of(plan)]),
            "update": update,
            "reason": given.choice("reason", DROPPING) if update == "drop" else None,
            "reported_by": f"officer:{person_of(reader)}",
            "reported_at": self._premises.programme_clock(),
            "comment": given.text("comment", most=_MOST_COMMENT_CHARACTERS),
        }
        data = SupportActionReported.model_validate(said)
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _introduce(self, request: Request, reader: Reader, fields: Fields) -> Response:
        assignment_id, now, given = await self._theirs(request, reader), self._premises.programme_clock(), Given(fields)
        if one(fields, "introduction_id"):
            introduction = what_came(given, await self._introductions(assignment_id))
        else:
            introduction = new_introduction(given, assignment_id, CITY.day_of(now))
        data = introduction.reported(assignment_id, by=f"officer:{person_of(reader)}", at=now)
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _introductions(self, assignment_id: UUID) -> list[Thing]:
        async with self._premises.database.within("journal") as connection:
            _, said = await found_proposal(connection, assignment_id)
        async with self._premises.database.within() as connection:
            made = await read_things(connection, UUID(said["application_id"]), "introduction")
        return introductions_of(made, assignment_id)

    async def _theirs(self, request: Request, reader: Reader) -> UUID:
        """The assignment, which is for them to speak of; raises Refused for any other."""
        assignment_id: UUID = request.path_params["assignment_id"]
        async with self._premises.database.within("journal") as connection:
            await found_proposal(connection, assignment_id)
        if await decides(self._premises, reader, assignment_id):
            return assignment_id
        raise Refused(
            403,
            "Ce projet répond au besoin d’une autre personne\u00a0: elle seule, son suppléant ou un responsable "
            "en parle.",
            "This project answers somebody else’s need: they, their deputy or a head of the programme speak of it.",
        )


def actions_of(told: Iterable[Said]) -> Sequence[Action]:
    """The actions of a plan as events leave them, in the plan's order; pure."""
    planned: list[str] = []
    changed: dict[str, Action] = {}
    for each in told:
        if "actions" in each.data:
            planned = list(each.data["actions"])
            continue
        action = Action(each.data["action"], each.data["to"], each.data["version"])
        if action.version > changed.get(action.code, Action("", "", 0)).version:
            changed[action.code] = action
    return [changed.get(code, Action(code, "planned", 1)) for code in dict.fromkeys((*planned, *sorted(changed)))]
