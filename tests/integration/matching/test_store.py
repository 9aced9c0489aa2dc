"""The single writer's pool over PostgreSQL: what is kept, what is read anew, and what is done by the clock."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, cast

import pytest

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.handling import NotYet
from libraries.chassis.store import Connection, named_queries
from libraries.chassis.unit_of_work import OutboxRow
from services.matching.pool.pool import Pool
from services.matching.settings.days import midnight_of
from services.matching.settings.rules import RULES, Rules, TerritoryBound
from services.matching.store import MatchingStore
from tests.forms import form_event, identifier
from tests.integration.conftest import connect
from tests.integration.matching.conftest import Crash, Matching
from tests.integration.matching.programmes import Programme
from tests.unit.matching.events import (
    START,
    amended,
    application_id,
    closed,
    contest_decided,
    decide,
    decided,
    declared,
    need_id,
    placed,
    registered,
    revised,
    round_requested,
    rules_with,
    types_of,
    withdrawn,
)

_TABLES = ("need", "candidate", "former_candidate", "assignment", "forbidden", "recusal", "contest_verdict")


def _data(row: OutboxRow) -> dict[str, Any]:
    assert row.payload is not None
    data: dict[str, Any] = json.loads(row.payload)
    return data


def _values(pool: Pool) -> Mapping[str, object]:
    """All that a pool holds, to be compared."""
    return {
        "needs": pool.needs,
        "candidates": pool.candidates,
        "live": {it.assignment_id: it for it in pool.live},
        "assignments": set(pool.assignments),
        "forbidden": pool.forbidden,
        "recused": pool.recused,
        "verdicts": pool.verdicts,
        "reviews": pool.reviews,
        "settlements": pool.settlements,
        "optimum": set(pool.optimum.assignment()),
        "worth": pool.optimum.worth(),
    }


async def _read_anew(connection: Connection, rules: Rules = RULES) -> Pool:
    return await MatchingStore(connection, rules=rules).read_state()


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


async def test_the_owners_particulars_are_not_kept(matching: Matching) -> None:
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
        (placed("unknown", "n", "pin"), f"application:{application_id('unknown')}"),
        (contest_decided("unknown", "laureate", publish_at=START), f"application:{application_id('unknown')}"),
    ],
)
async def test_what_refers_to_something_unknown_waits_and_changes_nothing(
    matching: Matching, data: EventData, reference: str
) -> None:
    await matching.on(declared("n"), registered("a"))
    assert matching.state is not None
    pool, before = matching.state, await _read_anew(matching.connection)
    with pytest.raises(NotYet) as caught:
        await matching.on(data)
    assert caught.value.reference == reference
    assert _values(pool) == _values(before)


async def test_what_comes_in_the_same_cycle_is_known_and_so_is_what_has_left(matching: Matching) -> None:
    *_, refused = await matching.on(
        declared("n"), revised("n"), closed("n"), registered("a"), withdrawn("a"), placed("a", "n", "pin")
    )
    assert _data(refused)["reasons"][0]["code"] == "no-candidate", "an officer need not wait to hear that it has left"
    (refused,) = await matching.on(placed("a", "n", "pin"))
    assert _data(refused)["reasons"][0]["code"] == "no-candidate"
    await matching.on(registered("a"))
    assert await matching.connection.fetchval("SELECT count(*) FROM candidate") == 1


class _Counting:
    """A connection that keeps what it was asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in {"fetch", "fetchval", "execute", "copy_records_to_table"}:
            self.asked.append(name)
        return getattr(self._connection, name)


async def test_a_cycle_asks_for_what_changed_and_no_more(matching: Matching) -> None:
    await matching.on(declared("n", capacity=9))
    matching.connection = cast("Connection", counting := _Counting(matching.connection))
    await matching.on(*(registered(name) for name in "abcd"))
    assert counting.asked == ["copy_records_to_table"] * 2
    counting.asked.clear()
    assert matching.state is not None
    await matching.on(*(decided(it.assignment_id, "confirm") for it in list(matching.state.live)))
    assert counting.asked == ["execute"]


async def test_what_is_proposed_and_confirmed_in_one_cycle_is_written_once(matching: Matching) -> None:
    matching.connection = cast("Connection", counting := _Counting(matching.connection))
    await matching.by_the_clock()
    counting.asked.clear()
    async with matching.unit_of_work() as unit:
        decide(unit, [form_event(declared("n")), form_event(registered("a"))])
        (live,) = unit.store.pool.live
        decide(unit, [form_event(decided(live.assignment_id, "confirm"))])
    assert counting.asked == ["copy_records_to_table"] * 3
    row = await matching.connection.fetchrow("SELECT state, version FROM assignment")
    assert tuple(row or ()) == ("confirmed", 2)


