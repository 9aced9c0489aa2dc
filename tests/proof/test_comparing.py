"""What compares two plays sees each way in which they can differ, and what a mistake has changed."""

from __future__ import annotations

from tests.proof.comparing import Order, differences, headers_of
from tests.proof.keeping import kept
from tests.proof.proof import COMPARED


def test_lines_that_only_one_has_are_told_apart() -> None:
    assert differences(["a", "b"], ["b", "c"]) == ["- a", "+ c"]


def test_how_often_a_line_stands_and_in_which_order_counts() -> None:
    assert differences(["a", "a"], ["a"]) == ["the same lines stand in another order, or more often"]
    assert differences(["a", "b"], ["b", "a"]) == ["the same lines stand in another order, or more often"]
    assert differences(["a", "b"], ["a", "b"]) == []


def test_records_of_a_key_have_an_order_and_follow_ups_of_one_moment_share_a_place() -> None:
    order = Order()
    assert [order.place_of("pairs.v1", key, "noon") for key in ("a", "a", "b")] == [1, 2, 1]
    mails = [("a", "noon"), ("a", "noon"), ("a", "later"), ("b", "later"), ("a", "noon")]
    assert [order.place_of("follow-ups.v1", key, at) for key, at in mails] == [1, 1, 2, 1, 3]


def test_services_forget_a_person_in_any_order_and_the_last_causes_that_all_have() -> None:
    order = Order()
    assert [order.place_of("erasures.v1", "a", "noon") for _ in range(5)] == [1] * 5
    erased = [("ce_type", b"engage.person.erased.v1"), ("ce_causationid", b"chance"), ("ce_id", b"made of it")]
    assert headers_of(erased) == [("ce_type", "engage.person.erased.v1")]
    assert len(headers_of([("ce_type", b"engage.person.forgotten.v1"), ("ce_causationid", b"asked")])) == 2


def test_that_somebody_confirms_another_proposal_shows_wherever_it_has_effects() -> None:
    written, mistaken = kept("as-written"), kept("mistaken")
    differing = {what for what in COMPARED if differences(written[what], mistaken[what])}
    assert differing >= {"forms", "state", "topics", "mails"}
