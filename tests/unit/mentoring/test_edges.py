"""The edges of what the contracts allow: any day and any moment of the years 2000 to 2099, and nothing overflows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from tests.unit.mentoring.examples import answered, confirmed, enrolled, revised
from tests.unit.mentoring.reports import Programme, met, reported, rested, reviewed

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
START, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
# The widest that the settings allow.
WIDEST = MentoringSettings.model_validate(
    {
        **SETTINGS.model_dump(),
        "version": "widest",
        "window_days": 3_660,
        "offer_work_days": 3_660,
        "rhythm": {
            "first_contact_days": 3_658,
            "steps": [{"step": "nudge", "after_days": 3_659}],
            "close_after_days": 3_660,
            "term_months": 120,
            "review_days": 3_660,
            "renewal_months": 120,
            "longest_months": 120,
        },
    }
)

days = st.sampled_from([FIRST, LAST]) | st.dates(FIRST, LAST)
moments = st.sampled_from([START, END]) | st.datetimes(
    START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC)
)


@settings(deadline=None, max_examples=60)
@given(
    times=st.lists(moments, min_size=6, max_size=6),
    paused=st.none() | days,
    authorised=st.none() | days,
    rest=days,
    on=days,
    widest=st.booleans(),
)
@example(
    times=[datetime(2099, 12, 31, 23, 59, tzinfo=UTC)] * 6,
    paused=LAST,
    authorised=LAST,
    rest=LAST,
    on=LAST,
    widest=True,
)
@example(
    times=[datetime(2000, 1, 1, tzinfo=UTC)] * 6, paused=FIRST, authorised=FIRST, rest=FIRST, on=FIRST, widest=True
)
def test_no_time_that_a_contract_allows_stops_anything(
    times: list[datetime], paused: date | None, authorised: date | None, rest: date, on: date, widest: bool
) -> None:
    programme = Programme(settings=WIDEST if widest else SETTINGS)
    programme.now = times[0]
    programme.take(enrolled(1), enrolled(2, paused_until=paused, line_manager_authorised_until=authorised))
    offered = programme.take(confirmed(1), confirmed(2), reported())
    pairs = [UUID(data["pair_id"]) for name, data in offered if name == "pair.offered"]
    for pair in pairs:
        programme.take(answered(pair, "lead", "accept"), answered(pair, "mentor", "accept"))
    for now in times[1:]:
        programme.now = now
        for place, pair in enumerate(pairs):
            meeting = met(pair, on, number=2 * now.microsecond + place)
            programme.take(meeting, rested(pair, rest), reviewed(pair, "lead", "go-on"))
        programme.take(
            revised(1, capacity=1, paused_until=paused), revised(2, line_manager_authorised_until=authorised)
        )
        programme.look()
    programme.pass_to(END)
    following = programme.store.state.next_deadline(after=END)
    assert following is None or following > END, "nothing is left that could be due"


@pytest.mark.parametrize("wrong", [{"window_days": 3_661}, {"offer_work_days": 10**9}])
def test_a_rhythm_that_would_leave_the_calendar_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="less than or equal to 3660"):
        MentoringSettings.model_validate({**SETTINGS.model_dump(), **wrong})
