"""The rules: what a file may say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from libraries.data_files import DataFileError, parse_data_file
from services.matching.settings.days import day_of
from services.matching.settings.rules import RULES, Rules


def _read_with(**changes: Any) -> Rules:
    return parse_data_file(json.dumps({**RULES.model_dump(), **changes}), "rules.json", Rules)


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
        ({"floor": -1}, "rules.json: floor: .*greater than or equal to 0, and is -1"),
        ({"floor": 1.5}, "floor"),
        ({"floor": "300"}, "floor"),
        ({"version": "2025 1"}, "version"),
        ({"floors": 1}, "floors"),
        ({"equity": [{"territory": "13055", "at_least": 1}]}, "equity.0: .*name a part of it"),
        ({"equity": [{"territory": "13201", "at_least": 2, "at_most": 1}]}, "at_least 2 can't be more than at_most 1"),
        ({"equity": [{"territory": "13201", "at_most": 0}]}, "equity.0.at_most"),
        (
            {"equity": [{"territory": "Quartiers Nord"}, {"territory": "quartiers-nord"}]},
            "have quartiers-nord in common",
        ),
    ],
)
def test_a_wrong_file_and_its_field_are_named(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(DataFileError, match=wrong):
        _read_with(**changes)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("recused", "weights: .*recused is a gate, which excludes: it can't have a weight"),
        ("charm", "weights.charm: Extra inputs are not permitted"),
    ],
)
def test_only_the_parts_of_a_fit_have_weights(name: str, wrong: str) -> None:
    weights = {"theme": 400, "public": 200, "territory": 200, "readiness": 100, "text": 50, name: 50}
    with pytest.raises(DataFileError, match=wrong):
        _read_with(weights=weights)


def test_a_day_is_the_citys() -> None:
    assert day_of(datetime(2025, 6, 30, 22, 30, tzinfo=UTC)) == date(2025, 7, 1)
