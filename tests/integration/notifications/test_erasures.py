"""Whoever asks to be forgotten is: in whatever order what they said is read, nothing of it is left anywhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from contracts.event import Event
from tests.integration.notifications.conftest import Desk, handle
from tests.integration.notifications.happenings import (
    START,
    activated,
    confirmed,
    contact,
    contact_of,
    correction_requested,
    ended,
    erasure_requested,
    idle,
    named,
    no_mentor_found,
    obstacle_opened,
    offered,
    proposed,
    registered,
    released,
    withdrawn,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

NAME, SECRETS = "Canari", ("canari", "zoé", "première", "seconde", "adjointe")
LEAD, MENTOR = f"lead {NAME}", f"person of mentor {NAME}"
AFTER = "revenue@asso.example"
Step = Callable[[Office], Awaitable[list[dict[str, Any]]]]


def handled(*events: Event[Any]) -> list[Step]:
    def step(event: Event[Any]) -> Step:
        return lambda office: office.desk.handle(event)

    return [step(event) for event in events]


def retracted(who: str, role: Any = None) -> Step:
    return lambda office: office.desk.retract(contact_of(who, role), at=START)


async def sending(office: Office) -> list[dict[str, Any]]:
    await office.send()
    return []


def topics(*, comes_back: bool) -> list[list[Step]]:
    """What each topic holds of a lead who was also a mentor, each in its order."""
    return [
        [
            *handled(
                contact(LEAD, name="Zoé", email="première@asso.example"),
                contact(LEAD, name="Zoé", email="seconde@asso.example", hours=0.5),
            ),
            retracted(LEAD),
            *(handled(contact(LEAD, name="Ada", email=AFTER, hours=2)) if comes_back else []),
        ],
        [*handled(contact(LEAD, name="Zoé", email="adjointe@asso.example", role="owner")), retracted(LEAD, "owner")],
        handled(contact(MENTOR, name="Bo", email="bo@ville.example")),
        handled(contact("owner", email="owner@ville.example")),
        handled(registered(NAME), correction_requested(NAME, 2)),
        handled(proposed(NAME), confirmed(NAME)),
        handled(
            no_mentor_found(NAME), offered(NAME), activated(NAME), idle(NAME, "nudge", 5), ended(NAME, "active", 6)
        ),
        handled(obstacle_opened(NAME)),
        handled(erasure_requested(LEAD)),
        [sending] * 5,
    ]


def mixed(lists: Sequence[Sequence[Step]], seed: int) -> list[Step]:
    """All of it in one order, each list in its own."""
    left = [list(each) for each in lists]
    turns = [number for number, each in enumerate(left) for _ in each]
    random.Random(seed).shuffle(turns)
    return [left[number].pop(0) for number in turns]


async def everything(desk: Desk) -> str:
    """All that stands in any column of any table of the service."""
    tables = await desk.pool.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'notifications'"
    )
    rows = [await desk.pool.fetch(f'SELECT t::text AS row FROM "{row["table_name"]}" AS t') for row in tables]
    return "\n".join(row["row"] for found in rows for row in found).lower()


async def emptied(desk: Desk) -> None:
    for table in ("contact", "address_change", "follow_up", "series", "offer", "erased_person"):
        await desk.pool.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("comes_back", [False, True])
async def test_in_whatever_order_all_is_read_nothing_is_left(office: Office, comes_back: bool) -> None:
    for seed in range(20):
        said = [event for step in mixed(topics(comes_back=comes_back), seed) for event in await step(office)]
        for _ in range(3):
            await office.send()
        left = await everything(office.desk)
        assert [secret for secret in SECRETS if secret in left] == [], f"order {seed}"
        assert "bo@ville.example" in left, "and of others all is there"
        assert (AFTER in left) is comes_back, f"what was said later holds, order {seed}"
        assert not any(secret in str(said).lower() for secret in SECRETS)
        (forgotten,) = [event for event in said if event["event"] == "forgotten"]
        assert (forgotten["person_id"], forgotten["service"]) == (str(named(LEAD)), "notifications")
        states = {row["state"] for row in await office.desk.rows(where=f"recipient_id = '{named(LEAD)}'")}
        assert states <= {"cancelled", "sent", "failed"}, "nothing waits for them"
        await emptied(office.desk)


async def test_what_was_removed_is_counted_and_asked_again_nothing_is(desk: Desk) -> None:
    await desk.handle(contact(LEAD), contact(LEAD, role="owner"), registered(NAME), proposed(NAME))
    (first,) = await desk.handle(erasure_requested(LEAD))
    assert first["removed"] == [{"what": "contact", "count": 2}, {"what": "mail", "count": 1}]
    assert first["requested_at"] == "2025-03-03T10:00:00Z"
    (again,) = await desk.handle(erasure_requested(LEAD, hours=2))
    assert again["removed"] == []
    (unknown,) = await desk.handle(erasure_requested("nobody"))
    assert (unknown["event"], unknown["removed"]) == ("forgotten", [])


async def test_a_batch_that_holds_an_erasure_forgets_what_stands_before_and_after_it(desk: Desk) -> None:
    before, after = contact(LEAD, email="première@asso.example"), contact(LEAD, email="seconde@asso.example")
    later = contact(LEAD, name="Ada", email=AFTER, hours=2)
    await desk.handle(registered(NAME), before, erasure_requested(LEAD), proposed(NAME), after, later)
    left = await everything(desk)
    assert [line for line in left.splitlines() if any(secret in line for secret in SECRETS)] == []
    assert AFTER in left


async def test_however_it_is_cut_into_batches_the_same_is_said(desk: Desk) -> None:
    events = [
        contact(LEAD, email="première@asso.example"),
        registered(NAME),
        proposed(NAME),
        confirmed(NAME),
        contact(LEAD, email="seconde@asso.example"),
        erasure_requested(LEAD),
        released(NAME, 9, before="confirmed"),
        withdrawn(NAME, 9),
        contact(LEAD, name="Ada", email=AFTER, hours=2),
        erasure_requested(LEAD, hours=1.5),
    ]

    async def outcome(*batches: Sequence[Event[Any]]) -> tuple[list[Any], list[str]]:
        said = [event for batch in batches for event in await desk.handle(*batch)]
        left = sorted((await everything(desk)).splitlines())
        await emptied(desk)
        return said, left

    one_by_one = await outcome(*([event] for event in events))
    for cut in range(len(events)):
        said, left = await outcome(*filter(None, (events[:cut], events[cut:])))
        assert said == one_by_one[0], f"cut at {cut}"
        assert left == one_by_one[1], f"cut at {cut}"


async def test_what_is_told_to_others_goes_without_the_words_of_who_was_forgotten(office: Office) -> None:
    await office.desk.handle(contact("owner"), proposed(NAME), erasure_requested(LEAD))
    await office.desk.handle(proposed("kept"))
    await office.send()
    bodies = [mail.get_body(("plain",)) for mail in office.server.mails]
    texts = [body.get_content() for body in bodies if body is not None]
    assert len(texts) == 2
    assert sum("(titre effacé)" in text for text in texts) == 1
    assert not any(NAME in text for text in texts)


@pytest.mark.parametrize("is_read_first", [False, True])
async def test_who_repeats_a_leads_words_later_may_not_have_heard_that_they_asked(
    desk: Desk, is_read_first: bool
) -> None:
    later = [said._replace(time=START + timedelta(hours=2)) for said in (proposed(NAME), confirmed(NAME))]
    told = [contact("owner"), *later]
    await desk.handle(*(told if is_read_first else [erasure_requested(LEAD)]))
    await desk.handle(*([erasure_requested(LEAD)] if is_read_first else told))
    assert NAME.lower() not in await everything(desk)
    assert {row["recipient_id"] for row in await desk.rows()} >= {named("owner")}, "others are told all the same"
    await desk.handle(registered(NAME)._replace(time=START + timedelta(hours=3)))
    assert NAME.lower() in await everything(desk), "what a form of theirs says later is taken as any other"


@pytest.mark.parametrize("is_read_first", [False, True])
async def test_a_withdrawal_after_it_repeats_what_was_said_before_it(desk: Desk, is_read_first: bool) -> None:
    told = [withdrawn(NAME)._replace(time=START + timedelta(hours=2))]
    await desk.handle(registered(NAME))
    await desk.handle(*(told if is_read_first else [erasure_requested(LEAD)]))
    await desk.handle(*([erasure_requested(LEAD)] if is_read_first else told))
    assert NAME.lower() not in await everything(desk)
    assert "withdrawal" in {row["kind"] for row in await desk.rows()}, "who has come back is told all the same"


async def test_an_erasure_and_what_it_would_miss_do_not_pass_each_other(desk: Desk) -> None:
    """A contact that is being written while its person is forgotten, neither transaction seeing the other's rows."""
    writing = contact(LEAD, email="première@asso.example")
    late = desk.unit(writing)
    unit = await late.__aenter__()
    erasing = asyncio.create_task(desk.handle(erasure_requested(LEAD)))
    await asyncio.wait([erasing], timeout=0.3)
    assert not erasing.done(), "it waits for whoever may write"
    handle(unit, [writing])
    await late.__aexit__(None, None, None)
    (forgotten,) = await erasing
    assert forgotten["removed"] == [{"what": "contact", "count": 1}]
    assert "première" not in await everything(desk)
