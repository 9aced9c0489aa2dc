"""Ids of assignments: a decision on one that was never given is refused at once, one that may come is waited for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.chassis.handling import NotYet, Refused
from services.matching.states.references import may_be_reference, reference_from
from tests.ids import identifier
from tests.unit.matching.events import PoolInMemory, data_of, decided, types_of, undone


@given(st.uuids(version=4))
def test_a_reference_is_a_uuid_in_the_same_order_and_knows_itself(drawn: UUID) -> None:
    reference = reference_from(drawn)
    assert may_be_reference(reference)
    assert reference.int >> 16 == drawn.int >> 16
    assert reference_from(reference) == reference


def test_whatever_single_character_is_mistyped_it_is_no_reference() -> None:
    written = str(reference_from(identifier("some assignment")))
    places = [place for place, character in enumerate(written) if character != "-"]
    mistyped = {
        written[:place] + typed + written[place + 1 :]
        for place in places
        for typed in "0123456789abcdef"
        if typed != written[place]
    }
    assert len(mistyped) == 32 * 15
    assert [each for each in mistyped if may_be_reference(UUID(each))] == []


def test_a_decision_on_what_nobody_was_given_is_refused_at_once(proposed: PoolInMemory) -> None:
    wrong = UUID(int=proposed.assignment_of("a").int ^ 1)
    (refused,) = proposed.on(decided(wrong, "confirm"))
    data = data_of(refused)
    assert types_of([refused]) == ["assignment.decision-refused"]
    assert (data["assignment_id"], data["application_id"], data["project_title"]) == (str(wrong), None, None)
    assert [reason["code"] for reason in data["reasons"]] == ["no-assignment"]
    with pytest.raises(Refused, match="no assignment was ever given this id"):
        proposed.on(undone(wrong))


@pytest.mark.parametrize("says", [lambda it: decided(it, "confirm"), undone])
def test_one_that_may_be_made_again_is_waited_for(proposed: PoolInMemory, says: Any) -> None:
    with pytest.raises(NotYet):
        proposed.on(says(reference_from(identifier("of a matching that reads from the beginning"))))


def test_what_is_proposed_has_a_reference(proposed: PoolInMemory) -> None:
    assert may_be_reference(proposed.assignment_of("a"))
