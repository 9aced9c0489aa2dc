"""What follows when a mentor leaves the programme, or a file: their leads are handed over."""

from __future__ import annotations

from services.mentoring.flows import asking, offers
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.pair import Pair
from services.mentoring.store import Unit


def leave(unit: Unit, left: Mentor) -> None:
    """Takes a mentor who has left: nobody is asked for them any more, and each lead is handed over to the next one."""
    programme = unit.store.state
    before = programme.roster[left.mentor_id]
    asking.drop_all(unit, before, reason="mentor-withdrawn")
    # First, so that nobody is handed over to the one who leaves.
    programme.roster.put(left, unit.now)
    asking.let_go(unit, before.clearances.line_manager_id)
    for pair in programme.open_pairs_of_mentor(left.mentor_id):
        hand_over(unit, pair, reason="mentor-withdrawn")


def hand_over(unit: Unit, pair: Pair, *, reason: str, actor: str | None = None) -> None:
    """Ends a pair for its mentor, who acted unless another did, and has its lead wait for another one."""
    offers.end(unit, pair, actor=actor or f"mentor:{pair.mentor_id}", reason=reason)
    # Without barring the mentor for good: what they hand over for, a later form may undo. A recusal bars by itself.
    offers.pass_on(unit, pair)
