"""What a round finds to decide upon and to speak of, read from the tables before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import asyncpg

Places = Sequence[tuple[UUID, UUID]]
"""Ids of things, each with the application that it is about."""

_QUERIES = (
    "SELECT assignment_id, application_id FROM matching.assignment WHERE state = 'proposed' ORDER BY 1",
    "SELECT pair_id, application_id FROM mentoring.pair WHERE state = 'offered' ORDER BY 1",
    "SELECT pair_id, application_id FROM mentoring.pair WHERE state = 'active' ORDER BY 1",
    "SELECT assignment_id, application_id FROM mentoring.lead WHERE state <> 'released' ORDER BY 1",
    "SELECT DISTINCT mentor_id, mentor_id FROM mentoring.pair JOIN mentoring.mentor USING (mentor_id)"
    " WHERE open AND active ORDER BY 1",
    "SELECT lead_id, id FROM intake.application WHERE state = 'withdrawn' ORDER BY 1",
    "SELECT DISTINCT lead_id, application_id FROM matching.assignment JOIN matching.candidate USING (application_id)"
    " WHERE state = 'proposed' ORDER BY 1, 2",
    "SELECT lead_id, application_id FROM mentoring.lead GROUP BY 1, 2 HAVING bool_or(state <> 'released') ORDER BY 1",
    "SELECT DISTINCT person_id, mentor_id FROM mentoring.pair JOIN mentoring.mentor USING (mentor_id)"
    " WHERE open AND active ORDER BY 1",
)


@dataclass(frozen=True, slots=True)
class Opportunities:
    """What a round finds to decide upon and to report of, and who may leave or be forgotten.

    Proposals, offers, active pairs and assignments that are accompanied; mentors who hold a pair; and people: leads who
    have left, leads whose projects are proposed, leads who are accompanied, mentors who hold a pair.
    """

    assignments: Places
    pairs: Places
    active: Places
    accompanied: Places
    mentors: Places
    gone: Places
    hopeful: Places
    leads: Places
    mentoring: Places

    def without(self, applications: set[UUID]) -> Opportunities:
        """The same but for what is about these applications."""
        found: Sequence[Places] = [getattr(self, each.name) for each in fields(self)]
        return Opportunities(*([place for place in places if place[1] not in applications] for places in found))


async def opportunities(database_url: str) -> Opportunities:
    """What stands at the moment, in the order of the ids."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = [await connection.fetch(query) for query in _QUERIES]
    finally:
        await connection.close()
    return Opportunities(*([(row[0], row[1]) for row in found] for found in rows))
