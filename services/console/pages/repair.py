"""Repair: what is set aside, by what it has in common; who looks at it; and what is to become of it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from libraries.chassis import repairs
from libraries.chassis.repairs import Decision
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.database import move_to
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.lanes import Lanes
from services.console.pages.outcomes import Outcomes
from services.console.pages.records import Records
from services.console.pages.selections import Chosen, chosen_in, chosen_of, reason_in
from services.console.premises import Premises

_SHOWN: Final = 100
_LAST_REPAIRS: Final = 10


class Repair:
    """Shows groups of undecided records, and takes a decision, or a claim, on one, on some or on all of a filter."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/repair", premises.shown(self._groups), methods=["GET"]),
            Route("/repair/selection", premises.shown(self._selection), methods=["GET"]),
            Route("/repair/preview", premises.taken(self._preview, "repair"), methods=["POST"]),
            Route("/repair/decide", premises.taken(self._decide, "repair"), methods=["POST"]),
            Route("/repair/claim", premises.taken(self._claim, "repair"), methods=["POST"]),
            *Lanes(premises).routes,
            *Outcomes(premises).routes,
            *Records(premises).routes,
        ]

    async def _groups(self, request: Request, reader: Reader) -> Response:
        groups: list[dict[str, Any]] = []
        last: list[tuple[str, repairs.Repair]] = []
        for service in SERVICES:
            async with self._premises.database.within(service) as connection:
                found = await repairs.group_held(connection, self._premises.clock())
                groups += [{"service": service, **row} for row in found]
                last += [(service, each) for each in await repairs.list_repairs(connection, limit=_LAST_REPAIRS)]
        last.sort(key=lambda each: each[1].at, reverse=True)
        values: dict[str, Any] = {
            "groups": groups,
            "repairs": last[:_LAST_REPAIRS],
            "stopped": self._premises.watch.samples.stopped(),
        }
        return self._premises.rendering.page(reader, "repair.html", here="repair", **values)

    async def _selection(self, request: Request, reader: Reader) -> Response:
        asked = {name: [value] for name, value in request.query_params.items()}
        chosen = chosen_in(asked, self._premises.clock())
        async with self._premises.database.within(chosen.service) as connection:
            rows = await repairs.select_held(connection, chosen.selection)
        return self._premises.rendering.page(
            reader,
            "selection.html",
            here="repair",
            chosen=chosen,
            rows=rows[:_SHOWN],
            count=len(rows),
            replayable=sum(row["has_content"] for row in rows),
            claims=self._claims(rows),
            now=self._premises.clock(),
            hours=int(repairs.CLAIMED_FOR.total_seconds() // 3600),
        )

    def _claims(self, rows: list[Any]) -> Counter[tuple[str, str]]:
        """Of how many records somebody says that they look at them, and why."""
        now = self._premises.clock()
        live = (row for row in rows if row["claimed_by"] is not None and row["claimed_until"] > now)
        return Counter((row["claimed_by"], row["claimed_why"]) for row in live)

    async def _claim(self, request: Request, reader: Reader, fields: Fields) -> Response:
        now, what = self._premises.clock(), one(fields, "claim")
        chosen = chosen_of(fields, now)
        if what not in ("take", "release"):
            raise Refused(422, "Choisissez de regarder ou non.", "Choose to look at it or not.")
        why = reason_in(fields) if what == "take" else None
        assert reader.session is not None
        async with self._premises.database.within(chosen.service) as connection, connection.transaction():
            if why is None:
                records = await repairs.release_claims(connection, chosen.selection)
            else:
                until = now + repairs.CLAIMED_FOR
                by = reader.session.who
                claimed = await repairs.claim(connection, chosen.selection, by=by, why=why, now=now, until=until)
                records = claimed.records
            await move_to(connection, self._premises.database.schema)
            about = chosen.said
            done = "release" if why is None else "claim"
            await store.write_down(connection, reader.session, now, done, about, why=why, records=records)
        return RedirectResponse(chosen.address, 303)

    async def _preview(self, request: Request, reader: Reader, fields: Fields) -> Response:
        return await self._previewed(reader, chosen_of(fields, self._premises.clock()), _decision(fields))

    async def _previewed(self, reader: Reader, chosen: Chosen, decision: Decision, *, notice: bool = False) -> Response:
        async with self._premises.database.within(chosen.service) as connection:
            rows = await repairs.select_held(connection, chosen.selection, decision)
        return self._premises.rendering.page(
            reader,
            "preview.html",
            here="repair",
            chosen=chosen,
            decision=decision,
            rows=rows[:_SHOWN],
            count=len(rows),
            topics=Counter(row["topic"] for row in rows),
            claims=self._claims(rows),
            notice=notice,
            most=repairs.MOST_AT_ONCE,
        )

    async def _decide(self, request: Request, reader: Reader, fields: Fields) -> Response:
        now = self._premises.clock()
        chosen, decision, why = chosen_of(fields, now), _decision(fields), reason_in(fields)
        assert reader.session is not None
        repair = repairs.Repair(uuid4(), decision, chosen.selection.said, reader.session.who, why, now)
        link = f"/repairs/{chosen.service}/{repair.id}"
        async with self._premises.database.within(chosen.service) as connection, connection.transaction():
            rows = await repairs.select_held(connection, chosen.selection, decision)
            if str(len(rows)) != one(fields, "expected"):
                # What was shown is what is decided on: where it has changed, it is shown again.
                return await self._previewed(reader, chosen, decision, notice=True)
            records = await repairs.begin_repair(connection, repair, [row["id"] for row in rows])
            await move_to(connection, self._premises.database.schema)
            said = chosen.said
            await store.write_down(connection, reader.session, now, decision, said, why=why, records=records, link=link)
        return RedirectResponse(link, 303)


def _decision(fields: Fields) -> Decision:
    given = one(fields, "decision")
    if given == "replay":
        return "replay"
    if given == "discard":
        return "discard"
    raise Refused(422, "Choisissez de rejouer ou d’écarter.", "Choose to replay or to discard.")
