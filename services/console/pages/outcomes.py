"""What becomes of a repair: how far it is; stopped, resumed, undone."""

from __future__ import annotations

from typing import Any, Final, get_args
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from libraries.chassis import repairs
from libraries.chassis.operations import NotThere
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.database import move_to
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.selections import reason_in
from services.console.premises import Premises

_SHOWN: Final = 100


class Outcomes:
    """Shows what became of the records of a repair, and takes a word on the rest of it."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        path = "/repairs/{service}/{repair:uuid}"
        self.routes = [
            Route(path, premises.shown(self._outcome), methods=["GET"]),
            Route(path, premises.taken(self._go_on, "repair"), methods=["POST"]),
        ]

    async def _outcome(self, request: Request, reader: Reader) -> Response:
        service, repair_id = _place(request)
        async with self._premises.database.within(service) as connection:
            repair = await _found(connection, repair_id)
            progress = await repairs.progress(connection, repair_id)
            shown = await repairs.outcomes(connection, repair_id, limit=_SHOWN)
        counts = progress.counts
        values: dict[str, Any] = {
            "repair": repair,
            "service": service,
            "progress": progress,
            "counts": [(name, counts[name]) for name in get_args(repairs.Outcome) if name in counts],
            "shown": shown,
        }
        template = "outcome_middle.html" if request.headers.get("hx-request") == "true" else "outcome.html"
        return self._premises.rendering.page(reader, template, here="repair", **values)

    async def _go_on(self, request: Request, reader: Reader, fields: Fields) -> Response:
        """Stops it, resumes it, or undoes its discards, with the reason in the audit."""
        (service, repair_id), what, now = _place(request), one(fields, "what"), self._premises.clock()
        why = reason_in(fields)
        assert reader.session is not None
        by, link = reader.session.who, f"/repairs/{service}/{repair_id}"
        async with self._premises.database.within(service) as connection, connection.transaction():
            repair = await _found(connection, repair_id)
            if what == "stop":
                records = await repairs.stop_repair(connection, repair_id, by=by, now=now)
            elif what == "resume":
                records = await repairs.resume_repair(connection, repair_id, by=by)
            elif what == "undo-discard" and repair.decision == "discard":
                records = await repairs.undo_discards(connection, repair_id)
            else:
                raise Refused(409, "Seul un écart peut être défait.", "Only a discard can be undone.")
            if records:
                await move_to(connection, self._premises.database.schema)
                about = f"{service}: {repair.about}"
                await store.write_down(
                    connection, reader.session, now, what, about, why=why, records=records, link=link
                )
        return RedirectResponse(link, 303)


def _place(request: Request) -> tuple[str, UUID]:
    service, repair_id = request.path_params["service"], request.path_params["repair"]
    if service not in SERVICES:
        raise _no_such()
    return service, repair_id


async def _found(connection: Any, repair_id: UUID) -> repairs.Repair:
    try:
        return await repairs.find_repair(connection, repair_id)
    except NotThere:
        raise _no_such() from None


def _no_such() -> Refused:
    return Refused(404, "Cette réparation n’existe pas.", "There is no such repair.")
