"""What handlers need loaded, and that they get nothing else."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import pytest

from contracts.assignments import AssignmentConfirmed, AssignmentReleased
from contracts.event import Event
from contracts.message import EventData
from services.notifications.app import SERVICE
from services.notifications.kinds import KINDS
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.planned.plans import Plans
from services.notifications.store import MATTER, MATTER_IN_SERIES, MATTER_IN_WORDS
from tests.integration.notifications import happenings

ONE, OTHER = UUID(int=1), UUID(int=2)
MADE: list[Event[Any]] = [
    happenings.registered("a"),
    happenings.rejected("a"),
    happenings.proposed("a"),
    happenings.confirmed("a"),
    happenings.released("a"),
    happenings.offered("a"),
    happenings.meeting_held("a", 3),
    happenings.obstacle_opened("a"),
]


class Nothing:
    """A connection to empty tables."""

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        return []


def plans() -> Plans:
    return Plans(cast("Any", Nothing()))


def follow_up(matter_id: UUID) -> Planned:
    key = Key(matter_id, OTHER, "acknowledgement", "")
    return Planned(FollowUp(key.id, key, 1), matter_id, None, "story", happenings.START, "{}", happenings.START)


@pytest.mark.parametrize("event", MADE, ids=lambda event: type(event.data).__name__)
def test_what_an_event_looks_at_is_what_kinds_have_it_plan_and_settle(event: Event[EventData]) -> None:
    named = SERVICE.handlers.named([event])
    happened = type(event.data)
    settled = KINDS.settled_by[happened]
    # The wait of a lead ends with an offer; a nomination is of the application of a confirmed assignment.
    of_another = "no-mentor-found" in settled or happened is AssignmentConfirmed
    assert len(named[MATTER]) == (2 if of_another else 1)
    in_series = bool(KINDS.series_by[happened]) or bool(KINDS.in_series & settled)
    assert bool(named[MATTER_IN_SERIES]) is in_series
    assert not named[MATTER_IN_WORDS], "what was said is read where a role may have a new holder alone"
    assert named[MATTER_IN_SERIES] <= named[MATTER]


def test_series_are_read_where_one_begins_or_ends_and_nowhere_else() -> None:
    assert not SERVICE.handlers.named([happenings.registered("a")])[MATTER_IN_SERIES]
    released = happenings.released("a")
    assert isinstance(released.data, AssignmentReleased)
    assert SERVICE.handlers.named([released])[MATTER_IN_SERIES] == {released.data.assignment_id}


async def test_a_matter_that_no_need_named_is_not_looked_at() -> None:
    known = plans()
    await known.load([ONE], [])
    assert PlannedAbout(known, ONE).open == ()
    assert PlannedAbout(known, ONE).plan(follow_up(ONE))
    assert not PlannedAbout(known, ONE).plan(follow_up(ONE)), "it was planned before"
    with pytest.raises(LookupError, match=str(OTHER)):
        assert PlannedAbout(known, OTHER).open
    with pytest.raises(LookupError, match="no need named"):
        assert PlannedAbout(known, ONE).series
    with pytest.raises(LookupError, match=str(OTHER)):
        PlannedAbout(known, ONE).plan(follow_up(OTHER))


async def test_what_was_loaded_before_is_not_looked_at_with_the_next_batch() -> None:
    known = plans()
    await known.load([ONE], [ONE])
    about = PlannedAbout(known, ONE)
    assert not about.series
    await known.load([OTHER], [])
    with pytest.raises(LookupError):
        assert about.open
