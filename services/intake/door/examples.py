"""What the door answers, as an example for each kind of answer: its document shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from services.intake.door.problem_details import RefusedRequest, wrong_field

_APPLICATION: Final = "019ab0f0-5c00-7d2e-8f11-3a5b7c9d0e1f"

TAKEN: Final = {
    "application_id": _APPLICATION,
    "event_id": "019ab0f0-5c00-8a11-9c11-3a5b7c9d0e21",
    "status": f"/v1/applications/{_APPLICATION}",
}
STATE: Final = {
    "application_id": _APPLICATION,
    "state": "registered",
    "version": 1,
    "track": "implantation",
    "edition": "implantation-2025",
    "changed_at": "2026-11-28T10:00:02Z",
    "reasons": [],
    "remarks": [],
}
_REFUSED: Final = (
    RefusedRequest(400, "json"),
    RefusedRequest(401, "not-signed", header="webhook-timestamp"),
    RefusedRequest(403, "not-listed"),
    RefusedRequest(404, "not-found"),
    RefusedRequest(409, "other-content"),
    RefusedRequest(413, "too-large", bytes_allowed=1_000_000),
    RefusedRequest(415, "not-json"),
    wrong_field("missing", "organisation.name"),
    RefusedRequest(503, "unavailable"),
)
PROBLEMS: Final[Mapping[str, dict[str, Any]]] = {
    str(refused.status): orjson.loads(bytes(refused.response().body)) for refused in _REFUSED
}
"""By the status that they come with."""
