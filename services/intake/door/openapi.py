"""The HTTP door as an OpenAPI 3.1 document, from the same models that read what it takes."""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.message import Reason
from services.intake.door.examples import PROBLEMS, STATE, TAKEN

_REFUSALS: Final = {
    "400": "The body is no JSON",
    "401": "The signature is missing, wrong or too old; `header` names the one to look at",
    "404": "Nothing is known under this address",
    "403": "The operator lists who may send what, and this form is not listed with this message",
    "409": "A message with the same `webhook-id` came before with other content",
    "413": "The body is larger than is allowed",
    "415": "The content type is not application/json",
    "422": "The contract is broken: `errors` has every field, what would be right, in French and English",
    "503": "Kafka or PostgreSQL is away: send the message again under the same `webhook-id`",
}
_SIGNED: Final = [
    {
        "name": "webhook-id",
        "in": "header",
        "required": True,
        "description": "The message's id, the same whenever it is sent again",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    {
        "name": "webhook-timestamp",
        "in": "header",
        "required": True,
        "description": "When it is sent, in seconds since 1970",
        "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
    },
]
_SIGNATURE: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "webhook-signature",
    "description": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks has it; several "
    "with spaces between. The operator gives each form its secret",
}
_ID: Final = {
    "name": "application_id",
    "in": "path",
    "required": True,
    "description": "The application's id, which the form gave it",
    "schema": {"type": "string", "format": "uuid"},
}
_PROBLEM: Final = {
    "type": "object",
    "description": "Problem details, RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "In English"},
        "detail_fr": {"type": "string", "description": "In French"},
        "header": {"type": "string"},
        "bytes_allowed": {"type": "integer"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
    },
    "required": ["type", "title", "status", "detail", "detail_fr"],
}


def openapi_document() -> dict[str, Any]:
    """The document, but for examples of what forms send, with which it is published."""
    models = (ApplicationSubmitted, ApplicationCorrected, ApplicationWithdrawalRequested, Reason)
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Engage: the door of intake",
            "version": "1",
            "description": "For forms that cannot speak Kafka. Messages are signed as Standard Webhooks has it.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": {
                **schemas["$defs"],
                **_answers(),
            },
            "securitySchemes": {"signature": _SIGNATURE},
        },
    }


def _paths() -> dict[str, Any]:
    by_id = "/v1/applications/{application_id}"
    return {
        "/v1/applications": {"post": _taking("submitApplication", "ApplicationSubmitted", "Submit an application")},
        f"{by_id}/corrections": {
            "parameters": [_ID],
            "post": _taking("correctApplication", "ApplicationCorrected", "Send it again, whole, corrected"),
        },
        f"{by_id}/withdrawal": {
            "parameters": [_ID],
            "post": _taking("withdrawApplication", "ApplicationWithdrawalRequested", "Take it back"),
        },
        by_id: {"parameters": [_ID], "get": _telling()},
        "/v1/openapi.json": {
            "get": {
                "operationId": "describeDoor",
                "summary": "This document",
                "security": [],
                "responses": {
                    "200": {
                        "description": "It",
                        "content": {"application/json": {"schema": {"type": "object", "title": "Description"}}},
                    }
                },
            }
        },
    }


def _answers() -> dict[str, Any]:
    """What the door answers with, besides the contracts' own models."""
    return {
        "Taken": _object(
            application_id={"type": "string", "format": "uuid"},
            event_id={"type": "string", "format": "uuid", "description": "The event's `ce_id` on Kafka"},
            status={"type": "string", "description": "Where its public state is told"},
        ),
        "PublicState": _object(
            application_id={"type": "string", "format": "uuid"},
            state={
                "type": "string",
                "enum": ["received", "registered", "rejected", "correction-requested", "withdrawn"],
                "description": "received: not judged yet",
            },
            version={"type": ["integer", "null"], "minimum": 1},
            track={"type": ["string", "null"], "enum": ["implantation", "contest", None]},
            edition={"type": ["string", "null"]},
            changed_at={"type": ["string", "null"], "format": "date-time"},
            reasons={"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
            remarks={
                "type": "array",
                "items": {"$ref": "#/components/schemas/Reason"},
                "description": "Codes that no vocabulary has, kept as they are, with the nearest that it has",
            },
        ),
        "Problem": _PROBLEM,
    }


def _taking(operation: str, schema: str, summary: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": _SIGNED,
        "security": [{"signature": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "responses": {
            "202": {
                "description": "Kafka has it; it is judged soon",
                "headers": {"Location": {"schema": {"type": "string"}, "description": "The same as `status`"}},
                "content": _json("Taken", TAKEN),
            },
            **_refusals("400", "401", "403", "404", "409", "413", "415", "422", "503"),
        },
    }


def _telling() -> dict[str, Any]:
    return {
        "operationId": "tellState",
        "summary": "What became of an application: public facts only, so no signature is asked for",
        "security": [],
        "responses": {
            "200": {
                "description": "Its public state",
                "content": _json("PublicState", STATE),
            },
            **_refusals("404", "503"),
        },
    }


def _refusals(*statuses: str) -> dict[str, Any]:
    return {
        status: {
            "description": _REFUSALS[status],
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": PROBLEMS[status],
                }
            },
        }
        for status in statuses
    }


def _json(schema: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
