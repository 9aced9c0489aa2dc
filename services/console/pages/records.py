"""One record with its content, for who may correct it: each look is in the audit, and an edit is a new event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from aiokafka.errors import KafkaError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contracts.catalogue import SERVICES
from contracts.event import Event
from contracts.message import EventData
from contracts.violation import ContractViolation
from libraries.chassis import repairs
from libraries.chassis.edits import Draft, NotEditable, corrected, draft_of, is_as_it_was
from libraries.chassis.watching.log import named
from libraries.pages.asking import MOST_BODY_BYTES, Fields, Refused, one
from libraries.pages.database import move_to
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.selections import reason_in
from services.console.premises import Premises

_MOST_CHARACTERS: Final = MOST_BODY_BYTES // 3
"""What a form carries, in which a byte may become three, with room for the other fields where it is mostly ASCII."""


class Records:
    """Opens a record that a form sent, checks what an operator makes of it, and sends that in its place."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/repair/record", premises.taken(self._open, "repair"), methods=["POST"]),
            Route("/repair/record/edit", premises.taken(self._edit, "repair"), methods=["POST"]),
        ]

    async def _open(self, request: Request, reader: Reader, fields: Fields) -> Response:
        service, why = _service(fields), reason_in(fields)
        draft = await self._draft(reader, service, fields, why)
        text = _pretty(draft.data)
        return self._page(reader, service, draft, text=text, event_type=draft.type, source=draft.source, why=why)

    async def _edit(self, request: Request, reader: Reader, fields: Fields) -> Response:
        service, why = _service(fields), reason_in(fields)
        draft = await self._draft(reader, service, fields, why)
        text = one(fields, "data", _MOST_CHARACTERS)
        given: dict[str, Any] = {"event_type": one(fields, "type"), "source": one(fields, "source")}
        shown: dict[str, Any] = {"text": text, **given, "why": why}
        if is_as_it_was(draft, text, **given):
            same = "rien n’a été corrigé", "nothing was corrected"
            return self._page(reader, service, draft, **shown, problems=[("", reader.say(*same))])
        try:
            event = corrected(draft, text, sources=self._premises.sources, **given)
        except ContractViolation as violation:
            return self._page(reader, service, draft, **shown, problems=violation.problems or [("", str(violation))])
        if one(fields, "what") != "send":
            return self._page(reader, service, draft, **shown, checked=event)
        return RedirectResponse(await self._send(reader, service, draft, event, why), 303)

    async def _draft(self, reader: Reader, service: str, fields: Fields, why: str) -> Draft:
        assert reader.session is not None
        async with self._premises.database.within() as connection:
            now = self._premises.clock()
            row = await store.open_record(connection, reader.session, now, service, _id(fields), why=why)
        if row is None:
            raise Refused(404, "Ce message n’existe pas.", "There is no such record.")
        try:
            draft = draft_of(dict(row))
        except NotEditable as error:
            raise Refused(
                409, f"Ce message ne peut pas être corrigé\u00a0: {error}.", f"It can’t be corrected: {error}."
            ) from None
        if len(draft.data) > _MOST_CHARACTERS:
            raise Refused(
                413,
                "Ce message est trop long pour cette page\u00a0: engage dead-letters edit le corrige.",
                "This record is too long for this page: engage dead-letters edit corrects it.",
            )
        return draft

    async def _send(self, reader: Reader, service: str, draft: Draft, event: Event[EventData], why: str) -> str:
        """Sends the new event, and then marks the old one: whoever fails between the two sends the same event again."""
        assert reader.session is not None
        try:
            await self._premises.forms.publish(event)
        except (KafkaError, OSError, TimeoutError) as error:
            self._premises.log.warning("a correction was not kept", action="edit", error=named(error))
            raise Refused(
                503,
                "Kafka ne l’a pas pris, ou peut-être pas\u00a0: réessayez.",
                "Kafka did not take it, or may not: try again.",
            ) from None
        now, identifier = self._premises.clock(), draft.dead_letter_id
        about = f"{identifier} by {event.id}"
        repair = repairs.Repair(uuid4(), "replace", about, reader.session.who, why, now)
        link = f"/repairs/{service}/{repair.id}"
        async with self._premises.database.within(service) as connection, connection.transaction():
            records = await repairs.begin_repair(connection, repair, [identifier], replaced_by=event.id)
            await move_to(connection, self._premises.database.schema)
            said = f"{service}: {about}"
            await store.write_down(
                connection, reader.session, now, "replace", said, why=why, records=records, link=link
            )
        return link

    def _page(
        self,
        reader: Reader,
        service: str,
        draft: Draft,
        *,
        problems: Sequence[tuple[str, str]] = (),
        checked: Event[EventData] | None = None,
        **values: Any,
    ) -> Response:
        values |= {"service": service, "draft": draft, "problems": problems, "checked": checked}
        status = 422 if problems else 200
        return self._premises.rendering.page(reader, "record.html", here="repair", status=status, **values)


def _service(fields: Fields) -> str:
    if (service := one(fields, "service")) not in SERVICES:
        raise Refused(422, "Ce service n’existe pas.", "There is no such service.")
    return service


def _id(fields: Fields) -> UUID:
    try:
        return UUID(one(fields, "id"))
    except ValueError:
        raise Refused(422, "Un identifiant de message est illisible.", "The id of a record can't be read.") from None


def _pretty(data: str) -> str:
    try:
        return json.dumps(json.loads(data), ensure_ascii=False, indent=2)
    except ValueError:
        return data
