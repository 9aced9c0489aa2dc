"""Which records somebody means, by a form of theirs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from libraries.pages.asking import Refused
from services.console.pages.selections import chosen_of

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"service": ["nowhere"]}, "There is no service nowhere: intake, matching"),
        ({"service": ["intake"], "these": ["ticked"]}, "Tick one record at least."),
        ({"service": ["intake"], "id": ["x"]}, "The id of a record can't be read."),
        ({"service": ["intake"], "id": ["x"] * 2_001}, "At most 2000 records at a time."),
        ({"service": ["intake"], "reason": ["x" * 501]}, "The field “reason” has 501 characters"),
        ({"service": ["intake"], "reason": ["\x00"]}, "no null character"),
    ],
)
def test_a_selection_that_means_nothing_is_refused_in_words(fields: dict[str, list[str]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        chosen_of(fields, NOW)


def test_nothing_is_chosen_that_is_yet_to_come() -> None:
    for before in ("9999-01-01T00:00:00+00:00", "2025-01-01", "soon"):
        assert chosen_of({"service": ["intake"], "before": [before]}, NOW).selection.before == NOW
