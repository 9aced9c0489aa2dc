"""What the HTTP door answers where it can't say yes: problem details (RFC 9457), in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from contracts.message import Code, Reason
from libraries.data_files import read_data_file
from libraries.typed.words import Sentence

_TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    503: "Service Unavailable",
}
# What Pydantic calls a mistake, by the text of ours that says what would be right: its own are for programmers.
_CODES: Final[Mapping[str, str]] = {
    "missing": "missing",
    "uuid_parsing": "uuid",
    "uuid_type": "uuid",
    "string_type": "text",
    "string_too_short": "too-short",
    "string_too_long": "too-long",
    "string_pattern_mismatch": "pattern",
    "literal_error": "choice",
    "timezone_aware": "time",
    "int_type": "number",
    "int_parsing": "number",
    "int_parsing_size": "number",
    "int_from_float": "number",
    "greater_than_equal": "at-least",
    "less_than_equal": "at-most",
    "bool_type": "truth",
    "bool_parsing": "truth",
    "tuple_type": "list",
    "too_short": "too-short",
    "too_long": "too-long",
    "model_type": "object",
    "model_attributes_type": "object",
}


class TextsFile(BaseModel):
    """All texts of the door, by code: of a field, and of a message as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    fields: Mapping[Code, Sentence]
    problems: Mapping[Code, Sentence]


TEXTS: Final = read_data_file("services.intake.door", "texts.toml", TextsFile)


class RefusedRequest(Exception):
    """A request that is answered with a problem: its status, its code, and what more is to be said."""

    def __init__(self, status: int, code: str, *, headers: Mapping[str, str] | None = None, **more: object) -> None:
        super().__init__(code)
        self.status, self.code = status, code
        self.headers, self.more = dict(headers or {}), more

    def response(self) -> Response:
        """The answer, as `application/problem+json`."""
        sentence = TEXTS.problems[self.code]
        problem = {
            "type": f"urn:engage:problem:{self.code}",
            "title": _TITLES[self.status],
            "status": self.status,
            "detail": sentence.en,
            "detail_fr": sentence.fr,
            **self.more,
        }
        return Response(orjson.dumps(problem), self.status, self.headers, "application/problem+json")


def invalid(error: ValidationError) -> RefusedRequest:
    """What a form must be told of a message that breaks the contract: every field at once, no value quoted."""
    # Without the input: a problem may be logged by whoever gets it, and what was sent is personal.
    problems = error.errors(include_url=False, include_input=False)
    # Then it is the only one, since there are no fields to look at.
    if problems[0]["type"] == "json_invalid":
        return RefusedRequest(400, "json")
    return RefusedRequest(422, "invalid", errors=[_field_error(problem) for problem in problems])


def wrong_field(code: str, field: str) -> RefusedRequest:
    """A refusal for one field."""
    return RefusedRequest(422, "invalid", errors=[_reason(code, field, {})])


def _field_error(problem: Any) -> dict[str, Any]:
    kind = problem["type"]
    # Pydantic has a dozen names for what can be wrong with a date or a time; a form needs one answer.
    code = _CODES.get(kind) or (
        "time" if kind.startswith("datetime") else "day" if kind.startswith("date") else "wrong"
    )
    return _reason(code, ".".join(str(step) for step in problem["loc"]), problem.get("ctx", {}))


def _reason(code: str, field: str, values: Mapping[str, object]) -> dict[str, Any]:
    sentence = TEXTS.fields[code]
    return Reason(
        code=code, field=field or None, fr=sentence.fr.format_map(values), en=sentence.en.format_map(values)
    ).model_dump(exclude={"nearest"})
