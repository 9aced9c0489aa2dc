"""Lanes: where each service stands on each partition; what stopped is resumed, or goes past one record."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from libraries.chassis import operations
from libraries.chassis.records.name import LaneName
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.database import move_to
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.selections import reason_in
from services.console.premises import Premises

_PARTITIONS: Final = 1 << 31
_OFFSETS: Final = 1 << 63
"""Kafka counts no further, nor does the database."""


class Lanes:
    """Shows all lanes, the stopped ones first; only those can be resumed or skipped by one."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/repair/lanes", premises.shown(self._show), methods=["GET"]),
            Route("/repair/lanes", premises.taken(self._decide, "repair"), methods=["POST"]),
        ]

    async def _show(self, request: Request, reader: Reader) -> Response:
        lanes: list[dict[str, Any]] = []
        for service in SERVICES:
            async with self._premises.database.within(service) as connection:
                lanes += [{"service": service, **row} for row in await operations.list_lanes(connection)]
        waiting = {(each.service, *each.place): each for each in self._premises.watch.samples.waiting()}
        lanes.sort(key=lambda lane: lane["stopped_because"] is None)
        values: dict[str, Any] = {
            "lanes": lanes,
            "waiting": waiting,
            "known": self._premises.watch.journal_behind().known,
        }
        return self._premises.rendering.page(reader, "lanes.html", here="repair", **values)

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        service, lane, offset = _place(fields)
        what, why, now = one(fields, "what"), reason_in(fields), self._premises.clock()
        assert reader.session is not None
        if what not in ("resume", "skip"):
            raise Refused(422, "Choisissez de reprendre ou de passer.", "Choose to resume or to step over.")
        try:
            async with self._premises.database.within(service) as connection, connection.transaction():
                if what == "resume":
                    await operations.resume_lane(connection, lane)
                else:
                    by = reader.session.who
                    await operations.skip_offset(connection, service, lane, offset, by=by, why=why, now=now)
                await move_to(connection, self._premises.database.schema)
                about = f"{service}: {lane} at {offset}"
                done = "resume-lane" if what == "resume" else "skip-offset"
                await store.write_down(connection, reader.session, now, done, about, why=why)
        except operations.NotThere:
            raise Refused(
                409,
                "Cette file n’est plus là où vous l’avez vue\u00a0: rechargez la page.",
                "This lane does not stand any more where you saw it: load the page again.",
            ) from None
        return RedirectResponse("/repair/lanes", 303)


def _place(fields: Fields) -> tuple[str, LaneName, int]:
    service, topic = one(fields, "service"), one(fields, "topic")
    try:
        partition, offset = int(one(fields, "partition", 10)), int(one(fields, "offset", 19))
    except ValueError:
        partition = offset = -1
    if service not in SERVICES or not 0 <= partition < _PARTITIONS or not 0 <= offset < _OFFSETS:
        raise Refused(422, "Cette file n’existe pas.", "There is no such lane.")
    return service, LaneName(topic, partition), offset
