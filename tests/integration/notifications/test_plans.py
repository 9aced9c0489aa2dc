"""No statement reads more of full tables than of nearly empty ones, with the plan that it got on empty ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.contacts import contact_id_of
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
BY_DESIGN = {
    "fetch_contacts_of", "fetch_mails_of", "erase_follow_ups", "erase_series", "retract_follow_ups", "retract_series",
    "waiting_counts", "forget_descriptions", "find_ended_descriptions",
}  # fmt: skip
"""The metrics' scrape; what is old, once an hour; what names a person and no matter; the piece of `look_through` is
bounded by its limit."""

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
    who = person(number // 10)
    return Planned(FollowUp(key.id, key, 1), matter(number), None, str(matter(number)), due_at, '{"a":1}', START, who)


def series(number: int) -> Series:
    key = series_key(matter(number), person(number), "assignment-confirmed")
    occasions = (Occasion(KIND.kind, START + timedelta(seconds=number)), Occasion(DIGEST.kind, START))
    return Series(key.id, key, matter(number), 1, str(matter(number)), "{}", occasions, START)


def contact(number: int) -> UUID:
    return contact_id_of("lead", person(number))


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
    texts, none, dates = ["x"] * len(people), [None] * len(people), [START] * len(people)
    contacts = [contact_id_of("lead", each) for each in people]
    begun = [series(number) for number in range(TOUCHED)]
    return {
        "fetch_planned": about,
        "fetch_in_words": about,
        "fetch_series": about,
        "settle": (ids, ["scheduled"] * TOUCHED, zeros, ["cancelled"] * TOUCHED, ["settled"] * TOUCHED),
        "move_series_on": ([each.key.id for each in begun], [written(it.occasions) for it in begun], nothing, all_of),
        "renew_follow_ups": (ids, ["scheduled"] * TOUCHED, zeros, ["{}"] * TOUCHED, all_of, all_of),
        "renew_series": ([each.key.id for each in begun], ["{}"] * TOUCHED, all_of),
        "fetch_contacts": (contacts,),
        "change_contacts": (
            contacts, dates, none, texts, texts, ["fr"] * len(people), [later] * len(people), none, none, none,
            none, none,
        ),
        "begin_address_changes": (contacts, contacts, people, ["lead"] * len(people), dates),
        "replace_address_changes": (contacts,),
        "wake_waiting": (contacts,),
        "keep_offers": (matters, matters, matters, times, ["open"] * TOUCHED, zeros, no, no),
        "refuse_answers": (matters, times),
        "keep_clearances": (
            matters, matters, matters, ["ethics"] * TOUCHED, matters, times, all_of, ["asked"] * TOUCHED, zeros,
        ),
        "refuse_clearance_answers": (matters, times),
        "keep_recusals": (people, people),
        "retract_contacts": (contacts,),
        "retract_follow_ups": (people, dates, ["lead"] * len(people), [KIND.kind], ["lead"], [None]),
        "retract_series": (people, dates, ["lead"] * len(people), [KIND.kind], ["lead"], [None]),
        "drop_contacts": (contacts,),
        "fetch_descriptions": (matters,),
        "keep_description": (matters[0], people, "x", START),
        "end_descriptions": (matters, times),
        "find_ended_descriptions": (START,),
        "drop_descriptions": (matters,),
        "forget_descriptions": (people, dates),
        "fetch_contacts_of": (people,),
        "fetch_mails_of": (people,),
        "erase_address_changes": (people, dates),
        "erase_follow_ups": (people, dates, [KIND.kind]),
        "erase_series": (people, dates),
        "look_through": (UUID(int=0), START, TOUCHED),
        "empty": (ids,),
        "next_due": (lane,),
        "waiting_counts": (),
        "lock_due_series": (lane, later, 3),
        "lock_due": (lane, later, 3, [DIGEST.kind]),
        "fetch_recusals": (people, people),
        "fetch_recent": (people, START, KINDS.courtesy.most_a_week),
        "fetch_under_way": (lane, later, later + timedelta(minutes=1)),
        "apply": (ids, ["sending"] * TOUCHED, zeros, no, all_of, times, all_of),
        "lock_claims": (ids, zeros),
        "record_outcomes": (ids, ["sent"] * TOUCHED, no, times, nothing, times, no),
        "mark_undeliverable": (contacts, texts, texts),
        "wanted": (contacts[0],),
        "unsubscribe": (contacts[0], START),
        "fetch_offer": (matters[0], "lead", people[0]),
        "fetch_words": (matters[0], *ids_about(matters[0])),
        "keep_answer": (matters[0], "lead", people[0], "accept", None, START),
        "pass_on": (matters[0], "lead", people[0]),
        "fetch_clearance": (matters[0], people[0]),
        "fetch_name": (contacts[0],),
        "keep_clearance_answer": (matters[0], people[0], "refuse", None, START),
        "pass_clearance_on": (matters[0], people[0]),
    }  # fmt: skip


async def fill(connection: asyncpg.Connection[asyncpg.Record], first: int, last: int) -> None:
    numbers = range(first, last)
    await insert_follow_ups(connection, map(follow_up, numbers))
    await insert_series(connection, map(series, numbers))
    for table, columns, records in (
        ("contact", ("contact_id", "person_id", "role", "name", "email", "language", "said_at"),
         [(contact(number), person(number), "lead", "x", "x@asso.example", "fr", START) for number in numbers]),
        ("offer",
         ("pair_id", "lead_id", "mentor_person_id", "offered_at", "state", "version", "lead_accepted",
          "mentor_accepted"),
         [(matter(number), person(number), person(number), START, "open", 1, False, False) for number in numbers]),
        ("answer", ("pair_id", "party", "person_id", "answer", "answered_at"),
         [(matter(number), "lead", person(number), "accept", START) for number in numbers]),
        ("clearance",
         ("clearance_id", "mentor_id", "mentor_person_id", "kind", "asked_of", "asked_at", "state", "version", "answer",
          "answered_at"),
         [(matter(number), matter(number), person(number), "ethics", person(number), START, "asked", 1, "give", START)
          for number in numbers]),
        ("description", ("matter_id", "authors", "words", "said_at"),
         [(matter(number), [person(number)], "x", START) for number in numbers]),
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
