"""No statement of the chassis reads more of full tables than of nearly empty ones, with the plan of empty ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from libraries.chassis.lanes import ledger
from libraries.chassis.store import named_queries
from tests.integration.chassis.conftest import System
from tests.integration.conftest import connect
from tests.plans import Arguments, FirstPlans, grown

QUERIES = {
    **ledger.QUERIES,
    **named_queries("libraries.chassis", "operations.sql"),
    **named_queries("libraries.chassis", "repairs.sql"),
}
BY_DESIGN = {"held_counts", "kept_bytes", "list_held", "count_held", "group_held", "select_held"}
"""What looks at everything: the metrics' scrape, once at a start, and what operators list, count and select."""

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
TOPIC, LANE = "forms.applications.v1", ("forms.applications.v1", 0)
FEW, MANY, LANES = 40, 50_000, 8


def arguments() -> dict[str, Arguments]:
    """What each statement is asked for: always the same rows, among few or among many."""
    topics, partitions = [TOPIC] * LANES, list(range(LANES))
    numbers, texts = [0] * LANES, ["{}"] * LANES
    ids, sources = [UUID(int=number) for number in range(20)], ["urn:form:test"] * 20
    new_ids = [UUID(int=10**9 + number) for number in range(20)]
    keys = [b"key 1", b"key 2"]
    lanes = topics, partitions
    acknowledged = (*lanes, [0] * LANES)
    held = (*LANE, 1)
    return {
        "create_lanes": (*lanes, numbers),
        "open_lanes": lanes,
        "step_back": (*lanes, numbers),
        "claim_lanes": (*lanes, numbers, numbers, numbers, [None] * LANES, numbers, texts, *acknowledged),
        "begin_attempts": (*lanes, numbers, numbers, numbers),
        "operators_words": (),
        "add_pages": (*lanes, [10**9] * LANES, numbers, [b"page"] * LANES),
        "read_outbox": ([TOPIC], [LANES + 1]),
        "forget_pages": acknowledged,
        "claim_inbox": (new_ids, sources, [1] * 20),
        "read_inbox": (ids, sources),
        "release_inbox": (ids, sources),
        "held_keys": LANE,
        "next_retry": LANE,
        "begin_due_held": (*LANE, NOW, 100, 2, [], NOW),
        "has_requested": LANE,
        "begin_held": held,
        "held_behind": (*LANE, b"key 1"),
        "all_held_behind": (*LANE, b"key 1", 20),
        "wake_waiting": (*LANE, keys, NOW),
        "overtake": (*LANE, keys, [10**9, 10**9]),
        "lock_held": held,
        "lock_replayed": (*LANE, [1, 2, 3]),
        "hold": _held_rows(10**9),
        "hold_duty_item": ("duty.chores", 0, 10**9, UUID(int=10**9), "detail", b"chore", NOW),
        "held_duty_items": ("duty.chores", 0),
        "release_duty_items": ("duty.chores", 0, NOW),
        "resolve_held": (*held, "replayed", NOW),
        "discard_held": (*held, NOW),
        "forget_held": held,
        "hold_again": (*held, "dead", "reason", "detail", None, False, None, NOW),
        "held_counts": (),
        "kept_bytes": (),
        "begin_lanes_at": (*lanes, numbers),
        "list_lanes": (),
        "resume_lane": LANE,
        "skip_offset": (*LANE, 0, UUID(int=10**9 + 1), "operator", "why", NOW),
        "read_position": LANE,
        "list_held": (None, None, None, None, NOW),
        "find_held": (UUID(int=1),),
        "standing_of": (UUID(int=1),),
        "count_held": (),
        "group_held": (500, NOW),
        "select_held": (None, None, None, None, None, None, None, NOW, True, 100),
        "claim": (ids, "operator", "why", NOW, NOW),
        "release_claims": (ids,),
        "begin_repair": (ids, UUID(int=2), "replay", "about", "operator", "why", NOW, None),
        "stop_repair": (UUID(int=1), "operator", NOW),
        "resume_repair": (UUID(int=1), "operator"),
        "list_repairs": (None, 10),
        "progress": (UUID(int=1),),
        "outcomes": (UUID(int=1), 100),
        "undo_discards": (UUID(int=1),),
    }


def _held_rows(first: int, count: int = 1) -> tuple[list[Any], ...]:
    """Dead letters that hold back nothing, as a flood of what can't be read leaves them."""
    rows = [
        (*LANE, number, UUID(int=number), "dead", "json", "", None, False, b"key", b"{", b"[]", NOW, NOW, None, None)
        for number in range(first, first + count)
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))


@pytest.fixture
async def connection(system: System) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    made = await connect(system.database_url, "intake")
    yield made
    await made.close()


async def _fill(connection: asyncpg.Connection[asyncpg.Record], first: int, count: int) -> None:
    await connection.execute(
        "INSERT INTO lane (topic, partition, next_offset) SELECT $1, generate_series(0, 7), 0 ON CONFLICT DO NOTHING",
        TOPIC,
    )
    await connection.execute(QUERIES["hold"], *_held_rows(first, count))
    seen = [(UUID(int=number), "urn:form:test", 1) for number in range(first, first + count)]
    await connection.copy_records_to_table("inbox", records=seen)
    # Of a lane that nobody asks about: its broker is away, and its pages are many.
    pages = [("applications.v1", 0, number, 0, b"x") for number in range(first, first + count)]
    await connection.copy_records_to_table("outbox", records=pages)


async def test_a_plan_made_on_an_empty_table_stays_right(
    connection: asyncpg.Connection[asyncpg.Record], system: System
) -> None:
    assert arguments().keys() == QUERIES.keys(), "every statement is tried"
    plans = FirstPlans(connection, "intake")
    await plans.make(QUERIES, arguments())
    await _fill(connection, 0, FEW)
    few = {name: await plans.pages(name, asked) for name, asked in arguments().items()}
    await _fill(connection, FEW, MANY)
    many = {name: await plans.pages(name, asked) for name, asked in arguments().items()}
    assert grown(few, many, by_design=BY_DESIGN) == {}
