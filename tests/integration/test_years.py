"""Copies of what lies in the tables: each is whole, has ids of its own, and refers to what is its own."""

from __future__ import annotations

import asyncpg
import pytest

from tests.benchmarks.years.multiplying import keep_seed, multiply
from tests.ids import identifier

APPLICATION, MATTER, NEED = identifier("application"), identifier("matter"), identifier("need")


async def _begin(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """One application in the tables of two services, with a follow-up whose id begins as its matter's does."""
    await connection.execute(
        "INSERT INTO matching.candidate"
        " VALUES ($1, 'implantation', $2, 'n', 't', '', '', '', true, '', now(), 0, true)",
        APPLICATION,
        identifier("lead"),
    )
    await connection.execute(
        "INSERT INTO matching.assignment VALUES ($1, $2, $3, 'confirmed', 2, 500, '', 'v', 'a', NULL, false)",
        MATTER,
        APPLICATION,
        NEED,
    )
    await connection.execute(
        "INSERT INTO notifications.follow_up (id, lane, kind, recipient_id, matter_id, application_id, matter_version,"
        " occasion, correlation_id, caused_at, parameters, due_at, next_attempt_at)"
        " VALUES ($1, 0, 'k', $2, $3, $4, 1, '', $5, now(), '{}', now(), now())",
        identifier("follow-up"),
        identifier("lead"),
        MATTER,
        APPLICATION,
        str(identifier("story")),
    )
    await keep_seed(connection)


@pytest.mark.parametrize("living", [True, False])
async def test_copies_have_ids_of_their_own_and_keep_together(database_url: str, *, living: bool) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await _begin(connection)
        await multiply(connection, 1, 3, living=living)
        assignments = await connection.fetch("SELECT * FROM matching.assignment")
        assert len({row["assignment_id"] for row in assignments}) == 4
        assert {row["need_id"] for row in assignments} == {NEED}
        follow_ups = await connection.fetch("SELECT * FROM notifications.follow_up")
        assert {row["matter_id"] for row in follow_ups} == {row["assignment_id"] for row in assignments}
        copies = [row for row in follow_ups if row["matter_id"] != MATTER]
        assert all(row["id"].bytes[:8] == row["matter_id"].bytes[:8] for row in copies)
    finally:
        await connection.close()


@pytest.mark.parametrize(("living", "candidates", "former"), [(True, 4, 0), (False, 1, 3)])
async def test_whoever_is_over_takes_no_part(database_url: str, *, living: bool, candidates: int, former: int) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await _begin(connection)
        await multiply(connection, 1, 3, living=living)
        assert await connection.fetchval("SELECT count(*) FROM matching.candidate") == candidates
        assert await connection.fetchval("SELECT count(*) FROM matching.former_candidate") == former
        over = await connection.fetchval("SELECT count(*) FROM notifications.follow_up WHERE state = 'sent'")
        assert over == former
    finally:
        await connection.close()