@pytest.mark.parametrize("publication", ["rolling", "in-rounds"])
@pytest.mark.parametrize("seed", range(6))
async def test_any_split_leads_to_the_same_events_and_the_same_pool_kept_or_read_anew(
    connection: Connection, seed: int, publication: Literal["rolling", "in-rounds"]
) -> None:
    rules = rules_with(publication=publication, equity=(TerritoryBound(territory="13201", at_least=0, at_most=2),))
    chance, programme = random.Random(seed), Programme(seed)
    one_by_one = Matching(connection, rules=rules)
    await one_by_one.cycle([])
    events: list[Event[EventData]] = []
    for _ in range(60):
        assert one_by_one.state is not None
        for event in programme.events(one_by_one.state, 1):
            await one_by_one.cycle([event])
            events.append(event)
    rows = await _rows(connection)

    async def played(split: Sequence[int], *, crashes: bool) -> list[OutboxRow]:
        await connection.execute(f"TRUNCATE {', '.join(_TABLES)}")
        matching, left = Matching(connection, rules=rules), list(events)
        for size in split:
            batch, left = left[:size], left[size:]
            if crashes and chance.random() < 0.3:
                matching.crash = True
                with pytest.raises(Crash):
                    await matching.cycle(batch)
            await matching.cycle(batch)
            assert matching.state is not None
            assert _values(matching.state) == _values(await _read_anew(connection, rules))
        assert not left
        return matching.published

    assert await played([len(events)], crashes=False) == one_by_one.published
    assert await _rows(connection) == rows
    assert await played([chance.randint(0, 6) for _ in range(40)] + [len(events)], crashes=True) == one_by_one.published
    assert await _rows(connection) == rows


async def _rows(connection: Connection) -> list[list[Any]]:
    return [
        await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in _TABLES
        if table != "former_candidate"
    ]


async def test_a_crash_before_the_commit_changes_no_result(matching: Matching) -> None:
    await matching.on(declared("n", capacity=2), registered("a"))
    events = [form_event(registered("b")), form_event(round_requested())]
    matching.crash = True
    with pytest.raises(Crash):
        await matching.cycle(events)
    assert len(await matching.places()) == 1
    assert types_of(await matching.cycle(events)) == ["assignment.proposed", "round.completed"]
    assert len(await matching.places()) == 2


async def test_a_standby_goes_on_from_what_the_writer_left(database_url: str, matching: Matching) -> None:
    await matching.on(declared("n"), registered("a"))
    standby_connection = await connect(database_url, "matching")
    try:
        standby = Matching(standby_connection)
        assert types_of(await standby.on(withdrawn("a"), registered("b"))) == [
            "assignment.released",
            "assignment.proposed",
        ]
    finally:
        await standby_connection.close()


async def test_new_rules_move_what_they_must_and_say_so(matching: Matching, connection: Connection) -> None:
    await matching.on(declared("n", capacity=2), registered("strong"), registered("weak", publics=(), territories=()))
    assert len(await matching.places()) == 2
    strict = rules_with(version="2026.1", floor=900)
    (released,) = await Matching(connection, rules=strict).by_the_clock()
    data = _data(released)
    assert (data["application_id"], data["reason"]) == (str(application_id("weak")), "rules-changed")
    assert data["actor"] == "engine:rolling@2026.1"
    assert await Matching(connection, rules=strict).by_the_clock() == []
    (proposed,) = await Matching(connection).by_the_clock()
    (again,) = await Matching(connection, rules=strict).by_the_clock()
    assert proposed.type == "engage.assignment.proposed.v1"
    assert again.correlation_id != released.correlation_id, "rules that come back move things for a cause of their own"


async def test_an_event_that_comes_before_the_duty_finds_what_new_rules_leave(
    matching: Matching, connection: Connection
) -> None:
    await matching.on(declared("n"), registered("weak", publics=(), territories=()))
    stricter = Matching(connection, rules=rules_with(version="2026.1", floor=900))
    released, proposed = await stricter.on(registered("strong"))
    assert (_data(released)["reason"], _data(proposed)["reason"]) == ("rules-changed", "best-open-need")
    assert released.correlation_id != proposed.correlation_id
    assert await stricter.by_the_clock() == []


async def test_a_review_date_that_passes_is_announced_by_the_clock(matching: Matching) -> None:
    last_day = (START + timedelta(days=3)).date()
    await matching.on(declared("n", review_on=last_day), registered("a"))
    next_day = midnight_of(last_day + timedelta(days=1))
    assert matching.deadline == next_day
    matching.now = next_day - timedelta(seconds=1)
    assert await matching.by_the_clock() == []
    assert matching.deadline == next_day
    matching.now = next_day
    assert types_of(await matching.by_the_clock()) == ["need.published", "assignment.released"]
    assert matching.deadline is None
    assert await matching.by_the_clock() == []
    assert await matching.connection.fetchval("SELECT state FROM need") == "review-due"


