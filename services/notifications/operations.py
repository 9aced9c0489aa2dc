"""What operators may do with follow-ups, on a connection in the service's schema: look, cancel one, send one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from libraries.chassis.store import Connection
from services.notifications.follow_ups import ids_about
from services.notifications.rows import insert_follow_ups, move_series_on, series_of
from services.notifications.series import Occasion, Series

Request: TypeAlias = Literal["cancel", "send-now"]

_SHOWN = """id, kind, state, recipient_id, counterpart_id, matter_id, due_at, next_attempt_at, attempts, in_doubt,
            settled, sent_at, bounced, message_id, requested, requested_by, requested_why"""
_LIST = f"""
SELECT {_SHOWN} FROM follow_up
 WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
   AND ($3::uuid IS NULL OR recipient_id = $3) AND ($4::uuid IS NULL OR matter_id = $4) AND due_at <= $5
   AND (NOT $6 OR state = 'scheduled' AND due_at <= now() AND EXISTS (
        SELECT FROM unnest(ARRAY[recipient_id, counterpart_id]) AS named
         WHERE named IS NOT NULL AND named NOT IN (SELECT person_id FROM contact)))
"""  # noqa: S608
_LIST_SERIES = """
SELECT * FROM series
 WHERE next_due_at IS NOT NULL AND ($1::uuid IS NULL OR recipient_id = $1) AND ($2::uuid IS NULL OR matter_id = $2)
"""
_SHOW = f"SELECT {_SHOWN} FROM follow_up WHERE id = $1"  # noqa: S608
_SERIES_BESIDE = "SELECT * FROM series WHERE id BETWEEN $1 AND $2 AND next_due_at IS NOT NULL"
# Due at once, so that the next portion of its lane cancels it and says so; one that is being sent is at its last
# attempt.
_CANCEL = """
UPDATE follow_up
   SET settled = coalesce(settled, 'cancelled-by-operator'), requested = 'cancel', requested_by = $2,
       requested_why = $3, waits_for = NULL,
       next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END
 WHERE id = $1 AND state IN ('scheduled', 'sending')
"""
_SEND_NOW = """
UPDATE follow_up
   SET requested = 'send-now', requested_by = $2, requested_why = $3, waits_for = NULL, next_attempt_at = 'epoch'
 WHERE id = $1 AND state = 'scheduled' AND settled IS NULL
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which follow-ups to list; None for whatever it is. `unreachable`: due, and a contact is missing."""

    before: datetime
    state: str | None = None
    kind: str | None = None
    recipient_id: UUID | None = None
    matter_id: UUID | None = None
    unreachable: bool = False


async def list_follow_ups(connection: Connection, wanted: Filter) -> list[dict[str, Any]]:
    """Follow-ups that meet a filter, the first due first; of a series what is to come as well, by its ids and dates."""
    people = wanted.recipient_id, wanted.matter_id
    rows = await connection.fetch(_LIST, wanted.state, wanted.kind, *people, wanted.before, wanted.unreachable)
    series = await connection.fetch(_LIST_SERIES, *people)
    found = [{**row, "series": None} for row in map(dict, rows)]
    if wanted.state in (None, "scheduled") and not wanted.unreachable:
        found += [
            _to_come(each, occasion)
            for each in map(series_of, series)
            for occasion in each.occasions
            if occasion.due_at <= wanted.before and wanted.kind in (None, occasion.kind)
        ]
    return sorted(found, key=lambda row: (row["due_at"], row["id"]))


async def show(connection: Connection, follow_up_id: UUID) -> dict[str, Any] | None:
    """All that is known of one; None where there is none."""
    if row := await connection.fetchrow(_SHOW, follow_up_id):
        return {**dict(row), "series": None}
    found = await _occasion(connection, follow_up_id)
    return None if found is None else _to_come(*found)


async def request(connection: Connection, what: Request, follow_up_id: UUID, *, by: str, why: str) -> bool:
    """Asks the sender to cancel one or to send it now; False where it is not to be sent any more.

    What is to come in a series gets its row by it.
    """
    async with connection.transaction():
        if found := await _occasion(connection, follow_up_id):
            series, occasion = found
            await insert_follow_ups(connection, [series.planned(occasion)])
            await move_series_on(connection, [(series, series.without([occasion]))])
        return await connection.execute(_CANCEL if what == "cancel" else _SEND_NOW, follow_up_id, by, why) == "UPDATE 1"


async def _occasion(connection: Connection, follow_up_id: UUID) -> tuple[Series, Occasion] | None:
    # The ids of all that is planned about a matter begin alike.
    for series in map(series_of, await connection.fetch(_SERIES_BESIDE, *ids_about(follow_up_id))):
        for occasion in series.occasions:
            if series.follow_up(occasion).id == follow_up_id:
                return series, occasion
    return None


def _to_come(series: Series, occasion: Occasion) -> dict[str, Any]:
    follow_up = series.follow_up(occasion)
    return {
        "id": follow_up.id,
        "kind": occasion.kind,
        "state": "scheduled",
        "recipient_id": follow_up.key.recipient_id,
        "matter_id": follow_up.key.matter_id,
        "due_at": occasion.due_at,
        "attempts": 0,
        "in_doubt": False,
        "settled": series.settled,
        "series": {"id": series.key.id, "planned_by": series.key.kind, "next_due_at": series.next_due_at},
    }
