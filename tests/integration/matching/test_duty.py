"""What is done by the clock, and what new rules move: at its hour, once, and nothing else held back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from libraries.chassis.store import Connection
from services.matching.settings.days import midnight_of
from tests.integration.matching.conftest import Matching
from tests.unit.matching.events import (
    START,
    application_id,
    contest_decided,
    data_of,
    declared,
    registered,
    rules_with,
    types_of,
)


async def test_new_rules_move_what_they_must_and_say_so(matching: Matching, connection: Connection) -> None:
    await matching.on(declared("n", capacity=2), registered("strong"), registered("weak", publics=(), territories=()))
    assert len(await matching.places()) == 2
    strict = rules_with(version="2026.1", floor=900)
    (released,) = await Matching(connection, rules=strict).by_the_clock()
    data = data_of(released)
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
    assert (data_of(released)["reason"], data_of(proposed)["reason"]) == ("rules-changed", "best-open-need")
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
    assert types_of(await matching.by_the_clock()) == ["need.published", "need.review-due", "assignment.released"]
    assert matching.deadline is None
    assert await matching.by_the_clock() == []
    assert await matching.connection.fetchval("SELECT state FROM need") == "review-due"


async def test_the_last_day_that_a_contract_allows_is_due_beyond_all_contracts(matching: Matching) -> None:
    await matching.on(declared("n", review_on=date(2099, 12, 31)), declared("other", review_on=date(2025, 2, 1)))
    matching.now = START + timedelta(days=1_000)
    assert types_of(await matching.by_the_clock()) == ["need.published", "need.review-due"]
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
