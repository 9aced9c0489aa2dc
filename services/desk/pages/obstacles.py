"""Obstacles in the way of projects: taken, handed to a service of the City, lifted, or given up with a reason."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.obstacles import ObstacleUpdated
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.vocabularies.vocabularies import VOCABULARIES
from services.desk import words
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given, together
from services.desk.premises import Premises, person_of
from services.desk.reasons import ABANDONING
from services.journal import operations as journal
from services.journal.operations import Filter
from services.matching import operations as matching

_ENDED: Final = frozenset({"lifted", "abandoned"})
_MOST: Final = 2_000
_SHOWN: Final = 100
_MOST_COMMENT_CHARACTERS: Final = 2_000


class Obstacles:
    """Lists the obstacles of somebody's needs (all of them for heads), the longest unchanged first."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/obstacles", premises.shown(self._list, "decide"), methods=["GET"]),
            Route(
                "/obstacles/{obstacle_id:uuid}", premises.taken(self._update, "decide", self._list), methods=["POST"]
            ),
        ]

    async def _list(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        person_id, now = person_of(reader), self._premises.programme_clock()
        async with self._premises.database.within("matching") as connection:
            owners = {str(person_id), *map(str, await matching.find_deputised(connection, person_id, at=now))}
        async with self._premises.database.within("journal") as connection:
            lines = await journal.list_lines(connection, "obstacles", Filter(limit=_MOST))
        async with self._premises.database.within() as connection:
            given = await words.read(connection, person_id, now - words.RECENT)
        shown = [
            line
            for line in lines
            if line.state not in _ENDED and (reader.has("programme-head") or line.facts.get("owner") in owners)
        ]
        values: dict[str, Any] = {
            "lines": sorted(shown, key=lambda line: line.said_at)[:_SHOWN],
            "count": len(shown),
            "given": [word for word in given if word.type == ObstacleUpdated.event_type][:5],
            "directorates": VOCABULARIES.directorates,
            "abandoning": ABANDONING,
            "again": again,
        }
        return self._premises.rendering.page(reader, "obstacles.html", here="obstacles", status=again.status, **values)

    async def _update(self, request: Request, reader: Reader, fields: Fields) -> Response:
        obstacle_id: UUID = request.path_params["obstacle_id"]
        async with self._premises.database.within("journal") as connection:
            said = await journal.said_of(connection, obstacle_id, ["engage.obstacle.opened.v1"])
        if not said:
            raise Refused(404, "Ce frein n’est pas connu, ou pas encore.", "This obstacle is not known, or not yet.")
        given = Given(fields)
        update = given.choice("update", ("take", "lift", "abandon"))
        told = together(
            {
                "service": lambda: given.choice_or_none("service", VOCABULARIES.directorates),
                "reason": lambda: given.choice("reason", ABANDONING) if update == "abandon" else None,
                "comment": lambda: given.text("comment", most=_MOST_COMMENT_CHARACTERS),
            }
        )
        data = ObstacleUpdated.model_validate(
            {
                "assignment_id": said[0].data["assignment_id"],
                "obstacle_id": obstacle_id,
                "update": update,
                **told,
                "service": told["service"] if update == "take" else None,
                "updated_by": f"officer:{person_of(reader)}",
                "updated_at": self._premises.programme_clock(),
            }
        )
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))
