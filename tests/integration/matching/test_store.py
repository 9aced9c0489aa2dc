"""The line of changes and the owner of the pool over PostgreSQL: order, what is kept, and who may decide."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, Literal

import asyncpg
import pytest

from contracts.event import Event
from contracts.message import EventData
from services.chassis.service import NotYet
from services.chassis.store import Connection
from services.chassis.unit_of_work import OutboxRow
from services.matching.owner import PoolOwner
from services.matching.rules import RULES
from services.matching.store import OwnerLost
from tests.forms import form_event, identifier
from tests.integration.conftest import connect
from tests.integration.matching.conftest import Crash, Matching
from tests.unit.matching.events import (
    START,
    amended,
    application_id,
    closed,
    contest_decided,
    decided,
    declared,
    need_id,
    placed,
    recused,
    registered,
    revised,
    round_requested,
    types_of,
    withdrawn,
)


def _data(row: OutboxRow) -> dict[str, Any]:
    assert row.payload is not None
    data: dict[str, Any] = json.loads(row.payload)
    return data


async def test_a_proposal_is_kept_with_its_need_and_candidate(matching: Matching) -> None:
    *_, proposed = await matching.on(declared("n", capacity=2), registered("a"))
    row = await matching.connection.fetchrow("SELECT * FROM assignment")
    assert row is not None
    assert (row["application_id"], row["need_id"], row["state"], row["version"], row["pinned"]) == (
        application_id("a"),
        need_id("n"),
        "proposed",
        1,
        False,
    )
    assert str(row["assignment_id"]) == proposed.key
    assert (row["fit"], row["rules_version"]) == (_data(proposed)["fit"], RULES.version)
    assert sum(json.loads(row["parts"]).values()) == row["fit"]
    assert await matching.connection.fetchval("SELECT count(*) FROM change") == 0
    assert tuple(await matching.connection.fetchrow("SELECT appended, decided FROM line") or ()) == (2, 2)


async def test_the_owners_particulars_stay_no_longer_than_the_line(matching: Matching) -> None:
    await matching.on(declared("n"))
    kept = await matching.connection.fetchval("SELECT need::text FROM need")
    assert str(identifier("owner n")) in kept
    assert "Fictive" not in kept
    assert "example.invalid" not in kept


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        (decided(identifier("unknown"), "confirm"), f"assignment:{identifier('unknown')}"),
        (revised("unknown"), f"need:{need_id('unknown')}"),
        (closed("unknown"), f"need:{need_id('unknown')}"),
        (placed("a", "unknown", "pin"), f"need:{need_id('unknown')}"),
    ],
)
async def test_what_refers_to_something_unknown_waits(matching: Matching, data: EventData, reference: str) -> None:
    with pytest.raises(NotYet) as caught:
        await matching.line([form_event(data)])
    assert caught.value.reference == reference


async def test_what_is_only_in_line_is_known(matching: Matching) -> None:
    await matching.line([form_event(declared("n")), form_event(revised("n"))])
    await matching.line([form_event(registered("a"))])
    await matching.line([form_event(placed("a", "n", "forbid")), form_event(closed("n"))])
    await matching.decide()
    await matching.on(withdrawn("a"))
    (refused,) = await matching.on(placed("a", "n", "pin"))
    assert _data(refused)["reasons"][0]["code"] == "no-candidate", "an officer need not wait to hear that it has left"


@pytest.mark.parametrize("publication", ["rolling", "in-rounds"])
async def test_any_portions_lead_to_the_same_bytes(
    connection: Connection, publication: Literal["rolling", "in-rounds"]
) -> None:
    rules = replace(RULES, publication=publication)
    data = [
        declared("n1", capacity=2),
        declared("n2", themes=("health",)),
        *(registered(name) for name in "abcd"),
        registered("e", themes=("health",), publics=()),
        amended("b", themes=("health",), publics=()),
        withdrawn("a"),
        placed("c", "n1", "pin"),
        recused("n1", "d"),
        revised("n2", themes=("health",), capacity=3),
        round_requested(),
        closed("n1"),
        withdrawn("e"),
        round_requested(name="second"),
    ]
    events = [form_event(it, name=f"event {number}") for number, it in enumerate(data)]
    tables = ("need", "candidate", "assignment", "forbidden", "recusal")

    async def played(portion: int, *, read_anew: bool) -> tuple[list[OutboxRow], list[Any]]:
        await connection.execute(f"TRUNCATE change, {', '.join(tables)}; UPDATE line SET appended = 0, decided = 0")
        matching = Matching(connection, rules=rules, portion=portion)
        await matching.line(events)
        while await matching.owner.perform(matching.lane):
            if read_anew:
                matching.owner = PoolOwner(lambda: START, rules=rules, portion=portion)
        await matching.decide()
        return matching.lane.published, [
            await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables
        ]

    at_once = await played(500, read_anew=False)
    assert at_once == await played(1, read_anew=False)
    assert at_once == await played(1, read_anew=True)
    assert at_once == await played(4, read_anew=True)


async def test_a_crash_before_the_commit_changes_no_result(matching: Matching) -> None:
    await matching.on(declared("n", capacity=2), registered("a"))
    await matching.line([form_event(registered("b")), form_event(round_requested())])
    matching.lane.crash = True
    with pytest.raises(Crash):
        await matching.decide()
    assert len(await matching.places()) == 1
    assert types_of(await matching.decide()) == ["assignment.proposed", "round.completed"]
    assert len(await matching.places()) == 2


async def test_one_owner_at_a_time_decides(database_url: str, matching: Matching) -> None:
    other_connection = await connect(database_url, "matching")
    try:
        other = Matching(other_connection)
        await other.decide()
        await matching.on(declared("n"), registered("a"))
        # It finds that more was decided than it knows, and reads the pool anew.
        assert types_of(await other.on(withdrawn("a"), registered("b"))) == [
            "assignment.released",
            "assignment.proposed",
        ]
        await matching.line([form_event(withdrawn("b"))])
        # Both have read the line before either has decided.
        matching.meeting = other.meeting = Barrier(2)
        first, second = await asyncio.gather(
            matching.owner.perform(matching.lane), other.owner.perform(other.lane), return_exceptions=True
        )
        assert isinstance(first, OwnerLost) != isinstance(second, OwnerLost)
        assert await matching.places() == {}
    finally:
        await other_connection.close()


async def test_lanes_put_in_line_in_the_order_of_their_commits(database_url: str, matching: Matching) -> None:
    lanes = [await connect(database_url, "matching") for _ in range(4)]
    try:
        await asyncio.gather(
            *(
                Matching(lane).line([form_event(registered(f"{number}.{batch}.{place}")) for place in range(3)])
                for batch in range(3)
                for number, lane in [(batch, lanes[batch])]
            )
        )
    finally:
        for lane in lanes:
            await lane.close()
    numbers = [row["number"] for row in await matching.connection.fetch("SELECT number FROM change ORDER BY 1")]
    assert numbers == list(range(1, 10))
    await matching.on(declared("n", capacity=5))
    assert len(await matching.places()) == 5


async def test_new_rules_move_what_they_must_and_say_so(matching: Matching, connection: Connection) -> None:
    await matching.on(declared("n", capacity=2), registered("strong"), registered("weak", publics=(), territories=()))
    assert len(await matching.places()) == 2
    stricter = Matching(connection, rules=replace(RULES, version="2026.1", floor=900))
    (released,) = await stricter.decide()
    data = _data(released)
    assert (data["application_id"], data["reason"]) == (str(application_id("weak")), "rules-changed")
    assert data["actor"] == "engine:rolling@2026.1"
    assert await Matching(connection, rules=replace(RULES, version="2026.1", floor=900)).decide() == []


async def test_a_review_date_that_passes_is_announced_by_the_clock(matching: Matching) -> None:
    await matching.on(declared("n", review_on=(START + timedelta(days=3)).date()), registered("a"))
    matching.now = START + timedelta(days=3)
    assert await matching.decide() == []
    matching.now = START + timedelta(days=4)
    assert types_of(await matching.decide()) == ["need.published", "assignment.released"]
    assert await matching.decide() == []
    assert await matching.connection.fetchval("SELECT state FROM need") == "review-due"


async def test_a_contests_decision_survives_its_owner_and_is_told_by_the_clock(
    matching: Matching, connection: Connection
) -> None:
    moment = START + timedelta(days=30)
    await matching.on(declared("n"), registered("a", track="contest"))
    assert await matching.on(contest_decided("a", "laureate", publish_at=moment)) == []
    other = Matching(connection)
    other.now = moment - timedelta(seconds=1)
    assert await other.decide() == []
    other.now = moment
    assert types_of(await other.decide()) == ["contest.decision-published", "assignment.proposed"]
    assert await connection.fetchval("SELECT count(*) FROM contest_verdict") == 0
    assert tuple(await connection.fetchrow("SELECT track, laureate FROM candidate") or ()) == ("implantation", True)
    third = Matching(connection)
    third.now = moment
    assert await third.decide() == []


async def test_a_decision_on_what_has_ended_is_refused(matching: Matching) -> None:
    await matching.on(declared("n"), registered("a"))
    assignment_id = await matching.connection.fetchval("SELECT assignment_id FROM assignment")
    await matching.on(withdrawn("a"))
    for _ in range(2):
        (refused,) = await matching.on(decided(assignment_id, "confirm"))
        assert _data(refused)["reasons"][0]["code"] == "already-released"


async def test_an_amendment_reaches_the_candidates_row(matching: Matching) -> None:
    await matching.on(registered("a"), registered("b", track="contest"))
    await matching.on(amended("a", title="Autre titre", themes=(), publics=("women", "elders")))
    row = await matching.connection.fetchrow("SELECT * FROM candidate WHERE application_id = $1", application_id("a"))
    assert row is not None
    assert (row["project_title"], row["themes"], row["publics"]) == ("Autre titre", [], ["women", "elders"])
    assert (row["territories"], row["has_left"]) == (["13201"], False)


async def test_the_database_allows_one_live_assignment_a_pair(matching: Matching) -> None:
    await matching.on(declared("n", capacity=3), registered("a"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await matching.connection.execute(
            "INSERT INTO assignment SELECT gen_random_uuid(), application_id, need_id, 'confirmed', 1, fit, parts, "
            "rules_version, actor, reason, pinned FROM assignment"
        )


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_the_pool_that_is_kept_is_the_pool(connection: Connection, seed: int) -> None:
    matching = Matching(connection, portion=3)
    chance = random.Random(seed)
    for batch in _programme(chance):
        await matching.line(batch)
        if chance.random() < 0.3:
            matching.lane.crash = True
            with pytest.raises(Crash):
                await matching.decide()
        await matching.decide()
        # Read anew it has nothing to say: what is kept is the optimum.
        assert await Matching(connection).decide() == []


_NAMES = [f"a{number}" for number in range(12)]


def _programme(chance: random.Random) -> list[list[Event[EventData]]]:
    """Batches of events about a few needs and applications."""

    def codes() -> dict[str, Any]:
        themes = tuple(chance.sample(("health", "housing", "education"), chance.randint(1, 2)))
        return {"themes": themes, "publics": (), "territories": (chance.choice(("13201", "13202", "marseille")),)}

    present: set[str] = set()
    needs: set[str] = set()
    batches: list[list[Event[EventData]]] = []
    clock: datetime = START
    for _ in range(12):
        batch: list[EventData] = []
        for _ in range(chance.randint(1, 4)):
            name, need = chance.choice(_NAMES), chance.choice(("n1", "n2", "n3"))
            action = chance.random()
            if name not in present:
                batch.append(registered(name, **codes()))
                present.add(name)
            elif action < 0.2:
                batch.append(amended(name, **codes()))
            elif action < 0.4:
                batch.append(withdrawn(name))
                present.remove(name)
            elif action < 0.5 and need in needs:
                batch.append(closed(need))
            elif action < 0.65 and need in needs:
                batch.append(placed(name, need, chance.choice(("pin", "forbid", "lift"))))
            else:
                batch.append(declared(need, capacity=chance.randint(0, 3), **codes()))
                needs.add(need)
        clock += timedelta(minutes=1)
        batches.append([form_event(data, at=clock, name=f"{clock} {place}") for place, data in enumerate(batch)])
    return batches
