"""The pool's own promises: no place twice, and how far free places were offered."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.matching.pool import Pool
from services.matching.register import Assignment, Candidate, Need, candidate_of
from services.matching.rules import RULES
from tests.unit.matching.events import declared, registered
from tests.unit.matching.strategies import need_of

FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)


def _assignment(candidate: Candidate, need: Need, number: int = 1) -> Assignment:
    identifier = UUID(int=number)
    application_id, need_id = candidate.application_id, need.need_id
    return Assignment(identifier, application_id, need_id, "proposed", 1, 500, "{}", "1", "engine:rolling@1", None)


def _pool(capacity: int, *, swept_to: UUID | None = None) -> tuple[Pool, Need, Candidate]:
    need = need_of(declared("n", capacity=capacity))
    need.swept_to = swept_to
    pool = Pool(RULES, [need])
    candidate = candidate_of(registered("a"))
    pool.register(candidate)
    return pool, need, candidate


def test_a_full_need_takes_nobody() -> None:
    pool, need, candidate = _pool(0)
    with pytest.raises(ValueError, match="no place"):
        pool.hold(_assignment(candidate, need))


def test_an_application_holds_one_place() -> None:
    pool, need, candidate = _pool(5)
    pool.hold(_assignment(candidate, need))
    with pytest.raises(ValueError, match="no place"):
        pool.hold(_assignment(candidate, need, 2))


def test_a_need_offered_to_all_has_no_mark() -> None:
    pool, need, _ = _pool(1, swept_to=FIRST)
    pool.horizon[need.need_id] = None
    pool.note_offered(need)
    assert need.swept_to is None
    assert list(pool.changes.places) == [need.need_id]


def test_a_mark_goes_as_far_as_was_seen_and_never_back() -> None:
    pool, need, _ = _pool(1)
    pool.horizon[need.need_id] = SECOND
    pool.note_offered(need)
    assert need.swept_to == SECOND
    pool.horizon[need.need_id] = FIRST
    pool.note_offered(need)
    assert need.swept_to == SECOND


def test_a_need_that_was_not_looked_at_keeps_its_mark() -> None:
    pool, need, _ = _pool(1, swept_to=SECOND)
    pool.note_offered(need)
    assert need.swept_to == SECOND
    assert not pool.changes.places


def test_a_full_need_forgets_its_mark_for_those_behind_it_may_begin_to_wait() -> None:
    pool, need, candidate = _pool(1, swept_to=SECOND)
    pool.hold(_assignment(candidate, need))
    assert need.swept_to is None


def test_a_place_freed_in_the_same_transaction_goes_on_from_the_mark() -> None:
    pool, need, candidate = _pool(1, swept_to=SECOND)
    assignment = _assignment(candidate, need)
    pool.hold(assignment)
    pool.move(assignment, "released", actor="form", reason="withdrawn")
    pool.note_offered(need)
    assert need.swept_to == SECOND


def test_a_revised_need_is_offered_to_all_again() -> None:
    pool, need, _ = _pool(1, swept_to=THIRD)
    pool.declare(need.need_id, need.document, need.owner_id)
    pool.horizon[need.need_id] = FIRST
    pool.note_offered(need)
    assert need.swept_to == FIRST


def test_a_closed_need_has_nothing_left_to_offer() -> None:
    pool, need, candidate = _pool(1, swept_to=THIRD)
    pool.close(need)
    assert need.swept_to is None
    assert list(pool.free_needs(candidate)) == []
