"""What operators may do with mentoring: look at support plans and figures.

Each function takes a connection whose schema is the service's. They read tables and not a writer's memory, and so may
be called from any process: they see what was committed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from uuid import UUID

from contracts.states import SupportActionState
from libraries.chassis.store import Connection, named_queries
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings

_QUERIES: Final = named_queries("services.mentoring", "operations.sql")

Listed: TypeAlias = Mapping[str, Any]
"""A line of a list, by the names that it is shown under."""


async def list_support_plans(
    connection: Connection,
    *,
    state: SupportActionState | None = None,
    assignment_id: UUID | None = None,
    settings: MentoringSettings = SETTINGS,
) -> list[Listed]:
    """Support plans, the oldest first, each with its `actions` and `introductions`.

    With `state`, those that have an action in it.
    """
    rows = await connection.fetch(_QUERIES["list_support_plans"], assignment_id, state, settings.support.actions)
    return [
        # The database aggregates no introduction at all to null.
        {**row, "actions": json.loads(row["actions"]), "introductions": json.loads(row["introductions"] or "[]")}
        for row in rows
    ]


async def list_impact(connection: Connection, *, assignment_id: UUID | None = None) -> list[Listed]:
    """The figures that projects reported as `years`: by year, as text, and then by what they count."""
    rows = await connection.fetch(_QUERIES["list_impact"], assignment_id)
    return [{**row, "years": json.loads(row["years"])} for row in rows]
