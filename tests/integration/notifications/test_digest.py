"""The week's digest: what an officer gets in one mail, and what of it is no longer told."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.kinds import KINDS
from tests.integration.notifications.conftest import MailServer
from tests.integration.notifications.happenings import (
    START,
    contact,
    idle,
    named,
    no_mentor_found,
    obstacle_lifted,
    offered,
    released,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

MONDAY = KINDS.by_name["no-mentor-found"].due(START, KINDS.calendar)


async def test_a_week_is_told_in_one_mail(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("owner"), contact("lead a"))
    week = [no_mentor_found(name) for name in "abcd"] + [idle(name, "referent", 3) for name in "ef"]
    await office.desk.handle(*week, released("g", before="confirmed"), released("h", before="proposed"))
    await office.send()
    assert mail_server.mails == [], "nothing is told before its day"
    office.clock.now = MONDAY
    while await office.send():
        pass
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Cette semaine, les projets que vous suivez"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    text, page = plain.get_content(), html.get_content()
    for name in "abcdefg":
        assert text.count(f"Projet {name}") >= 1
        assert page.count(f"Projet {name}") >= 1
    assert "Projet h" not in text, "it was only proposed"
    assert page.count("<h2>") == 7
    assert page.count("<!doctype") == text.count("Bonjour") == 1
    rows = await office.desk.rows("kind, state, message_id")
    assert {row["state"] for row in rows} == {"sent"}
    assert {row["message_id"] for row in rows} == {mail["Message-ID"]}, "more than a week's five, and one mail"
    assert [said["event"] for said in office.said] == ["sent"] * 7


async def test_what_is_settled_by_then_is_not_told(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("owner"))
    await office.desk.handle(no_mentor_found("a"), no_mentor_found("b"), obstacle_lifted("c", 3))
    (cancelled, _) = await office.desk.handle(offered("a"))
    assert (cancelled["event"], cancelled["kind"], cancelled["reason"]) == (
        "cancelled",
        "no-mentor-found",
        "pair-offered",
    )
    office.clock.now = MONDAY
    await office.send()
    (mail,) = mail_server.mails
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "Projet a" not in plain.get_content()
    assert "Projet b" in plain.get_content()


async def test_a_digest_that_could_not_be_delivered_is_the_same_again(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("owner"), no_mentor_found("a"), no_mentor_found("b"))
    mail_server.answers["DATA"].append("451 4.3.0 later")
    office.clock.now = MONDAY
    await office.send()
    assert mail_server.mails == []
    office.clock.now += timedelta(seconds=KINDS.retry.first_seconds)
    await office.send()
    (mail,) = mail_server.mails
    rows = await office.desk.rows("recipient_id, message_id, attempts")
    assert {tuple(row.values()) for row in rows} == {(named("owner"), mail["Message-ID"], 2)}


async def test_a_digest_is_whole_however_much_is_due_at_once(office: Office, mail_server: MailServer) -> None:
    names = [str(number) for number in range(70)]
    await office.desk.handle(contact("owner"), *(no_mentor_found(name) for name in names))
    office.clock.now = MONDAY
    await office.send()
    (mail,) = mail_server.mails
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert all(f"Projet {name}" in plain.get_content() for name in names)
