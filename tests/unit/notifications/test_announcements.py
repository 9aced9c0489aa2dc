"""What is said in plain values is said in the bytes of its model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clearances import ETHICS_OFFICER
from contracts.contacts import ContactRole
from contracts.erasures import PersonForgotten
from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent
from contracts.message import EventData
from libraries.chassis.records.published import Cause
from libraries.chassis.store import NO_STORE
from libraries.chassis.unit_of_work import PlainEvent, UnitOfWork
from services.notifications.kinds import KINDS
from services.notifications.people import FOUNDATION
from services.notifications.planned.announcements import cancelled_event, failed_event, planned_event, sent_event
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.planned.history import LastSaid
from services.notifications.planned.planner import Matter, Occurrence, Planner
from services.notifications.planned.series import Series
from services.notifications.roles import Role
from tests.conftest import assert_as_its_model

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
FORGOTTEN = {"person_id": UUID(int=5), "service": "notifications", "removed": (), "requested_at": NOW}
PEOPLE: dict[Role, UUID] = {
    **{role: UUID(int=number) for number, role in enumerate(get_args(ContactRole), 5)},
    "foundation": FOUNDATION,
    "ethics-officer": ETHICS_OFFICER,
    "service": UUID(int=4),
}
FOLLOW_UPS = st.builds(
    FollowUp,
    st.uuids(),
    st.builds(Key, st.uuids(), st.uuids(), st.sampled_from(list(KINDS.by_name)), st.sampled_from(["", "3", "3+2"])),
    st.integers(1, 9),
    in_doubt=st.booleans(),
)
MOMENTS = st.integers(0, 27_000 * 86_400_000_000).map(lambda microseconds: NOW + timedelta(microseconds=microseconds))


def published(said: PlainEvent, event: type[EventData]) -> EventData:
    unit = UnitOfWork("notifications", NO_STORE)
    unit.because_of(Cause(UUID(int=1), NOW, "story"))
    unit.publish_plain(said)
    (row,) = unit.published
    assert_as_its_model(said, row.payload)
    assert (row.type, row.key) == (event.event_type, str(said.key))
    assert row.payload is not None
    return event.model_validate_json(row.payload)


@pytest.mark.parametrize("event", [event for event, kinds in KINDS.planned_by.items() if kinds])
@given(at=MOMENTS)
def test_whatever_an_event_plans(event: type[EventData], at: datetime) -> None:
    # Out of a state that all of them ask for, to people who were told something else before.
    asked = {kind.from_states[:1] for kind in KINDS.planned_by[event] if kind.from_states}
    planned: dict[UUID, Planned | Series] = {}
    for (before,) in asked or {("some",)}:
        matter = Matter(UUID(int=8), UUID(int=9), 2, PEOPLE, {}, before=before)
        because = Occurrence(event, at, "story")
        for new in Planner(KINDS).plan(matter, because, lambda role: LastSaid("something-else", 1)):
            planned[new.id if isinstance(new, Series) else new.follow_up.id] = new
    data = published(planned_event(UUID(int=8), UUID(int=9), list(planned.values()), at=at), FollowUpPlanned)
    assert isinstance(data, FollowUpPlanned)
    kinds = [each.kind for follow_up in data.follow_ups for each in (follow_up, *follow_up.occasions)]
    assert sorted(kinds) == sorted(kind.kind for kind in KINDS.planned_by[event])


@given(FOLLOW_UPS, MOMENTS, st.integers(1, 99))
def test_however_a_follow_up_ends(follow_up: FollowUp, at: datetime, attempts: int) -> None:
    said = [
        published(cancelled_event(follow_up, reason="matter-settled", at=at), FollowUpCancelled),
        published(sent_event(follow_up, message_id="<a@b>", attempts=attempts, at=at), FollowUpSent),
        published(failed_event(follow_up, reason="5-1-1", attempts=attempts, at=at), FollowUpFailed),
    ]
    for data in said:
        assert isinstance(data, FollowUpCancelled | FollowUpSent | FollowUpFailed)
        assert (data.follow_up_id, data.reminder, data.in_doubt, data.occurred_at) == (
            follow_up.id,
            follow_up.key.reminder,
            follow_up.in_doubt,
            at,
        )


@pytest.mark.parametrize(
    "values",
    [
        {"service": "notifications", "person_id": UUID(int=5), "removed": (), "requested_at": NOW},
        {**FORGOTTEN, "more": 1},
        {**FORGOTTEN, "requested_at": "2025-03-03T10:00:00+01:00"},
        {**FORGOTTEN, "person_id": UUID(int=6)},
        {**FORGOTTEN, "requested_at": datetime(1999, 3, 3, tzinfo=UTC)},
    ],
)
def test_no_test_passes_where_the_values_are_not_the_model_s(values: dict[str, object]) -> None:
    with pytest.raises((AssertionError, ValueError)):
        published(PlainEvent(PersonForgotten, UUID(int=5), values), PersonForgotten)
