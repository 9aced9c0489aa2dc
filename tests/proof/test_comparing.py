"""What compares two plays sees each way in which they can differ."""

from __future__ import annotations

from tests.proof.comparing import differences


def test_lines_that_only_one_has_are_told_apart() -> None:
    assert differences(["a", "b"], ["b", "c"]) == ["- a", "+ c"]


def test_how_often_a_line_stands_and_in_which_order_counts() -> None:
    assert differences(["a", "a"], ["a"]) == ["the same lines stand in another order, or more often"]
    assert differences(["a", "b"], ["b", "a"]) == ["the same lines stand in another order, or more often"]
    assert differences(["a", "b"], ["a", "b"]) == []