async def test_the_last_day_that_a_contract_allows_is_due_beyond_all_contracts(matching: Matching) -> None:
    await matching.on(declared("n", review_on=date(2099, 12, 31)), declared("other", review_on=date(2025, 2, 1)))
    matching.now = START + timedelta(days=1_000)
    assert types_of(await matching.by_the_clock()) == ["need.published"]
    assert matching.deadline == datetime(2099, 12, 31, 23, tzinfo=UTC), "after that day in Paris"


async def test_a_contests_decision_survives_its_writer_and_is_told_by_the_clock(
    matching: Matching, connection: Connection
) -> None:
    moment = START + timedelta(days=30)
    await matching.on(declared("n", review_on=None), registered("a", track="contest"))
    assert await matching.on(contest_decided("a", "laureate", publish_at=moment)) == []
    assert matching.deadline == moment
    other = Matching(connection)
    other.now = moment - timedelta(seconds=1)
    assert await other.by_the_clock() == []
    assert other.deadline == moment
    other.now = moment
    assert types_of(await other.by_the_clock()) == ["contest.decision-published", "assignment.proposed"]
    assert await connection.fetchval("SELECT count(*) FROM contest_verdict") == 0
    assert tuple(await connection.fetchrow("SELECT track, laureate FROM candidate") or ()) == ("implantation", True)
    third = Matching(connection)
    third.now = moment
    assert await third.by_the_clock() == []


async def test_what_can_not_be_done_by_the_clock_holds_nothing_else_back(
    matching: Matching, connection: Connection
) -> None:
    names = "abcde"
    await matching.on(declared("n", review_on=START.date()), *(registered(name, track="contest") for name in names))
    await matching.on(*(contest_decided(name, "laureate", publish_at=START) for name in names))
    later = START + timedelta(days=9)
    await matching.on(registered("later", track="contest"), contest_decided("later", "laureate", publish_at=later))
    poisoned = await connection.fetchval(
        "UPDATE contest_verdict SET scores = 'no JSON' WHERE application_id = $1 RETURNING event_id",
        application_id("c"),
    )
    writer = Matching(connection)
    writer.now = START + timedelta(days=2)
    published = await writer.by_the_clock()
    assert writer.set_aside == [f"decision {poisoned} of the contest"]
    assert types_of(published).count("contest.decision-published") == 4
    assert types_of(published).count("need.published") == 1
    assert writer.deadline == later, "what was set aside does not call again"
    assert await writer.by_the_clock() == []


async def test_a_decision_on_what_has_ended_is_refused(matching: Matching) -> None:
    await matching.on(declared("n"), registered("a"))
    assignment_id = await matching.connection.fetchval("SELECT assignment_id FROM assignment")
    await matching.on(withdrawn("a"))
    for _ in range(2):
        (refused,) = await matching.on(decided(assignment_id, "confirm"))
        assert _data(refused)["reasons"][0]["code"] == "already-released"
    assert matching.state is not None
    assert not matching.state.assignments, "what holds nothing is not kept in memory"


async def test_an_amendment_reaches_the_candidates_row(matching: Matching) -> None:
    await matching.on(registered("a"), registered("b", track="contest"))
    await matching.on(amended("a", title="Autre titre", themes=(), publics=("women", "elders")))
    row = await matching.connection.fetchrow("SELECT * FROM candidate WHERE application_id = $1", application_id("a"))
    assert row is not None
    assert (row["project_title"], row["themes"], row["publics"]) == ("Autre titre", "", "women|elders")
    assert row["territories"] == "13201"


@pytest.mark.parametrize(
    ("query", "types", "arguments"),
    [
        (
            "update_assignments",
            "uuid[], text[], int[], text[], text[], bool[]",
            "ARRAY[md5('7')::uuid], '{confirmed}', '{2}', '{a}', '{NULL}', '{f}'",
        ),
        ("fetch_ended", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("fetch_former", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("remove_candidates", "uuid[]", "ARRAY[md5('7')::uuid]"),
    ],
)
async def test_a_plan_made_on_an_empty_table_stays_right(
    connection: Connection, query: str, types: str, arguments: str
) -> None:
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    for table in ("candidate", "former_candidate", "assignment"):
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    await connection.execute(f"PREPARE looking ({types}) AS {named_queries('services.matching')[query]}")
    await connection.execute(f"EXECUTE looking ({arguments})")
    ids = "SELECT md5(n::text)::uuid AS id FROM generate_series(1, 20000) AS n"
    await connection.execute(f"INSERT INTO former_candidate {ids}")
    await connection.execute(
        f"INSERT INTO candidate SELECT id, 't', id, 'o', 'p', '', '', '', false, 'words', 0, false FROM ({ids})"
    )
    await connection.execute(
        f"INSERT INTO assignment SELECT id, id, id, 'proposed', 1, 5, '', 'r', 'a', NULL, false FROM ({ids})"
    )
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looking"
    (explained,) = json.loads(await connection.fetchval(f"{explain} ({arguments})"))
    assert explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"] < 60
