"""No statement reads more of full tables than of nearly empty ones, with the plan that it got on empty ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.event import derived_id
from libraries.chassis.store import named_queries
from services.notifications.kinds import KINDS
from services.notifications.planned.follow_ups import FollowUp, Key, Planned, ids_about, lane_of
from services.notifications.planned.rows import insert_follow_ups, insert_series
from services.notifications.planned.series import Occasion, Series, series_key, written
from tests.integration.conftest import connect
from tests.plans import Arguments, FirstPlans, grown

PACKAGES = ("services.notifications", "services.notifications.sending", "services.notifications.clicks")
QUERIES = {name: query for package in PACKAGES for name, query in named_queries(package).items()}
BY_DESIGN = {"erase_follow_ups", "erase_series"}
"""What names a person and no matter; the piece of `look_through` is bounded by its limit."""

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
FEW, MANY, TOUCHED = 40, 50_000, 20
KIND, DIGEST = KINDS.by_name["pair-nudge-to-lead"], KINDS.by_name["no-mentor-found"]


def person(number: int) -> UUID:
    return derived_id(UUID(int=1), START + timedelta(seconds=number), source="person", ordinal=number)


def matter(number: int) -> UUID:
    return derived_id(UUID(int=2), START + timedelta(seconds=number), source="matter", ordinal=number)


def follow_up(number: int) -> Planned:
    """One a matter, of which every second is due at once; each person is written to ten times."""
    key = Key(matter(number), person(number // 10), KIND.kind, "")
    due_at = START + timedelta(days=1000 * (number % 2), seconds=number)
    return Planned(FollowUp(key.id, key, 1), matter(number), None, matter(number), due_at, '{"a":1}')


def series(number: int) -> Series:
    key = series_key(matter(number), person(number), "assignment-confirmed")
    occasions = (Occasion(KIND.kind, START + timedelta(seconds=number)), Occasion(DIGEST.kind, START))
    return Series(key.id, key, matter(number), 1, matter(number), "{}", occasions)


def arguments() -> dict[str, Arguments]:
    """What each statement is asked for: always the same rows, among few or among many."""
    planned = [follow_up(2 * number) for number in range(TOUCHED)]
    ids, people = [each.follow_up.id for each in planned], sorted({each.follow_up.key.recipient_id for each in planned})
    matters = sorted(each.follow_up.key.matter_id for each in planned)
    ranges = [ids_about(each) for each in matters]
    about = matters, [each.first for each in ranges], [each.last for each in ranges]
    all_of: list[Any] = [None] * TOUCHED
    nothing, zeros, no = [""] * TOUCHED, [0] * TOUCHED, [False] * TOUCHED
    times = [START] * TOUCHED
    later = START + timedelta(days=30)
    lane = lane_of(people[0])
    texts = ["x"] * len(people)
    begun = [series(number) for number in range(TOUCHED)]
    return {
        "fetch_planned": about,
        "fetch_series": about,
        "settle": (ids, ["scheduled"] * TOUCHED, zeros, ["cancelled"] * TOUCHED, ["settled"] * TOUCHED),
        "move_series_on": ([each.key.id for each in begun], [written(it.occasions) for it in begun], nothing, all_of),
        "fetch_contacts": (people,),
        "change_contacts": (people, texts, texts, ["fr"] * len(people), [later] * len(people)),
        "wake_waiting": (people,),
        "keep_recusals": (people, people),
        "erase_contacts": (people,),
        "erase_follow_ups": (people,),
        "erase_series": (people,),
        "look_through": (UUID(int=0), START, TOUCHED),
        "empty": (ids,),
        "next_due": (lane,),
        "lock_due_series": (lane, later, 3),
        "lock_due": (lane, later, 3, [DIGEST.kind]),
        "fetch_recusals": (people, people),
        "fetch_recent": (people, START, KINDS.courtesy.most_a_week),
        "fetch_under_way": (lane, later, later + timedelta(minutes=1)),
        "apply": (ids, ["sending"] * TOUCHED, zeros, no, all_of, times, all_of),
        "lock_claims": (ids, zeros),
        "record_outcomes": (ids, ["sent"] * TOUCHED, no, times, nothing, times, no),
        "mark_undeliverable": (people, texts, texts),
        "unsubscribe": (people[0], START),
        "fetch_offer": (matters[0], *ids_about(matters[0])),
    }  # fmt: skip


async def fill(connection: asyncpg.Connection[asyncpg.Record], first: int, last: int) -> None:
    numbers = range(first, last)
    await insert_follow_ups(connection, map(follow_up, numbers))
    await insert_series(connection, map(series, numbers))
    for table, columns, records in (
        ("contact", ("person_id", "name", "email", "language", "updated_at"),
         [(person(number), "x", "x@asso.example", "fr", START) for number in numbers]),
        ("recusal", ("person_id", "application_id"), [(person(number), matter(number)) for number in numbers]),
    ):  # fmt: skip
        await connection.copy_records_to_table(table, columns=columns, records=records)
    # History, of which every person has some.
    await connection.execute(
        "UPDATE follow_up SET state = 'sent', sent_at = due_at, counted = true WHERE due_at > $1",
        START + timedelta(days=900),
    )


@pytest.fixture
async def plans(database_url: str) -> AsyncIterator[tuple[FirstPlans, asyncpg.Connection[asyncpg.Record]]]:
    connection = await connect(database_url, "notifications")
    yield FirstPlans(connection, "notifications"), connection
    await connection.close()


async def test_a_plan_made_on_empty_tables_stays_right(
    plans: tuple[FirstPlans, asyncpg.Connection[asyncpg.Record]],
) -> None:
    first, connection = plans
    asked = arguments()
    assert asked.keys() == QUERIES.keys()
    await first.make(QUERIES, asked)
    await fill(connection, 0, FEW)
    few = {name: await first.pages(name, asked[name]) for name in QUERIES}
    await fill(connection, FEW, MANY)
    many = {name: await first.pages(name, asked[name]) for name in QUERIES}
    assert grown(few, many, by_design=BY_DESIGN) == {}
    assert grown(few, many).keys() == BY_DESIGN, "the tool sees a scan"
