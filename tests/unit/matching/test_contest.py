"""The contest's decisions: secret until their moment, then public; laureates go on without a new form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from contracts.contest import CriterionScore
from tests.forms import identifier
from tests.unit.matching.events import (
    START,
    PoolInMemory,
    amended,
    application_id,
    contest_decided,
    correction_requested,
    data_of,
    declared,
    need_id,
    registered,
    types_of,
    withdrawn,
)

MOMENT = START + timedelta(days=30)


@pytest.fixture
def pool() -> PoolInMemory:
    memory = PoolInMemory()
    memory.on(declared("n"))
    memory.on(registered("a", track="contest"))
    return memory


def test_nobody_is_told_before_the_moment(pool: PoolInMemory) -> None:
    assert pool.on(contest_decided("a", "laureate", publish_at=MOMENT)) == []
    assert pool.by_the_clock(MOMENT - timedelta(seconds=1)) == []
    assert pool.held_by("a") is None


def test_a_laureate_is_proposed_without_a_new_form(pool: PoolInMemory) -> None:
    pool.on(contest_decided("a", "laureate", publish_at=MOMENT, reason="unanimous"))
    published, proposed = pool.by_the_clock(MOMENT)
    data = data_of(published)
    assert published.type == "engage.contest.decision-published.v1"
    assert (data["decision"], data["actor"], data["reason"]) == ("laureate", f"jury:{identifier('jury')}", "unanimous")
    assert data["scores"] == [
        {"criterion": "social-impact", "points": 0, "maximum": 20},
        {"criterion": "spread", "points": None, "maximum": 10},
    ], "0 is a score, and what was not assessed has none"
    assert data["occurred_at"].startswith(f"{MOMENT:%Y-%m-%dT%H:%M:%S}")
    assert proposed.type == "engage.assignment.proposed.v1"
    assert pool.held_by("a") == need_id("n")
    assert pool.by_the_clock(MOMENT + timedelta(days=1)) == [], "it is told once"
    # Its form still names the contest; what it won stays won.
    amendment = amended("a").model_copy(update={"track": "contest"})
    assert pool.on(amendment) == []
    assert pool.held_by("a") == need_id("n")


def test_an_application_that_was_not_retained_takes_no_further_part(pool: PoolInMemory) -> None:
    pool.on(contest_decided("a", "not-retained", publish_at=MOMENT))
    assert types_of(pool.by_the_clock(MOMENT)) == ["contest.decision-published"]
    assert application_id("a") not in pool.pool.candidates
    (refused,) = pool.on(contest_decided("a", "laureate", publish_at=MOMENT))
    assert data_of(refused)["reasons"][0]["code"] == "not-in-the-contest"


def test_the_last_word_before_the_moment_holds(pool: PoolInMemory) -> None:
    pool.on(contest_decided("a", "not-retained", publish_at=MOMENT))
    pool.on(contest_decided("a", "laureate", publish_at=MOMENT + timedelta(days=1)))
    assert pool.by_the_clock(MOMENT) == []
    assert data_of(pool.by_the_clock(MOMENT + timedelta(days=1))[0])["decision"] == "laureate"


def test_one_that_waits_for_its_correction_is_told_when_that_has_come(pool: PoolInMemory) -> None:
    pool.on(contest_decided("a", "laureate", publish_at=MOMENT))
    pool.on(correction_requested("a"))
    assert pool.by_the_clock(MOMENT) == []
    pool.on(registered("a", track="contest"))
    assert len(pool.by_the_clock(MOMENT)) == 2


def test_of_one_that_was_withdrawn_nothing_is_told(pool: PoolInMemory) -> None:
    pool.on(contest_decided("a", "laureate", publish_at=MOMENT))
    pool.on(withdrawn("a"))
    pool.on(registered("a", track="contest"))
    assert pool.by_the_clock(MOMENT) == []


def test_a_project_for_implantation_is_no_matter_of_the_contest(pool: PoolInMemory) -> None:
    pool.on(registered("b"))
    (refused,) = pool.on(contest_decided("b", "laureate", publish_at=MOMENT))
    assert refused.type == "engage.contest.decision-refused.v1"


def test_more_points_than_there_are_is_no_score() -> None:
    with pytest.raises(ValidationError, match="points must be at most maximum"):
        CriterionScore(criterion="spread", points=11, maximum=10)
