"""Everything that one application has sent over three years, day by day, against a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.event import Event
from services.notifications.kinds import KINDS
from tests.integration.notifications.happenings import (
    activated,
    confirmed,
    contact,
    correction_requested,
    ended,
    idle,
    impact_recorded,
    meeting_held,
    named,
    obstacle_escalated,
    obstacle_lifted,
    obstacle_opened,
    offered,
    proposed,
    registered,
    renewed,
    review_due,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

PARIS = ZoneInfo("Europe/Paris")
STORY: Mapping[str, Sequence[Event[Any]]] = {
    "2025-03-03": [correction_requested("a", 1)],
    "2025-03-18": [registered("a", 2)],
    "2025-03-19": [proposed("a")],
    "2025-03-27": [confirmed("a")],
    "2025-03-28": [offered("a")],
    "2025-04-01": [activated("a", first_contact_by="2025-04-15", ends_on="2025-10-01")],
    "2025-04-10": [meeting_held("a", 5)],
    "2025-05-05": [obstacle_opened("a")],
    "2025-06-10": [obstacle_escalated("a", 2)],
    "2025-06-12": [obstacle_lifted("a", 3)],
    "2025-07-01": [idle("a", "nudge", 6)],
    "2025-09-10": [review_due("a", 7)],
    "2025-09-25": [renewed("a", 8)],
    "2026-03-20": [ended("a", "active", 9)],
    "2026-04-20": [impact_recorded("a", 1)],
    "2027-04-30": [impact_recorded("a", 2)],
}
"""What happens, by day. The baseline and the third year's figures never come."""

TABLE = """
2025-03-03 lead correction-request
2025-03-10 lead correction-request, reminder 1
2025-03-18 lead acknowledgement
2025-03-19 owner assignment-proposal
2025-03-24 owner assignment-proposal, reminder 1
2025-03-27 lead assignment-confirmation
2025-03-28 mentor pair-offer
2025-03-28 lead pair-offer-to-lead
2025-03-31 mentor pair-offer, reminder 1
2025-03-31 lead pair-offer-to-lead, reminder 1
2025-04-01 lead introduction-to-lead
2025-04-01 mentor introduction-to-mentor
2025-04-10 lead impact-baseline
2025-04-14 lead fit-check-to-lead
2025-04-14 mentor fit-check-to-mentor
2025-04-28 lead check-in-30-days
2025-05-02 lead impact-baseline, reminder 1
2025-05-05 owner obstacle-opened
2025-06-10 owner obstacle-late
2025-06-12 lead obstacle-lifted
2025-06-16 owner obstacle-lifted-to-owner
2025-06-25 lead check-in-90-days
2025-07-01 lead pair-nudge-to-lead
2025-07-01 mentor pair-nudge-to-mentor
2025-09-10 lead review-to-lead
2025-09-10 mentor review-to-mentor
2025-09-22 lead review-to-lead, reminder 1
2025-09-22 mentor review-to-mentor, reminder 1
2025-09-25 lead renewal-to-lead
2025-09-25 mentor renewal-to-mentor
2025-09-29 lead check-in-six-months
2026-03-20 lead pair-end-to-lead
2026-03-20 mentor pair-end-to-mentor
2026-03-27 lead impact-year-1
2026-04-17 lead impact-year-1, reminder 1
2027-03-30 lead impact-year-2
2027-04-20 lead impact-year-2, reminder 1
2028-03-27 lead impact-year-3
2028-04-18 lead impact-year-3, reminder 1
2028-05-09 lead impact-year-3, reminder 2
"""
"""Weekends and holidays are passed over: Easter Monday, 1 and 8 May; all falls due at ten, summer time or not."""


async def test_three_years_of_an_application(office: Office) -> None:
    people = {named("lead a"): "lead", named("owner"): "owner", named("person of mentor a"): "mentor"}
    await office.desk.handle(contact("lead a"), contact("owner"), contact("person of mentor a"))
    day = date(2025, 3, 3)
    while day < date(2028, 7, 1):
        # In UTC, as every clock of a service is and every time that was decoded.
        office.clock.now = datetime(day.year, day.month, day.day, 10, 30, tzinfo=PARIS).astimezone(UTC)
        happening = [event._replace(time=office.clock.now) for event in STORY.get(day.isoformat(), ())]
        # First what fell due at ten, then what happens now, which is answered at once.
        while await office.send():
            pass
        if happening:
            await office.desk.handle(*happening)
            while await office.send():
                pass
        day += timedelta(days=1)
    rows = [row for row in await office.desk.rows() if row["state"] != "cancelled"]
    assert {row["state"] for row in rows} == {"sent"}
    sent = sorted((row["sent_at"], people[row["recipient_id"]], row["kind"], row["occasion"]) for row in rows)
    told = []
    for moment, who, kind, occasion in sent:
        reminder = occasion.partition("+")[2]
        told.append(f"{moment.astimezone(PARIS).date()} {who} {kind}" + (f", reminder {reminder}" if reminder else ""))
    assert sorted(told) == sorted(TABLE.split("\n")[1:-1])
    assert all(KINDS.calendar.is_work_day(date.fromisoformat(line[:10])) for line in told)
