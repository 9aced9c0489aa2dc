"""The rules: what a file may say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from services.matching.rules import RULES, read_rules


def _with(**changes: Any) -> str:
    text = files("services.matching").joinpath("rules.json").read_text(encoding="utf-8")
    return json.dumps({**json.loads(text), **changes})


def test_an_uncovered_pressing_need_is_the_most_urgent() -> None:
    urgency = RULES.urgency
    levels = [level for row in urgency.values() for level in row.values()]
    assert urgency["uncovered"]["pressing"] == max(levels)
    assert urgency["covered"]["ordinary"] == min(levels)
    for coverage in urgency:
        assert urgency[coverage]["pressing"] > urgency[coverage]["ordinary"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"weights": {"theme": 400, "public": 200, "territory": 200, "readiness": 100, "text": 99}}, "1000, not 999"),
        ({"urgency": {"uncovered": {"ordinary": 1, "pressing": 2}}}, "urgency"),
        ({"floor": -1}, "floor"),
        ({"floor": 1.5}, "floor"),
        ({"version": "2025 1"}, "version"),
        ({"floors": 1}, "floors"),
        ({"equity": [{"territory": "13055", "at_least": 1}]}, "name a part of it"),
        ({"equity": [{"territory": "13201", "at_least": 2, "at_most": 1}]}, "at_least 2 can't be more than at_most 1"),
        ({"equity": [{"territory": "13201", "at_most": 0}]}, "at_most"),
        (
            {"equity": [{"territory": "Quartiers Nord"}, {"territory": "quartiers-nord"}]},
            "have quartiers-nord in common",
        ),
    ],
)
def test_a_wrong_file_is_named(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        read_rules(_with(**changes))


def test_a_gate_that_is_given_a_weight_is_refused() -> None:
    weights = {"theme": 400, "public": 200, "territory": 200, "readiness": 100, "text": 50, "recused": 50}
    with pytest.raises(ValueError, match="recused is a gate, which excludes: it can't have a weight"):
        read_rules(_with(weights=weights))


def test_a_day_is_the_citys() -> None:
    assert RULES.day_of(datetime(2025, 6, 30, 22, 30, tzinfo=UTC)) == date(2025, 7, 1)
