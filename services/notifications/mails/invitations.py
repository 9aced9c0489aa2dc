"""The calendar entry of a pair's first meeting (iCalendar, RFC 5545 and 5546): put in, and taken out again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracts.message import Language
from services.notifications.kinds_file import Kind
from services.notifications.mails.headers import bare
from services.notifications.words import FIRST_MEETING

_LONGEST_LINE: Final = 75
"""In octets, without its end (RFC 5545, section 3.1)."""
# In this order: what is put before the others must not be taken for one of them (RFC 5545, section 3.3.11).
_ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"))
_ESCAPED_OR_NOT: Final = re.compile(r"\\.|.")


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
    summary = f"{FIRST_MEETING[language]} {parameters['project_title']}"
    properties = [
        f"UID:{matter_id}@{sender.domain}",
        f"SEQUENCE:{int(takes_out)}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_escaped(summary)}",
        f"STATUS:{'CANCELLED' if takes_out else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"ORGANIZER:mailto:{sender.addr_spec}",
    ]
    if on is not None:
        day = date.fromisoformat(on)
        properties.append(f"DTSTART;VALUE=DATE:{day:%Y%m%d}")
        properties.append(f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}")
    return _calendar(properties, method)


def _calendar(properties: list[str], method: str) -> Invitation:
    entry = ["BEGIN:VEVENT", *properties, "END:VEVENT"]
    head = ["BEGIN:VCALENDAR", "PRODID:-//Engage//Notifications//FR", "VERSION:2.0", f"METHOD:{method}"]
    lines = [*head, *entry, "END:VCALENDAR"]
    return Invitation(method, "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode())


def _escaped(text: str) -> str:
    """A text as the value of a property: on one line, so that nothing in it can begin another property."""
    text = bare(text)
    for written, escaped in _ESCAPED:
        text = text.replace(written, escaped)
    return text


def _folded(line: str) -> Iterator[str]:
    """A line in pieces that a reader puts together again; no character is cut, and nothing that is escaped."""
    piece, octets = "", 0
    for character in _ESCAPED_OR_NOT.findall(line):
        size = len(character.encode())
        if octets + size > _LONGEST_LINE:
            yield piece
            # What goes on begins with a space, which counts.
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
