"""The calendar entry of a pair's first meeting (iCalendar, RFC 5545 and 5546): put in, and taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from typing import Any, NamedTuple
from uuid import UUID

from icalendar import Calendar, Event, vText

from contracts.message import Language
from services.notifications.kinds import Kind
from services.notifications.words import FIRST_MEETING


class Invitation(NamedTuple):
    """A calendar as a part of a mail: its method, which the part's type repeats, and its content."""

    method: str
    content: bytes


def invitation_of(
    kind: Kind, parameters: Mapping[str, Any], *, matter_id: UUID, language: Language, sender: Address, at: datetime
) -> Invitation | None:
    """What a mail of that kind puts into a calendar, or takes out; None where it does neither.

    The entry lasts the whole day by which a pair should have met: they choose the hour. Its UID is the matter's for
    ever, and what takes it out comes after what put it in (SEQUENCE).
    """
    on = parameters.get("first_contact_by")
    if kind.calendar is None or (kind.calendar == "puts-in" and on is None):
        return None
    takes_out = kind.calendar == "takes-out"
    method = "CANCEL" if takes_out else "PUBLISH"
    entry = Event()
    entry.add("uid", f"{matter_id}@{sender.domain}")
    entry.add("sequence", int(takes_out))
    entry.add("dtstamp", at)
    entry.add("summary", f"{FIRST_MEETING[language]} {parameters['project_title']}")
    entry.add("status", "CANCELLED" if takes_out else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    entry["organizer"] = vText(f"mailto:{sender.addr_spec}")
    if on is not None:
        day = date.fromisoformat(on)
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
    return _calendar(entry, method)


def _calendar(entry: Event, method: str) -> Invitation:
    calendar = Calendar()
    calendar.add("prodid", "-//Engage//Notifications//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return Invitation(method, calendar.to_ical())
