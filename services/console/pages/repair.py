"""Repair: what is set aside, by what it has in common; what is to become of it; and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, get_args
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from libraries.chassis import operations
from libraries.chassis.operations import Decision, RecordOutcome
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.database import move_to
from libraries.pages.reader import Reader
from libraries.pages.signing import Ticket
from services.console import store
from services.console.pages.lanes import Lanes
from services.console.pages.selections import Chosen, chosen_in, chosen_of, reason_in
from services.console.premises import Premises

_SHOWN: Final = 100
_UNSETTLED: Final = ("asked",)
_LAST_REPAIRS: Final = 10


class Repair:
    """Shows groups of undecided records, takes a decision on one, on some or on all of a filter, and its outcome."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/repair", premises.shown(self._groups), methods=["GET"]),
            Route("/repair/selection", premises.shown(self._selection), methods=["GET"]),
            Route("/repair/preview", premises.taken(self._preview, "repair"), methods=["POST"]),
            Route("/repair/decide", premises.taken(self._decide, "repair"), methods=["POST"]),
            *Lanes(premises).routes,
            Route("/repair/{repair:int}", premises.shown(self._outcome), methods=["GET"]),
            Route("/repair/{repair:int}/undo", premises.taken(self._undo, "repair"), methods=["POST"]),
        ]

    async def _groups(self, request: Request, reader: Reader) -> Response:
        groups: list[dict[str, Any]] = []
        for service in SERVICES:
            async with self._premises.database.within(service) as connection:
                groups += [{"service": service, **row} for row in await operations.group_held(connection)]
        async with self._premises.database.within() as connection:
            lines = [line for line in await store.read_audit(connection) if line["has_records"]]
        values: dict[str, Any] = {
            "groups": groups,
            "repairs": lines[:_LAST_REPAIRS],
            "stopped": self._premises.watch.samples.stopped(),
        }
        return self._premises.rendering.page(reader, "repair.html", here="repair", **values)

    async def _selection(self, request: Request, reader: Reader) -> Response:
        asked = {name: [value] for name, value in request.query_params.items()}
        chosen = chosen_in(asked, self._premises.clock())
        async with self._premises.database.within(chosen.service) as connection:
            rows = await operations.select_held(connection, chosen.selection, "discard")
            replayable = await operations.select_held(connection, chosen.selection, "replay")
        return self._premises.rendering.page(
            reader,
            "selection.html",
            here="repair",
            chosen=chosen,
            rows=rows[:_SHOWN],
            count=len(rows),
            replayable={row["id"] for row in replayable},
        )

    async def _preview(self, request: Request, reader: Reader, fields: Fields) -> Response:
        return await self._previewed(reader, chosen_of(fields, self._premises.clock()), _decision(fields))

    async def _previewed(self, reader: Reader, chosen: Chosen, decision: Decision, *, notice: bool = False) -> Response:
        async with self._premises.database.within(chosen.service) as connection:
            rows = await operations.select_held(connection, chosen.selection, decision)
        return self._premises.rendering.page(
            reader,
            "preview.html",
            here="repair",
            chosen=chosen,
            decision=decision,
            rows=rows[:_SHOWN],
            count=len(rows),
            topics=Counter(row["topic"] for row in rows),
            notice=notice,
            most=operations.MOST_AT_ONCE,
        )

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        chosen, decision, why = chosen_of(fields, self._premises.clock()), _decision(fields), reason_in(fields)
        assert reader.session is not None
        async with self._premises.database.within(chosen.service) as connection, connection.transaction():
            rows = await operations.select_held(connection, chosen.selection, decision)
            if str(len(rows)) != one(fields, "expected"):
                # What was shown is what is decided on: where it has changed, it is shown again.
                return await self._previewed(reader, chosen, decision, notice=True)
            wanted = [row["id"] for row in rows]
            decided = await operations.decide_on_many(connection, wanted, decision, by=reader.session.who, why=why)
            await move_to(connection, self._premises.database.schema)
            repair = await store.write_down(
                connection,
                reader.session,
                self._premises.clock(),
                decision,
                chosen.said,
                why=why,
                records={chosen.service: decided},
            )
        return RedirectResponse(f"/repair/{repair}", 303)

    async def _outcome(self, request: Request, reader: Reader) -> Response:
        line, records = await self._found(request)
        decision: Decision = "replay" if line["what"] == "replay" else "discard"
        outcomes: list[tuple[str, RecordOutcome]] = []
        for service, ids in records:
            async with self._premises.database.within(service) as connection:
                outcomes += [(service, each) for each in await operations.outcomes(connection, ids, decision)]
        counts = Counter(each.outcome for _, each in outcomes)
        values: dict[str, Any] = {
            "line": line,
            "counts": [(name, counts[name]) for name in get_args(operations.Outcome) if counts[name]],
            "total": len(outcomes),
            "is_settled": not any(counts[name] for name in _UNSETTLED),
            "shown": sorted(outcomes, key=lambda each: each[1].outcome == "committed")[:_SHOWN],
            "can_be_undone": sum(each.can_be_undone for _, each in outcomes),
        }
        template = "outcome_middle.html" if request.headers.get("hx-request") == "true" else "outcome.html"
        return self._premises.rendering.page(reader, template, here="repair", **values)

    async def _undo(self, request: Request, reader: Reader, fields: Fields) -> Response:
        line, records = await self._found(request)
        why = reason_in(fields)
        assert reader.session is not None
        if line["what"] != "discard":
            raise Refused(409, "Seul un écart peut être défait.", "Only a discard can be undone.")
        async with self._premises.database.within() as connection, connection.transaction():
            undone: dict[str, list[UUID]] = {}
            for service, ids in records:
                await move_to(connection, service)
                undone[service] = await operations.undo_discards(connection, ids)
            await move_to(connection, self._premises.database.schema)
            await self._write_undo(connection, reader.session, line["id"], why, undone)
        return RedirectResponse(f"/repair/{line['id']}", 303)

    async def _write_undo(
        self, connection: Any, session: Ticket, repair: int, why: str, undone: dict[str, list[UUID]]
    ) -> None:
        if any(undone.values()):
            about = f"{sum(map(len, undone.values()))} of repair {repair}"
            await store.write_down(connection, session, self._premises.clock(), "undo-discard", about, why=why)

    async def _found(self, request: Request) -> tuple[Any, Sequence[tuple[str, list[UUID]]]]:
        repair: int = request.path_params["repair"]
        async with self._premises.database.within() as connection:
            found = await store.find_repair(connection, repair)
        if found is None:
            raise Refused(404, "Cette réparation n’existe pas.", "There is no such repair.")
        return found


def _decision(fields: Fields) -> Decision:
    given = one(fields, "decision")
    if given == "replay":
        return "replay"
    if given == "discard":
        return "discard"
    raise Refused(422, "Choisissez de rejouer ou d’écarter.", "Choose to replay or to discard.")
