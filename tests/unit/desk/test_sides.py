"""What two ways to hold projects differ in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from services.desk.pages.sides import compared, side_of_round
from services.desk.weighing import Elsewhere
from services.journal.reports.rounds import Held, PastRound

A, B, LODGE, FEED, READ = (UUID(int=number) for number in range(1, 6))
_NAMES = {LODGE: "Loger", FEED: "Nourrir", READ: "Lire"}


def past(*held: tuple[UUID, UUID, int]) -> PastRound:
    pairs = tuple(Held(a, need, f"project {a.int}", "Maison", _NAMES[need], fit) for a, need, fit in held)
    return PastRound(UUID(int=9), datetime(2026, 1, 6, tzinfo=UTC), "implantation", pairs)


def test_who_is_elsewhere_and_which_needs_gain_or_lose_their_answer() -> None:
    before, after = past((A, LODGE, 700), (B, FEED, 600)), past((A, READ, 650), (B, FEED, 600))
    found = compared(side_of_round(before), side_of_round(after))
    assert found.moved == (Elsewhere("project 1", "Maison", "Loger", "Lire", is_this=False),)
    assert (found.answered, found.unanswered) == (("Lire",), ("Loger",))
    assert found.changed == (READ, LODGE)
    assert [(was, later) for _, was, later in found.totals] == [(2, 2), (2, 2), (1300, 1250)]


def test_one_that_came_and_one_that_left_are_elsewhere_too() -> None:
    found = compared(side_of_round(past((A, LODGE, 1))), side_of_round(past((B, LODGE, 2))))
    assert [(move.project, move.before, move.after) for move in found.moved] == [
        ("project 1", "Loger", None),
        ("project 2", None, "Loger"),
    ]
    assert found.changed == ()


def test_the_same_differs_in_nothing() -> None:
    side = side_of_round(past((A, LODGE, 1)))
    assert compared(side, side).moved == ()
