"""What operators read of records that were set aside: each state, decision and outcome, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from deploy.command_line.repair_words import looked_at, state_of, what_became, what_was_decided
from libraries.chassis.repairs import Decision, Outcome, Progress

SOON = datetime.now(UTC) + timedelta(hours=1)


def record(state: str = "dead", **changes: Any) -> dict[str, Any]:
    return {"state": state, "requested": None, "claimed_by": None, "claimed_until": None, **changes}


@pytest.mark.parametrize("state", ["dead", "waiting", "behind", "replayed", "discarded", "replaced"])
def test_a_state_is_said_with_the_code_that_a_filter_takes(state: str) -> None:
    assert state_of(record(state), "en") == state
    french = state_of(record(state), "fr")
    assert french.endswith(f" ({state})")
    assert not french.startswith(state)


def test_what_was_asked_for_goes_before_who_looks_at_it() -> None:
    claimed = record(claimed_by="Ada", claimed_until=SOON)
    assert state_of(claimed, "fr") == "à décider (dead), Ada s’en occupe"
    assert state_of(claimed, "en") == "dead (Ada looks at it)"
    asked = {**claimed, "requested": "discard"}
    assert state_of(asked, "fr") == "à décider (dead), à écarter"
    assert state_of(asked, "en") == "dead (discard requested)"
    assert state_of({**claimed, "claimed_until": datetime.now(UTC)}, "en") == "dead"


def test_who_looks_at_a_group() -> None:
    group = {"claimed": 3, "claimed_by": "Ada", "claimants": 2}
    assert looked_at(group, "fr") == " ; 3 dont s’occupe Ada et 1 de plus"
    assert looked_at({**group, "claimants": 1}, "en") == "; Ada looks at 3"
    assert looked_at({**group, "claimed": 0}, "en") == ""


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_each_outcome_has_its_words(outcome: Outcome) -> None:
    done = Progress({outcome: 2})
    assert what_became(done, "en") == f"2 {outcome}"
    assert what_became(done, "fr").startswith("2 ")
    assert what_became(done, "fr") != what_became(done, "en")


def test_what_can_be_undone_and_nothing_at_all() -> None:
    assert what_became(Progress({"discarded": 2}, 1), "fr") == "2 écartés ; 1 peuvent être repris"
    assert what_became(Progress(), "en") == "no records"


@pytest.mark.parametrize("decision", get_args(Decision))
def test_each_decision_has_its_words(decision: Decision) -> None:
    assert what_was_decided(decision, 3, "intake", "en") == f"{decision} 3 of intake"
    assert what_was_decided(decision, 3, "intake", "fr").endswith("er 3 messages de intake")
