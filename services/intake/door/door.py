"""The HTTP door: for forms that cannot speak Kafka, it puts what they send on `forms.applications.v1`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import orjson
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

import contracts
from contracts.applications import (
    ApplicationCorrected,
    ApplicationForm,
    ApplicationSubmitted,
    ApplicationWithdrawalRequested,
)
from contracts.event import Event
from contracts.violation import ContractViolation
from libraries.chassis.database import is_transient
from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.settings import read_settings
from libraries.chassis.watching import metrics
from libraries.chassis.watching.log import named
from services.intake import operations
from services.intake.door.memory import DoorMemory, Message, OtherContent
from services.intake.door.problem_details import RefusedRequest, invalid, wrong_field
from services.intake.door.settings import DoorSettings
from services.intake.door.signature import ID, NotSigned, check_headers, signer

_RETRY_AFTER: Final = {"retry-after": "10"}
"""Seconds: a broker or a database that changes its leader is back by then."""
# Escaped and not after an escaped backslash: what is an ordinary text must not be refused for its look.
_ZERO_CHARACTER: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Sent = ApplicationForm | ApplicationWithdrawalRequested


class Door:
    """Takes signed messages and answers 202 once Kafka has them; nothing else happens here.

    A message that is sent again, to whichever replica, gives the same event, which has one effect: the
    sender may repeat it until it is answered.
    """

    def __init__(self, settings: DoorSettings, premises: Premises) -> None:
        self.body_bytes = settings.door_body_bytes
        self._settings = settings
        self._premises = premises
        self._memory = DoorMemory(premises.database, timedelta(days=settings.door_memory_days))
        self._forms = FormPublisher(premises.cluster, "engage-intake-door")
        self._document = (files(contracts) / "published" / "openapi.json").read_bytes()
        self._application = Starlette(
            routes=[
                Route("/v1/applications", self._taking(ApplicationSubmitted), methods=["POST"]),
                Route(
                    "/v1/applications/{application_id:uuid}/corrections",
                    self._taking(ApplicationCorrected),
                    methods=["POST"],
                ),
                Route(
                    "/v1/applications/{application_id:uuid}/withdrawal",
                    self._taking(ApplicationWithdrawalRequested),
                    methods=["POST"],
                ),
                Route("/v1/applications/{application_id:uuid}", self._tell, methods=["GET"]),
                Route("/v1/openapi.json", self._describe, methods=["GET"]),
            ],
            exception_handlers={RefusedRequest: _refuse, HTTPException: self._refuse_http},
        )

    async def open(self) -> None:
        """Connects to Kafka; raises what aiokafka raises where no broker answers."""
        await self._forms.open()

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._forms.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        # What a stranger calls a method may be any word, and each would be a series of its own.
        method = scope["method"] if scope["method"] in _METHODS else "other"

        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                metrics.DOOR_REQUESTS.labels(method, str(message["status"])).inc()
            await send(message)

        await self._application(scope, receive, counted)

    def _taking(self, model: type[Sent]) -> Callable[[Request], Awaitable[Response]]:
        async def take(request: Request) -> Response:
            self._check_headers(request)  # before a byte of the body is read: that costs nothing
            body = await request.body()
            # Before it is parsed: who has not signed learns nothing of what would be right, and costs little.
            form = self._signer(request, body)
            self._check_source(form, model)
            data = _parse(model, body, request.path_params.get("application_id"))
            # With its type: the same body at another address is another message.
            digest = hashlib.sha256(model.event_type.encode() + b"\n" + body).digest()
            message = Message(form, request.headers[ID], digest, data.application_id)
            event = await self._keep(message, data)
            self._premises.log.info(
                "taken at the door",
                action="door",
                form=form,
                event_type=event.type,
                event_id=event.id,
                correlation_id=event.correlation_id,
                subject=event.subject,
            )
            status = f"/v1/applications/{event.subject}"
            answer = {"application_id": event.subject, "event_id": event.id, "status": status}
            return _json(answer, 202, {"location": status})

        return take

    def _check_headers(self, request: Request) -> None:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise RefusedRequest(415, "not-json")
        tolerance = timedelta(seconds=self._settings.door_tolerance_seconds)
        try:
            check_headers(request.headers, now=self._premises.machine_clock(), tolerance=tolerance)
        except NotSigned as refusal:
            raise self._not_signed(refusal) from None

    def _signer(self, request: Request, body: bytes) -> str:
        try:
            return signer(request.headers, body, self._settings.keys)
        except NotSigned as refusal:
            raise self._not_signed(refusal) from None

    def _check_source(self, form: str, model: type[Sent]) -> None:
        # Else it would hear yes, and its event would be set aside where it never learns of it.
        try:
            self._premises.sources.check(_source_of(form), model.event_type)
        except ContractViolation:
            self._premises.log.warning("not listed", action="door", form=form, event_type=model.event_type)
            raise RefusedRequest(403, "not-listed") from None

    def _not_signed(self, refusal: NotSigned) -> RefusedRequest:
        self._premises.log.warning("not signed", action="door", header=refusal.header)
        return RefusedRequest(401, "not-signed", header=refusal.header)

    async def _keep(self, message: Message, data: Sent) -> Event[Sent]:
        """Has Kafka keep the message, unless it does already; its event is the same every time."""
        try:
            kept = await self._memory.remember(message, self._premises.clock())
            source = _source_of(message.form)
            event_id = str(kept.event_id)
            event = Event(event_id, source, str(data.aggregate_id), kept.at, event_id, None, None, data)
            # Remembered, then published, then marked: whatever dies in between, the sender repeats it, and the event is
            # the same one, which its reader takes once.
            if not kept.published:
                await self._forms.publish(event)
                await self._memory.mark_published(message)
        except OtherContent:
            raise RefusedRequest(409, "other-content") from None
        except Exception as error:
            if isinstance(error, KafkaError) or is_transient(error):
                self._premises.log.warning("not kept", action="door", error=named(error))
                raise RefusedRequest(503, "unavailable", headers=_RETRY_AFTER) from None
            raise
        return event

    async def _tell(self, request: Request) -> Response:
        """What became of an application, as far as it is public; no signature, since its id can't be guessed."""
        identifier: UUID = request.path_params["application_id"]
        try:
            async with self._premises.database.pool.acquire() as connection:
                state = await operations.public_state(connection, identifier)
        except Exception as error:
            if is_transient(error):
                raise RefusedRequest(503, "unavailable", headers=_RETRY_AFTER) from None
            raise
        if state is None:
            raise RefusedRequest(404, "not-found")
        return _json(state, 200)

    async def _describe(self, request: Request) -> Response:
        return Response(self._document, 200, media_type="application/json")

    async def _refuse_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        match error.status_code:
            case 413:
                return RefusedRequest(413, "too-large", bytes_allowed=self.body_bytes).response()
            case 405:
                return RefusedRequest(405, "not-allowed", headers=error.headers).response()
            case _:
                return RefusedRequest(404, "not-found", headers=error.headers).response()


def _source_of(form: str) -> str:
    return f"urn:form:{form}"


def door_from_environment(premises: Premises) -> Door:
    """The door that the environment describes; raises libraries.chassis.settings.SettingsError."""
    return Door(read_settings(DoorSettings), premises)


def _parse(model: type[Sent], body: bytes, application_id: UUID | None) -> Sent:
    try:
        data = model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise invalid(error) from None
    # The signature covers the body and not the address: else a message could be turned against another application.
    if application_id is not None and data.application_id != application_id:
        raise wrong_field("other-application", "application_id")
    # PostgreSQL keeps no such text; the quick look spares nearly every message the slow one.
    if b"\\u0000" in body and _ZERO_CHARACTER.search(body):
        raise wrong_field("zero-character", "")
    return data


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, RefusedRequest)
    return refusal.response()


def _json(value: object, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, "application/json")
