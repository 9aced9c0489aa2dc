"""What may be asked of intake by people and by its door: over a connection in its schema, and without an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from contracts.applications import ApplicationForm
from contracts.message import Reason
from libraries.chassis.store import Connection
from services.intake.cleaned_forms import clean_form
from services.intake.queries import QUERIES
from services.intake.reasons import reasons
from services.intake.rules.finding import Problem

_WITH_REASONS: Final = frozenset({"rejected", "correction-requested"})
"""States that their reasons explain; those of an earlier version would only confuse in any other."""

_FACTS: Final = ("state", "version", "track", "edition", "changed_at")


async def public_state(connection: Connection, application_id: UUID) -> dict[str, Any] | None:
    """What anybody may know of an application; None where nothing is known of it."""
    if (row := await connection.fetchrow(QUERIES["fetch_public_state"], application_id)) is not None:
        return told(application_id, dict(row))
    # What came through the door is known before it is judged, so that a form can look at once where it was sent.
    received_at = await connection.fetchval(QUERIES["fetch_first_message"], application_id)
    return None if received_at is None else told(application_id, {"state": "received", "changed_at": received_at})


def told(application_id: UUID, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an application of which this much is known."""
    state = known["state"]
    return {
        "application_id": str(application_id),
        **{name: known.get(name) for name in _FACTS},
        "reasons": reasons_in(orjson.loads(known["answers"])) if state in _WITH_REASONS else [],
        "remarks": reasons_in(orjson.loads(known["answers"]), "pass") if state == "registered" else [],
    }


def reasons_in(answers: Iterable[Mapping[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """The reasons in kept answers, each once, as the application's own event gave them.

    Of answers of these kinds; without any, fails before unknowns.
    """
    judged = tuple(answers)
    found = {
        (problem["code"], problem["field"]): problem
        for wanted in kinds or ("fail", "unknown")
        for answer in judged
        if answer["answer"] == wanted
        for problem in answer["problems"]
    }
    return list(found.values())


def problems_of(form: ApplicationForm, sent_at: datetime) -> tuple[Reason, ...]:
    """What intake could not read of a form that was sent at a moment, whatever its edition asks; nothing where all."""
    return reasons(Problem(*each) for each in clean_form(form, sent_at).asked)
