"""The first meeting of a pair in people's calendars: put in with the introduction, taken out when the pair ends."""

from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage

import vobject
from icalendar import Calendar, Event

from services.notifications.kinds import KINDS
from tests.integration.notifications.conftest import MailServer
from tests.integration.notifications.happenings import START, activated, contact, ended, named
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]


def entry_of(mail: EmailMessage) -> tuple[str, Event]:
    """The method and the only entry of a mail's calendar."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert isinstance(calendar, Calendar)
    assert part.get_param("method") == calendar["METHOD"]
    assert calendar.errors == []
    (entry,) = calendar.walk("VEVENT")
    assert isinstance(entry, Event)
    # Another library reads the same.
    read = vobject.readOne(part.get_content())
    (seen,) = read.vevent_list
    assert (read.method.value, seen.uid.value) == (str(calendar["METHOD"]), str(entry["UID"]))
    assert int(seen.sequence.value) == entry["SEQUENCE"]
    if "DTSTART" in entry:
        assert (seen.dtstart.value, seen.summary.value) == (entry.start, str(entry["SUMMARY"]))
    return str(calendar["METHOD"]), entry


async def test_a_pair_finds_the_day_in_its_calendars_and_it_goes_when_the_pair_ends(
    office: Office, mail_server: MailServer
) -> None:
    both = contact("lead a"), contact("person of mentor a", language="en")
    await office.desk.handle(*both, activated("a", first_contact_by=date(2025, 3, 17)))
    await office.send()
    english, french = sorted(mail_server.mails, key=lambda mail: str(mail["Content-Language"]))
    mail_server.mails.clear()
    method, entry = entry_of(french)
    assert (method, entry["UID"], entry["SEQUENCE"]) == ("PUBLISH", f"{named('pair a')}@ville.example", 0)
    assert (entry.start, entry.end) == (date(2025, 3, 17), date(2025, 3, 18))
    assert str(entry["SUMMARY"]) == "Premier échange du binôme, au plus tard ce jour\u00a0: Projet a"
    assert str(entry_of(english)[1]["SUMMARY"]) == "First meeting of the pair, by this day: Projet a"

    await office.desk.handle(ended("a", "active", 5))
    office.clock.now = START.replace(hour=10)
    await office.send()
    assert len(mail_server.mails) == 2
    for mail in mail_server.mails:
        method, gone = entry_of(mail)
        assert (method, gone["UID"], gone["SEQUENCE"]) == ("CANCEL", entry["UID"], 1)
        assert gone["STATUS"] == "CANCELLED"


async def test_a_mail_that_has_no_day_to_give_has_no_calendar(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("lead a"), contact("person of mentor a"), activated("a"))
    office.clock.now += timedelta(minutes=1)
    await office.send()
    assert len(mail_server.mails) == 2
    for mail in mail_server.mails:
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert {kind.kind for kind in KINDS.all if kind.calendar == "puts-in"} == {
        "introduction-to-lead",
        "introduction-to-mentor",
    }
