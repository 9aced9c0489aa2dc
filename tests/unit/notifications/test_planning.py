"""Ids of follow-ups, series of them, and what an event calls for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assignments import AssignmentConfirmed, AssignmentProposed
from contracts.event import derived_id
from contracts.follow_ups import FollowUpPlanned
from libraries.work_days.due_dates import due_at
from services.notifications.kinds import KINDS
from services.notifications.planned.announcements import planned_event
from services.notifications.planned.follow_ups import FollowUp, Key, Planned, ids_about, settle
from services.notifications.planned.planner import Matter, Occurrence, Planner
from services.notifications.planned.series import Series, read, written
from services.notifications.roles import Role

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
MATTER = derived_id(UUID(int=1), NOW, source="test", ordinal=1)
LEAD, OWNER = UUID(int=5), UUID(int=6)


def nothing_said(role: Role) -> None:
    return None


def planned(event: type, at: datetime = NOW, planner: Planner | None = None) -> list[Planned | Series]:
    matter = Matter(MATTER, UUID(int=9), 2, {"lead": LEAD, "owner": OWNER}, {"project_title": "Jardins"})
    return list((planner or Planner(KINDS)).plan(matter, Occurrence(event, at, "story"), nothing_said))


def confirmed() -> Series:
    _, series = planned(AssignmentConfirmed)
    assert isinstance(series, Series)
    return series


@given(st.uuids(), st.uuids(), st.sampled_from([kind.kind for kind in KINDS.all]), st.sampled_from(["", "1", "1+1"]))
def test_an_id_is_made_of_its_key_and_lies_beside_its_matter(matter: UUID, who: UUID, kind: str, occasion: str) -> None:
    key = Key(matter, who, kind, occasion)
    first, last = ids_about(matter)
    assert key.id == Key(matter, who, kind, occasion).id
    assert first <= key.id <= last
    assert (key.id.version, key.id.variant) == (8, UUID(int=0, version=4).variant)
    assert ids_about(key.id) == ids_about(matter), "so that what is beside one is found by its id alone"
    others = {key._replace(occasion="2"), key._replace(kind="x"), key._replace(recipient_id=matter), key.reminding()}
    assert key.id not in {other.id for other in others if other != key}


def test_ids_follow_the_time_of_their_matters() -> None:
    matters = [derived_id(UUID(int=9 - n), NOW + timedelta(milliseconds=n), source="t", ordinal=1) for n in range(9)]
    ids = [Key(matter, LEAD, "acknowledgement", "").id for matter in matters]
    assert ids == sorted(ids)


def test_parts_of_a_key_are_not_mistaken_for_each_other() -> None:
    assert Key(MATTER, LEAD, "a", "b").id != Key(MATTER, LEAD, "ab", "").id


def test_a_confirmation_plans_one_mail_and_one_series_of_all_that_comes_later() -> None:
    at_once, series = planned(AssignmentConfirmed)
    assert isinstance(at_once, Planned)
    assert (at_once.follow_up.key.kind, at_once.due_at) == ("assignment-confirmation", NOW)
    assert isinstance(series, Series)
    kinds = {kind.kind: kind for kind in KINDS.planned_by[AssignmentConfirmed] if kind.due_after}
    assert {occasion.kind: occasion.due_at for occasion in series.occasions} == {
        name: kind.due(NOW, KINDS.calendar) for name, kind in kinds.items()
    }
    dates = [occasion.due_at for occasion in series.occasions]
    assert dates == sorted(dates)


def test_one_event_says_all_that_is_planned_with_the_ids_that_it_will_have() -> None:
    new = planned(AssignmentConfirmed)
    event = planned_event(MATTER, UUID(int=9), new, at=NOW)
    confirmation, series = FollowUpPlanned.model_validate(event.values).follow_ups
    occasions = confirmed().occasions
    assert confirmation.occasions == ()
    assert [series.kind, *(each.kind for each in series.occasions)] == [occasion.kind for occasion in occasions]
    assert [series.follow_up_id, *(each.follow_up_id for each in series.occasions)] == [
        confirmed().planned(occasion).follow_up.id for occasion in occasions
    ]


@pytest.mark.parametrize("days", range(0, 800, 50))
def test_due_dates_are_the_calendar_s_whatever_was_asked_before(days: int) -> None:
    planner = Planner(KINDS)
    for at in (NOW + timedelta(days=days), NOW + timedelta(days=days, hours=14), NOW + timedelta(days=days + 1)):
        series = next(new for new in planned(AssignmentConfirmed, at, planner) if isinstance(new, Series))
        for occasion in series.occasions:
            after = KINDS.by_name[occasion.kind].due_after
            assert after is not None
            assert occasion.due_at == due_at(at, after.span, calendar=KINDS.calendar)


def test_a_matter_that_names_nobody_calls_for_nothing() -> None:
    matter = Matter(MATTER, UUID(int=9), 2, {}, {})
    assert list(Planner(KINDS).plan(matter, Occurrence(AssignmentProposed, NOW, "story"), nothing_said)) == []


def test_a_series_gives_each_occasion_its_row_once_and_keeps_what_is_to_come() -> None:
    series, seen = confirmed(), []
    for day in range(0, 1200, 10):
        due = series.due(NOW + timedelta(days=day))
        seen += [occasion.kind for occasion in due]
        series = series.without(due)
        assert read(written(series.occasions)) == series.occasions
    assert seen == [occasion.kind for occasion in confirmed().occasions]
    assert series.next_due_at is None


def test_a_series_that_was_settled_as_a_whole_has_it_said_of_every_occasion() -> None:
    settled = confirmed()._replace(settled="contact-erased")
    assert settled.due(NOW) == settled.occasions
    assert {settled.planned(occasion).follow_up.settled for occasion in settled.occasions} == {"contact-erased"}


def test_what_is_being_sent_is_settled_and_left_to_its_sender() -> None:
    follow_up = FollowUp(UUID(int=1), Key(MATTER, LEAD, "acknowledgement", ""), 1)
    assert settle(follow_up, "x").state == "cancelled"
    assert settle(follow_up._replace(state="sending"), "x")[-1] == "x"
    assert settle(follow_up._replace(state="sending"), "x").state == "sending"
