"""The kinds of follow-up as data."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.applications import ApplicationFlagged, ApplicationWithdrawn
from contracts.assignments import AssignmentConfirmed, AssignmentReleased
from contracts.clearances import (
    MentorClearanceAsked,
    MentorClearanceDropped,
    MentorClearanceGiven,
    MentorClearanceRefused,
)
from contracts.pairs import MeetingHeld
from libraries.data_files import DataFileError, parse_data_file
from libraries.programme.files import shipped_files
from libraries.work_days.due_dates import Span
from services.notifications.app import SERVICE
from services.notifications.courtesy import Retry
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import KindsFile


def planned_by(event: Any) -> dict[str, Span | None]:
    return {kind.kind: kind.due_after.span if kind.due_after else None for kind in KINDS.planned_by[event]}


def test_a_confirmation_is_sent_at_once_and_check_ins_are_planned_over_three_years() -> None:
    assert planned_by(AssignmentConfirmed) == {
        "assignment-confirmation": None,
        "proposal-decided": None,
        "nomination-taken-up": None,
        "check-in-30-days": Span(days=30),
        "check-in-90-days": Span(days=90),
        "check-in-six-months": Span(months=6),
        "impact-baseline": Span(days=14),
        "impact-year-1": Span(years=1),
        "impact-year-2": Span(years=2),
        "impact-year-3": Span(years=3),
    }


def test_whoever_gives_a_clearance_is_asked_by_a_link_until_there_is_an_answer_or_no_question_any_more() -> None:
    asking = KINDS.planned_by[MentorClearanceAsked]
    assert {(kind.kind, kind.to) for kind in asking} == {
        ("clearance-by-line-manager", "line-manager"),
        ("clearance-by-ethics-officer", "ethics-officer"),
    }
    assert all(kind.clears and kind.introduces == "mentor" and kind.is_for_the_trusted for kind in asking)
    for event in (MentorClearanceGiven, MentorClearanceRefused, MentorClearanceDropped):
        assert KINDS.settled_by[event] == {kind.kind for kind in asking}


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        ("2025-03-03T08:00", "2025-03-10T09:00"),
        ("2025-03-09T23:30", "2025-03-17T09:00"),
        ("2025-03-30T12:00", "2025-03-31T08:00"),
        ("2025-04-15T08:00", "2025-04-22T08:00"),
    ],
)
def test_a_digest_is_due_on_the_next_monday_or_the_work_day_after_it(happens: str, told: str) -> None:
    # The second is a Monday already in Paris; the third the end of winter time; the last Easter Monday.
    moment, expected = (datetime.fromisoformat(it).replace(tzinfo=UTC) for it in (happens, told))
    assert KINDS.by_name["no-mentor-found"].due(moment, KINDS.calendar) == expected


def test_a_release_settles_all_that_a_confirmation_plans() -> None:
    assert KINDS.settled_by[AssignmentReleased] >= set(planned_by(AssignmentConfirmed)) - {
        "proposal-decided",
        "nomination-taken-up",
    }


def test_a_withdrawal_is_confirmed_and_a_flag_means_nothing_at_all() -> None:
    assert planned_by(ApplicationWithdrawn) == {"withdrawal": None, "nomination-over": None}
    assert not KINDS.planned_by[ApplicationFlagged]
    assert not KINDS.settled_by[ApplicationFlagged]


def test_every_event_that_plans_or_settles_has_a_handler() -> None:
    meant = {event for table in (KINDS.planned_by, KINDS.settled_by) for event, kinds in table.items() if kinds}
    assert meant <= set(SERVICE.handlers)


def changed(change: Callable[[dict[str, Any]], None]) -> str:
    data = tomllib.loads(shipped_files()["mails/kinds.toml"])
    change(data)
    return json.dumps(data, default=str)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["kinds"].append(data["kinds"][0]), "several acknowledgement"),
        (lambda data: data["kinds"][0].pop("occasion"), r"kinds\.json: kinds\.0\.occasion: Field required"),
        (lambda data: data["kinds"][0].update(occasion="always"), r"kinds\.0\.occasion: .* and is 'always'"),
        (lambda data: data["kinds"][0].pop("says"), "has to name what it says"),
        (lambda data: data["kinds"][-1].update(calendar="takes-out"), "can't be optional"),
        (lambda data: data["kinds"][0].update(urgent="true"), r"kinds\.0\.urgent"),
        (lambda data: data["kinds"][0].update(text="thanks"), "must be called thanks-something"),
        (lambda data: data["kinds"][0].update(planned_by="application-accepted"), "application-accepted"),
        (lambda data: data["kinds"][0].update(settled_by=["need-published"]), "need-published"),
        (lambda data: data["kinds"][0].update(due_after={}), "longer than nothing"),
        (lambda data: data["courtesy"].update(until="07:00"), "must come before until"),
        (lambda data: data["courtesy"].update(most_a_week=0), "most_a_week"),
        (lambda data: data["kinds"][0].update(due_after={"weeks": 1}), "weeks"),
        (lambda data: data.pop("due_at"), "due_at"),
    ],
)
def test_a_wrong_file_is_refused_and_says_why(change: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        parse_data_file(changed(change), "kinds.json", KindsFile)


def test_kinds_that_differ_by_a_phrase_share_a_text_and_are_told_apart() -> None:
    assert [
        (KINDS.by_name[name].text_name, KINDS.by_name[name].variant) for name in ("impact-year-2", "rejection")
    ] == [
        ("impact-year", "2"),
        ("rejection", ""),
    ]
    told = [(kind.text_name, kind.variant) for kind in KINDS.all]
    assert len(set(told)) == len(told)


def test_pauses_double_up_to_the_longest() -> None:
    retry = Retry(first_seconds=5, longest_seconds=60)
    assert [retry.pause(attempts) for attempts in (1, 2, 3, 4, 5, 10_000)] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2025, 3, 3, 6, 59, tzinfo=UTC), False),
        (datetime(2025, 3, 3, 7, 0, tzinfo=UTC), True),
        (datetime(2025, 3, 3, 17, 59, tzinfo=UTC), True),
        (datetime(2025, 3, 3, 18, 0, tzinfo=UTC), False),
        (datetime(2025, 7, 3, 6, 0, tzinfo=UTC), True),  # summer time
        (datetime(2025, 3, 8, 12, 0, tzinfo=UTC), False),  # a Saturday
        (datetime(2025, 7, 14, 12, 0, tzinfo=UTC), False),  # a holiday
    ],
)
def test_people_are_written_to_on_work_days_on_the_wall(moment: datetime, is_open: bool) -> None:
    assert KINDS.courtesy.is_open(moment, KINDS.calendar) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2025-03-03T06:59", "2025-03-03T07:00"),
        ("2025-03-03T18:00", "2025-03-04T07:00"),
        ("2025-03-07T18:30", "2025-03-10T07:00"),  # a Friday evening
        ("2025-03-08T06:00", "2025-03-10T07:00"),  # a Saturday
        ("2025-03-28T23:30", "2025-03-31T06:00"),  # over the change to summer time
        ("2025-07-13T22:30", "2025-07-15T06:00"),  # the holiday has begun in Paris
    ],
)
def test_people_are_written_to_again_on_the_next_work_day(moment: str, opens: str) -> None:
    closed, opening = (datetime.fromisoformat(it).replace(tzinfo=UTC) for it in (moment, opens))
    assert not KINDS.courtesy.is_open(closed, KINDS.calendar)
    assert KINDS.courtesy.next_opening(closed, KINDS.calendar) == opening
    assert KINDS.courtesy.is_open(opening, KINDS.calendar)


def test_only_what_comes_later_for_one_person_shares_a_row() -> None:
    later = [kind.kind for kind in KINDS.planned_by[AssignmentConfirmed] if kind.due_after]
    assert {role: [kind.kind for kind in kinds] for role, kinds in KINDS.series_by[AssignmentConfirmed].items()} == {
        "lead": later
    }
    assert [kind.kind for kind in KINDS.singles_by[AssignmentConfirmed]] == [
        "proposal-decided",
        "assignment-confirmation",
        "nomination-taken-up",
    ]
    assert not KINDS.series_by[MeetingHeld], "one for each of two people"
    for event, kinds in KINDS.planned_by.items():
        shared = [kind for its in KINDS.series_by[event].values() for kind in its]
        assert sorted(kind.kind for kind in (*KINDS.singles_by[event], *shared)) == sorted(kind.kind for kind in kinds)
