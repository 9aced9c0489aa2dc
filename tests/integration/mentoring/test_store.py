"""Handlers through the store: what one transaction leaves, the next one finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from contracts.event import Event
from contracts.message import EventData
from services.mentoring.due import DueDates
from tests.integration.mentoring.transactions import Connection, Published, Writer, pair_ids, places, take
from tests.unit.mentoring.desk import names
from tests.unit.mentoring.examples import (
    NOW,
    OWNER,
    answered,
    application_id,
    assignment_id,
    confirmed,
    end_requested,
    enrolled,
    event,
    mentor_id,
    numbered,
    recused,
    released,
    revised,
    withdrawn,
)


async def test_a_pair_from_offer_to_end_over_many_transactions(connection: Connection) -> None:
    await take(connection, enrolled(1))
    (pair,) = pair_ids(await take(connection, confirmed(1)))
    assert await places(connection) == (1, 1, 0)
    assert names(await take(connection, answered(pair, "lead", "accept"))) == ["pair.accepted"]
    assert names(await take(connection, answered(pair, "mentor", "accept"))) == ["pair.accepted", "pair.activated"]
    assert await places(connection) == (1, 0, 1)
    assert await take(connection, answered(pair, "mentor", "accept")) == []
    assert names(await take(connection, end_requested(pair, "officer:7"))) == ["pair.ended"]
    assert await places(connection) == (0, 0, 1)
    assert names(await take(connection, answered(pair, "lead", "decline"))) == ["pair.answer-refused"]
    rows = await connection.fetch("SELECT state, version, open FROM pair")
    assert [tuple(row) for row in rows] == [("ended", 5, False)]


async def test_an_authorisation_given_later_activates_the_pairs_that_lacked_it(connection: Connection) -> None:
    await take(connection, enrolled(1, ethics_check_done=False))
    first, second = pair_ids(await take(connection, confirmed(1), confirmed(2)))
    await take(connection, answered(first, "lead", "accept"), answered(first, "mentor", "accept"))
    await take(connection, answered(second, "lead", "accept"))
    happened = await take(connection, revised(1))
    assert names(happened) == ["contact.published", "mentor.clearance-dropped", "pair.activated"]
    assert happened[2][1]["pair_id"] == str(first)


async def test_a_decline_is_remembered(connection: Connection) -> None:
    await take(connection, enrolled(1))
    (pair,) = pair_ids(await take(connection, confirmed(1)))
    assert names(await take(connection, answered(pair, "lead", "decline"))) == [
        "pair.declined",
        "pair.no-mentor-found",
    ]
    assert await take(connection, recused(1, application=50)) == []
    assert names(await take(connection, enrolled(2))) == ["contact.published", "pair.offered"]


async def test_a_recusal_is_remembered_and_ends_the_pair(connection: Connection) -> None:
    await take(connection, enrolled(1))
    await take(connection, confirmed(1))
    assert names(await take(connection, recused(1, application=1))) == ["pair.ended", "pair.no-mentor-found"]
    assert names(await take(connection, revised(1, capacity=9))) == ["contact.published"]
    assert await take(connection, recused(1, application=1)) == []


async def test_a_released_assignment_ends_its_pair_or_its_wait(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=1))
    await take(connection, confirmed(1))
    await take(connection, confirmed(2))
    assert names(await take(connection, released(1))) == ["pair.ended", "pair.offered"]
    await take(connection, confirmed(3))
    assert await take(connection, released(3), released(4)) == []
    states = await connection.fetch("SELECT state FROM lead ORDER BY assignment_id")
    assert [row[0] for row in states] == ["released", "paired", "released"]


async def test_a_mentor_who_leaves_hands_over_pairs_of_earlier_transactions(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=3))
    await take(connection, confirmed(1), confirmed(2))
    await take(connection, enrolled(2, capacity=1))
    assert names(await take(connection, withdrawn(1))) == [
        "pair.ended",
        "pair.ended",
        "pair.offered",
        "pair.no-mentor-found",
    ]
    assert await places(connection, 1) == (0, 0, 0)
    assert await places(connection, 2) == (1, 1, 0)


async def test_the_longest_waiting_are_served(connection: Connection) -> None:
    # So that the order does not come from an index by chance.
    await connection.execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
    await take(connection, *(confirmed(number) for number in range(21, 41)))
    await take(connection, *(confirmed(number) for number in range(1, 21)))
    happened = await take(connection, enrolled(1, capacity=2))
    offered = [data["assignment_id"] for name, data in happened if name == "pair.offered"]
    assert offered == [str(assignment_id(1)), str(assignment_id(2))]


@pytest.mark.parametrize("why", ["owner", "lead", "recusal", "decline"])
async def test_those_whom_a_mentor_may_not_accompany_let_others_pass(connection: Connection, why: str) -> None:
    person = {"owner": {"owner_id": OWNER}, "lead": {"lead_id": OWNER}}.get(why, {})
    other = {"owner_id": numbered(6, 2)}
    if why == "decline":
        await take(connection, enrolled(1, capacity=3, person_id=OWNER))
        offers = pair_ids(await take(connection, *(confirmed(number, **other) for number in (1, 2, 3))))
        await take(connection, revised(1, capacity=0, person_id=OWNER))
        await take(connection, *(answered(pair, "lead", "decline") for pair in offers))
    else:
        await take(connection, enrolled(1, capacity=0, person_id=OWNER))
        await take(connection, *(confirmed(number, **{**other, **person}) for number in (1, 2, 3)))
    await take(connection, *(confirmed(number, **other) for number in (4, 5)))
    refusals = [recused(1, application=number) for number in (1, 2, 3)] if why == "recusal" else []
    happened = await take(connection, *refusals, revised(1, capacity=1, person_id=OWNER))
    offered = [data["assignment_id"] for name, data in happened if name == "pair.offered"]
    assert offered == [str(assignment_id(4))]


async def test_a_place_given_back_passes_those_whom_its_mentor_may_not_accompany(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=1, person_id=OWNER))
    other = {"owner_id": numbered(6, 2)}
    (pair,) = pair_ids(await take(connection, confirmed(9, **other)))
    await take(connection, *(confirmed(number) for number in (1, 2, 3)), confirmed(4, **other))
    _, (name, offer) = await take(connection, end_requested(pair, "officer:7"))
    assert (name, offer["assignment_id"]) == ("pair.offered", str(assignment_id(4)))


async def test_a_recusal_bars_every_assignment_of_the_application(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=1))
    await take(connection, confirmed(1), confirmed(2, application_id=application_id(1)), confirmed(3))
    happened = await take(connection, recused(1, application=1))
    assert names(happened) == ["pair.ended", "pair.no-mentor-found", "pair.offered"]
    assert happened[2][1]["assignment_id"] == str(assignment_id(3))


async def test_a_window_that_has_moved_on_serves_who_waits(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=20))
    pairs = pair_ids(await take(connection, *(confirmed(number) for number in (1, 2, 3))))
    for pair in pairs:
        await take(connection, answered(pair, "lead", "accept"), answered(pair, "mentor", "accept"))
    assert names(await take(connection, confirmed(4))) == ["pair.no-mentor-found"]
    early, due = (event(confirmed(number), NOW + timedelta(days=24 + number)) for number in (5, 6))
    assert names(await Writer(connection).commit([early])) == ["pair.no-mentor-found"]
    served = await Writer(connection).commit([due])
    assert [data["assignment_id"] for _, data in served] == [str(assignment_id(number)) for number in (4, 5, 6)]
    assert names(served) == ["pair.offered"] * 3


async def test_a_window_that_moves_on_and_a_pause_that_ends_serve_who_waits(
    connection: Connection,
) -> None:
    await take(connection, enrolled(1, capacity=20), enrolled(2, paused_until=date(2025, 4, 20)))
    for pair in pair_ids(await take(connection, *(confirmed(number) for number in (1, 2, 3)))):
        await take(connection, answered(pair, "lead", "accept"), answered(pair, "mentor", "accept"))
    assert names(await take(connection, *(confirmed(number) for number in range(4, 9)))) == ["pair.no-mentor-found"] * 5
    writer = Writer(connection)
    writer.now = NOW + timedelta(days=99)  # recorded late, no offer expires meanwhile

    async def offered_by(days: int) -> list[str]:
        writer.published.clear()
        await DueDates(lambda: NOW + timedelta(days=days)).perform(writer)
        return [data["mentor_id"] for name, data in writer.published if name == "pair.offered"]

    assert await offered_by(29) == []
    assert await offered_by(31) == [str(mentor_id(1))] * 3
    assert await offered_by(31) == []
    assert await offered_by(49) == [str(mentor_id(2))] * 2


def a_story(seed: int) -> list[Event[EventData]]:
    """A random story of 60 events about few mentors and leads, pairs answered by the ids that they will have."""
    draw = random.Random(seed)
    makers: list[Callable[[], EventData]] = [
        lambda: enrolled(draw.randint(1, 4), capacity=draw.randint(0, 3), ethics_check_done=draw.random() < 0.7),
        lambda: confirmed(draw.randint(1, 12)),
        lambda: confirmed(draw.randint(1, 12)),
        lambda: released(draw.randint(1, 12)),
        lambda: withdrawn(draw.randint(1, 4)),
        lambda: recused(draw.randint(1, 4), application=draw.randint(1, 12)),
    ]
    start: list[EventData] = [enrolled(number) for number in range(1, 5)]
    data = start + [draw.choice(makers)() for _ in range(56)]
    return [event(each, NOW + timedelta(hours=number), 1000 * seed + number) for number, each in enumerate(data)]


def answers_to(happened: Published, seed: int) -> list[Event[EventData]]:
    draw = random.Random(seed)
    data: list[EventData] = []
    for pair in pair_ids(happened):
        for party in ("mentor", "lead"):
            data.append(answered(pair, party, draw.choice(["accept", "accept", "decline"])))
        if draw.random() < 0.3:
            data.append(end_requested(pair, draw.choice(["mentor:1", "officer:1"])))
    return [
        event(each, NOW + timedelta(hours=100 + number), 1000 * seed + 100 + number) for number, each in enumerate(data)
    ]


async def test_places_agree_with_the_pairs_after_a_long_story(connection: Connection) -> None:
    writer = Writer(connection)
    for seed in range(10):
        happened = await writer.commit(a_story(seed))
        await writer.commit(answers_to(happened, seed))
    disagreements = await connection.fetch(
        """
        SELECT mentor_id
          FROM mentor LEFT JOIN pair USING (mentor_id)
         GROUP BY mentor_id, held, pending
        HAVING held <> count(*) FILTER (WHERE open)
            OR pending <> count(*) FILTER (WHERE state IN ('offered', 'accepted-by-mentor', 'accepted-by-lead'))
        """
    )
    assert disagreements == []
    assert await connection.fetchval("SELECT count(*) FROM pair") > 20
