"""Quiet hours and the most that a person gets, whatever is due when; addresses that do not exist."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from services.notifications.kinds import KINDS
from tests.drawing import drawn
from tests.integration.notifications.conftest import MailServer
from tests.integration.notifications.happenings import (
    START,
    contact,
    contest_decided,
    correction_requested,
    declined,
    idle,
    named,
    proposed,
    recused,
    registered,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

WEEK = timedelta(days=7)
URGENT = {kind.kind for kind in KINDS.all if kind.urgent}


@pytest.mark.drawn
@pytest.mark.parametrize("seed", range(drawn(4)))
async def test_nobody_is_written_to_at_night_or_too_often(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    for name in "ab":
        await office.desk.handle(contact(f"lead {name}"), contact(f"person of mentor {name}"))
    due: dict[str, list[datetime]] = defaultdict(list)
    version = 1
    for _ in range(24 * 40):
        office.clock.advance(3600)
        if chance.random() < 0.08:
            version += 1
            name = chance.choice("ab")
            await office.desk.handle(idle(name, "nudge", version)._replace(time=office.clock.now))
            if chance.random() < 0.3:
                await office.desk.handle(correction_requested(name, version)._replace(time=office.clock.now))
                due[name].append(office.clock.now)
        await office.send()
    for _ in range(24 * 40):
        office.clock.advance(3600)
        await office.send()
    rows = await office.desk.rows("kind, recipient_id, sent_at, state, occasion")
    assert {row["state"] for row in rows if row["kind"] not in URGENT} == {"sent"}, "late, and never lost"
    for recipient in {row["recipient_id"] for row in rows}:
        sent = sorted(row["sent_at"] for row in rows if row["recipient_id"] == recipient and row["kind"] not in URGENT)
        for moment in sent:
            assert KINDS.courtesy.is_open(moment, KINDS.calendar)
            assert sum(moment <= other < moment + WEEK for other in sent) <= KINDS.courtesy.most_a_week
    firsts = (row for row in rows if row["kind"] == "correction-request" and "+" not in row["occasion"])
    asked = sorted(row["sent_at"] for row in firsts if row["sent_at"])
    assert asked
    assert set(asked) <= {moment for moments in due.values() for moment in moments}, "at once, at any hour"


async def test_what_is_beyond_waits_until_the_first_is_a_week_old(office: Office) -> None:
    office.clock.now = START.replace(hour=9)
    await office.desk.handle(contact("lead a"), *(idle("a", "nudge", version) for version in range(1, 9)))
    await office.send()
    rows = [row for row in await office.desk.rows() if row["recipient_id"] == named("lead a")]
    waiting = [row["next_attempt_at"] for row in rows if row["state"] == "scheduled"]
    assert len(rows) - len(waiting) == KINDS.courtesy.most_a_week
    assert waiting == [office.clock.now + WEEK] * 3
    office.clock.now += WEEK
    await office.send()
    states = [row["state"] for row in await office.desk.rows() if row["recipient_id"] == named("lead a")]
    assert states == ["sent"] * 8


async def test_who_wants_no_optional_mail_gets_none_but_all_else(office: Office, mail_server: MailServer) -> None:
    office.clock.now = START.replace(hour=9)
    await office.desk.handle(contact("lead a"), idle("a", "nudge", 2), correction_requested("a", 3))
    await office.desk.pool.execute("UPDATE contact SET unsubscribed_at = now()")
    await office.desk.handle(contact("lead a", email="new@asso.example", hours=1))
    await office.send()
    assert [str(mail["Subject"])[:9] for mail in mail_server.mails] == ["Il manque"]
    (cancelled,) = [said for said in office.said if said["event"] == "cancelled"]
    assert (cancelled["kind"], cancelled["reason"]) == ("pair-nudge-to-lead", "unsubscribed")
    rows = [row for row in await office.desk.rows() if row["recipient_id"] == named("lead a")]
    firsts = {row["kind"]: row["state"] for row in rows if "+" not in row["occasion"]}
    # They are asked at the old address whether the new one is theirs, an hour later: that is no mail that can be ended.
    assert firsts == {
        "correction-request": "sent",
        "pair-nudge-to-lead": "cancelled",
        "address-change-to-lead": "scheduled",
    }


async def test_an_address_that_does_not_exist_is_not_tried_again(office: Office, mail_server: MailServer) -> None:
    mail_server.answers["RCPT"].append("550 5.1.1 no such user")
    await office.desk.handle(registered("a"), contact("lead a"))
    await office.send()
    assert office.said[-1]["reason"] == "smtp-550"
    await office.desk.handle(correction_requested("a", 2))
    await office.send()
    assert (office.said[-1]["event"], office.said[-1]["reason"]) == ("failed", "address-undeliverable")
    assert mail_server.mails == []
    await office.desk.handle(contact("lead a", email="new@association.example", hours=1), correction_requested("a", 3))
    await office.send()
    assert [mail["To"] for mail in mail_server.mails] == ["Lead A <new@association.example>"]


async def test_a_mail_that_is_refused_for_its_content_says_nothing_of_the_address(
    office: Office, mail_server: MailServer
) -> None:
    mail_server.answers["DATA"].append("554 5.7.1 not like this")
    await office.desk.handle(registered("a"), contact("lead a"))
    await office.send()
    await office.desk.handle(correction_requested("a", 2))
    await office.send()
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(("decision", "words"), [("laureate", "est lauréat"), ("not-retained", "ne l’a pas retenu")])
async def test_a_jury_s_decision_is_told_criterion_by_criterion(
    office: Office, mail_server: MailServer, decision: str, words: str
) -> None:
    await office.desk.handle(contact("lead a"), contest_decided("a", decision))
    await office.send()
    (mail,) = mail_server.mails
    text = mail.get_body(("plain",))
    assert text is not None
    content = text.get_content().replace("\u00a0", " ")
    assert words in content
    assert {"- Impact social : 0 sur 20", "- Local roots : non évalué"} <= set(content.splitlines())


async def test_a_lead_learns_that_a_need_is_none_for_them_and_why(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("lead a"), declined("a", "off-topic"))
    await office.desk.handle(contact("lead b"), declined("b", "our-own-code"))
    await office.send()
    texts = {}
    for mail in mail_server.mails:
        text = mail.get_body(("plain",))
        assert text is not None
        texts[mail["To"]] = text.get_content().replace("\u00a0", " ")
    assert "Sa raison : le projet ne répond pas à la question" in texts["Lead A <lead-a@asso.example>"]
    assert "raison" not in texts["Lead B <lead-b@asso.example>"]


async def test_who_abstains_from_a_file_gets_nothing_about_it(office: Office, mail_server: MailServer) -> None:
    await office.desk.handle(contact("owner"), proposed("a"), proposed("b"))
    await office.desk.handle(recused("owner", "a"), recused("owner", "a"))
    await office.send()
    assert [str(mail["Subject"]) for mail in mail_server.mails] == ["Un projet répond à votre besoin\u00a0: Besoin"]
    (cancelled,) = [said for said in office.said if said["event"] == "cancelled"]
    assert (cancelled["matter_id"], cancelled["reason"]) == (str(named("assignment a")), "recused")
