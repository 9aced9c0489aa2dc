"""Sending: what reaches the mail server, how often, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

import pytest
from aiosmtpd.smtp import Session
from structlog.testing import capture_logs

from libraries.chassis.watching.metrics import MAILS_NOT_WRITTEN
from services.notifications.kinds import KINDS
from services.notifications.mails.texts import load_texts
from services.notifications.mails.writing import Writer
from services.notifications.planned.follow_ups import LANES
from services.notifications.sending.outcomes import mail_name
from services.notifications.sending.sender import Sender
from services.notifications.sending.smtp import Mailer
from services.notifications.settings import SmtpServer
from tests.integration.notifications.conftest import Clock, Desk, Lane, MailServer, planned, said
from tests.integration.notifications.happenings import (
    activated,
    confirmed,
    contact,
    contact_of,
    erasure_requested,
    named,
    proposed,
    registered,
    rejected,
    withdrawn,
)

TEXTS = load_texts(kind.kind for kind in KINDS.all)
FIRST_PAUSE = KINDS.retry.first_seconds


@dataclass
class Office:
    """A sender with all its lanes."""

    desk: Desk
    server: MailServer
    clock: Clock
    sender: Sender
    lanes: list[Lane]

    async def send(self) -> bool:
        """Whatever is due in every lane; returns whether anything was said of it."""
        before = sum(len(lane.published) for lane in self.lanes)
        await asyncio.gather(*(exhaust(self.sender, lane, self.clock) for lane in self.lanes))
        return sum(len(lane.published) for lane in self.lanes) > before

    @property
    def said(self) -> list[dict[str, Any]]:
        return said([row for lane in self.lanes for row in lane.published])

    async def follow_up(self) -> dict[str, Any]:
        (row,) = await self.desk.rows()
        return row


async def exhaust(sender: Sender, lane: Lane, clock: Clock) -> datetime | None:
    """Performs as long as more is due; returns when the lane is called next."""
    while (due := await sender.perform(lane)) is not None and due <= clock():
        pass
    return due


def new_sender(server: MailServer, clock: Clock, connections: int = 4) -> Sender:
    mailer = Mailer(
        SmtpServer("127.0.0.1", server.port),
        connections=connections,
        local_hostname="ville.example",
        timeout_seconds=2,
    )
    sender = Address("Engage", addr_spec="engage@ville.example")
    return Sender(mailer=mailer, writer=Writer(TEXTS, sender=sender, clock=clock), retry=KINDS.retry, clock=clock)


@pytest.fixture
async def office(desk: Desk, mail_server: MailServer) -> AsyncIterator[Office]:
    clock = Clock()
    sender = new_sender(mail_server, clock)
    yield Office(desk, mail_server, clock, sender, [Lane(desk, number) for number in range(LANES)])
    await sender.close()


@pytest.fixture
async def waiting(office: Office) -> Office:
    """With one acknowledgement that is due."""
    await office.desk.handle(registered("a"), contact("lead a", name="Éloïse Durand"))
    return office


async def test_what_is_due_is_sent_once_and_said(waiting: Office) -> None:
    assert await waiting.send()
    assert not await waiting.send()
    row = await waiting.follow_up()
    (mail,) = waiting.server.mails
    assert waiting.server.recipients == ["lead-a@asso.example"]
    assert mail["Message-ID"] == f"<{row['id']}@ville.example>"
    assert mail["Content-Language"] == "fr"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Bonjour Éloïse Durand,")
    (event,) = waiting.said
    assert event == {
        "event": "sent",
        "follow_up_id": str(row["id"]),
        "kind": "acknowledgement",
        "recipient_id": str(named("lead a")),
        "matter_id": str(named("application a")),
        "from": "scheduled",
        "to": "sent",
        "actor": "engine:notifications@1",
        "reason": None,
        "reminder": 0,
        "occurred_at": "2025-03-03T09:01:00Z",
        "version": 2,
        "message_id": mail["Message-ID"],
        "attempts": 1,
        "in_doubt": False,
    }
    assert (row["state"], row["sent_at"]) == ("sent", waiting.clock.now)


async def test_the_event_belongs_to_the_story_and_its_id_to_the_attempt(waiting: Office) -> None:
    await waiting.send()
    (row,) = [row for lane in waiting.lanes for row in lane.published]
    assert row.correlation_id == registered("a").correlation_id
    await waiting.desk.pool.execute(
        "UPDATE follow_up SET state = 'scheduled', attempts = 0, sent_at = NULL, next_attempt_at = due_at"
    )
    await waiting.send()
    _, again = [row for lane in waiting.lanes for row in lane.published]
    assert (again.id, again.causation_id) == (row.id, row.causation_id)


async def test_without_a_contact_a_follow_up_waits(office: Office) -> None:
    await office.desk.handle(registered("a"))
    assert not await office.send()
    row = await office.follow_up()
    assert (row["state"], row["attempts"]) == ("scheduled", 0)
    await office.desk.handle(contact("lead a", language="en"))
    assert await office.send()
    assert office.server.mails[0]["Subject"] == "Your application is registered: Projet a"


async def test_many_without_a_contact_do_not_stand_in_the_way_of_one_with(office: Office) -> None:
    await office.desk.handle(*(registered(f"{number}") for number in range(220)))
    office.clock.advance(1)
    await office.desk.handle(rejected("a"), contact("lead a"))
    for _ in range(3):
        await office.send()
    assert office.server.recipients == ["lead-a@asso.example"]
    assert not await office.send()


async def test_a_contact_that_arrived_unnoticed_is_found_in_a_while(office: Office) -> None:
    await office.desk.handle(registered("a"))
    await office.send()
    # As when a contact and what waits for it commit at the same moment, neither seeing the other.
    await office.desk.pool.execute(
        "INSERT INTO contact VALUES ($1, $2, 'lead', 'Ada', 'ada@asso.example', 'en', now())",
        contact_of("lead a"),
        named("lead a"),
    )
    assert not await office.send()
    office.clock.advance(60)
    assert await office.send()
    assert (await office.follow_up())["attempts"] == 1


async def test_what_is_planned_for_later_waits(waiting: Office) -> None:
    waiting.clock.advance(-3600)
    assert not await waiting.send()
    assert waiting.server.mails == []


async def test_an_introduction_waits_for_both_contacts_and_names_the_other(office: Office) -> None:
    await office.desk.handle(activated("a"), contact("lead a"))
    assert not await office.send()
    await office.desk.handle(contact("person of mentor a", language="en"))
    await office.send()
    mails = dict(zip(office.server.recipients, office.server.mails, strict=True))
    assert "person-of-mentor-a@asso.example" in str(mails["lead-a@asso.example"].get_body(("plain",)))
    assert "lead-a@asso.example" in str(mails["person-of-mentor-a@asso.example"].get_body(("plain",)))


@pytest.mark.parametrize(
    ("stage", "answer"), [("RCPT", "451 4.7.1 Later"), ("DATA", "452 4.3.1 Full"), ("MAIL", "550 5.7.1 Not you")]
)
async def test_a_temporary_refusal_is_tried_again_after_a_pause(waiting: Office, stage: str, answer: str) -> None:
    waiting.server.answers[stage] = [answer]
    await waiting.send()
    row = await waiting.follow_up()
    assert (row["state"], row["attempts"], row["in_doubt"]) == ("scheduled", 1, False)
    assert waiting.said == []
    assert not await waiting.send()
    waiting.clock.advance(FIRST_PAUSE)
    await waiting.send()
    (event,) = waiting.said
    assert (event["to"], event["attempts"], event["in_doubt"]) == ("sent", 2, False)
    assert len(waiting.server.mails) == 1


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_final_refusal_fails_without_quoting_the_server(waiting: Office, stage: str) -> None:
    waiting.server.answers[stage] = ["550 5.1.1 <lead-a@asso.example> unknown"]
    await waiting.send()
    (event,) = waiting.said
    assert (event["from"], event["to"], event["reason"], event["attempts"]) == ("scheduled", "failed", "smtp-550", 1)
    assert "lead-a@" not in str(event)
    waiting.clock.advance(86_400)
    assert not await waiting.send()
    assert waiting.server.mails == []


async def test_a_connection_lost_after_the_content_leaves_doubt_and_the_same_message_id(waiting: Office) -> None:
    waiting.server.answers["DATA"] = ["lost"]
    await waiting.send()
    row = await waiting.follow_up()
    assert (row["state"], row["in_doubt"]) == ("scheduled", True)
    waiting.clock.advance(FIRST_PAUSE)
    await waiting.send()
    (event,) = waiting.said
    assert (event["to"], event["attempts"], event["in_doubt"]) == ("sent", 2, True)
    first, second = waiting.server.mails
    assert first["Message-ID"] == second["Message-ID"] == event["message_id"]


async def test_what_may_have_left_and_was_settled_since_says_so(waiting: Office) -> None:
    waiting.server.answers["DATA"] = ["lost"]
    await waiting.send()
    event, confirmation = await waiting.desk.handle(withdrawn("a"))
    assert (event["to"], event["in_doubt"]) == ("cancelled", True)
    assert [it["kind"] for it in planned([confirmation])] == ["withdrawal"]


async def test_no_server_means_a_pause_and_no_doubt(waiting: Office) -> None:
    await waiting.server.stop()
    assert not await waiting.send()
    row = await waiting.follow_up()
    assert (row["state"], row["attempts"], row["in_doubt"]) == ("scheduled", 1, False)
    await waiting.server.start()
    waiting.clock.advance(FIRST_PAUSE)
    assert await waiting.send()
    assert len(waiting.server.mails) == 1


async def test_connections_stay_open_and_one_that_the_server_closed_costs_no_attempt(waiting: Office) -> None:
    await waiting.send()
    for answer in ("hang up", "421 4.3.2 Closing"):
        name = answer.replace(" ", "-").lower()
        await waiting.desk.handle(registered(name), contact(f"lead {name}"))
        if answer == "hang up":
            waiting.server.hang_up()
            await asyncio.sleep(0.05)
        else:
            waiting.server.answers["MAIL"] = [answer]
        assert await waiting.send()
    assert [(event["to"], event["attempts"]) for event in waiting.said] == [("sent", 1)] * 3


async def test_many_mails_share_few_connections(office: Office) -> None:
    names = [f"{number}" for number in range(120)]
    await office.desk.handle(*(event for name in names for event in (registered(name), contact(f"lead {name}"))))
    while await office.send():
        pass
    assert sorted(office.server.recipients) == sorted(f"lead-{name}@asso.example" for name in names)
    assert office.server.connections <= 4


async def test_a_commit_that_fails_after_the_mail_left_sends_no_second_one(waiting: Office) -> None:
    (number,) = [row["lane"] for row in await waiting.desk.rows()]
    lane = waiting.lanes[number]
    lane.broken_commits = {2, 3}
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await waiting.sender.perform(lane)
    assert (await waiting.follow_up())["state"] == "sending"
    await waiting.sender.perform(lane)
    (event,) = waiting.said
    assert (event["to"], event["attempts"], event["in_doubt"]) == ("sent", 1, False)
    assert len(waiting.server.mails) == 1


async def test_the_claim_of_a_dead_owner_ends_and_its_mail_is_in_doubt(waiting: Office) -> None:
    (number,) = [row["lane"] for row in await waiting.desk.rows()]
    lane = waiting.lanes[number]
    lane.broken_commits = {2}
    with pytest.raises(ConnectionError):
        await waiting.sender.perform(lane)
    successor = new_sender(waiting.server, waiting.clock)
    assert await exhaust(successor, lane, waiting.clock) == waiting.clock.now + timedelta(seconds=60)
    waiting.clock.advance(60)
    await exhaust(successor, lane, waiting.clock)
    (event,) = waiting.said
    assert (event["to"], event["attempts"], event["in_doubt"]) == ("sent", 2, True)
    first, second = waiting.server.mails
    assert first["Message-ID"] == second["Message-ID"]
    # What the first owner still remembers is of an attempt that no longer counts.
    await waiting.sender.perform(lane)
    assert len(waiting.said) == 1
    await successor.close()


def meanwhile(work: Callable[[], Awaitable[object]], answer: str) -> Callable[[Session], Awaitable[str]]:
    async def respond(session: Session) -> str:
        await work()
        return answer

    return respond


async def test_what_is_settled_while_it_is_sent_is_not_tried_again(waiting: Office) -> None:
    published: list[dict[str, Any]] = []

    async def withdraw() -> None:
        published.extend(await waiting.desk.handle(withdrawn("a")))

    waiting.server.answers["DATA"] = [meanwhile(withdraw, "451 4.7.1 Later")]
    await waiting.send()
    assert [it["kind"] for it in planned(published)] == ["withdrawal"]
    (event,) = [it for it in waiting.said if it["kind"] == "acknowledgement"]
    assert (event["from"], event["to"], event["reason"]) == ("scheduled", "cancelled", "application-withdrawn")
    waiting.clock.advance(86_400)
    await waiting.send()
    assert ["retirée" in str(mail["Subject"]) for mail in waiting.server.mails] == [True]


async def test_what_is_settled_while_it_is_accepted_was_sent(waiting: Office) -> None:
    waiting.server.answers["DATA"] = [meanwhile(lambda: waiting.desk.handle(withdrawn("a")), "250 OK")]
    await waiting.send()
    assert [(event["kind"], event["to"]) for event in waiting.said] == [
        ("acknowledgement", "sent"),
        ("withdrawal", "sent"),
    ]


async def test_what_was_cancelled_is_never_sent(waiting: Office) -> None:
    await waiting.desk.handle(withdrawn("a"))
    await waiting.send()
    assert [event["kind"] for event in waiting.said] == ["withdrawal"]
    assert len(waiting.server.mails) == 1


async def test_erasure_cancels_what_was_scheduled_for_the_person_or_introduces_them(office: Office) -> None:
    await office.desk.handle(registered("a"), activated("a"), contact("lead a"), contact("person of mentor a"))
    await office.desk.handle(erasure_requested("lead a"))
    await office.send()
    assert {(event["kind"], event["to"], event["reason"]) for event in office.said} == {
        ("acknowledgement", "cancelled", "contact-erased"),
        ("introduction-to-lead", "cancelled", "contact-erased"),
        ("introduction-to-mentor", "cancelled", "contact-erased"),
    }
    assert office.server.mails == []


async def test_statements_do_not_grow_with_what_is_due(office: Office) -> None:
    async def statements(names: Sequence[str]) -> int:
        await office.desk.handle(*(proposed(name) for name in names))
        before = len(office.desk.queries)
        await office.send()
        return len(office.desk.queries) - before

    await office.desk.handle(contact("owner"))
    assert 5 < await statements(["one"]) == await statements([str(number) for number in range(40)]) < 20


async def test_one_bad_mail_holds_up_nobody(office: Office) -> None:
    await office.desk.handle(registered("a"), contact("lead a", email="a,b@asso.example"))
    await office.desk.handle(rejected("b"), contact("lead b"), registered("c"), contact("lead c"))
    await office.desk.pool.execute("UPDATE follow_up SET parameters = '{}' WHERE kind = 'rejection'")
    before = MAILS_NOT_WRITTEN._value.get()
    with capture_logs() as logs:
        await office.send()
    assert office.server.recipients == ["lead-c@asso.example"]
    assert {(event["to"], event["reason"]) for event in office.said} == {
        ("sent", None),
        ("failed", "address-invalid"),
        ("failed", "cannot-be-written"),
    }
    assert MAILS_NOT_WRITTEN._value.get() == before + 1
    (told,) = [line for line in logs if line.get("reason") == "cannot-be-written"]
    assert (told["log_level"], told["kind"], told["error"]) == ("warning", "rejection", "TextsError")
    assert (told["matter_id"], "follow_up_id" in told) == (str(named("application b")), True)
    office.clock.advance(86_400)
    assert not await office.send()


async def test_an_address_in_other_letters_is_written_to(office: Office) -> None:
    await office.desk.handle(registered("a"), contact("lead a", email="zoé@asso.example"))
    await office.send()
    assert office.server.recipients == ["zoé@asso.example"]


async def test_a_title_that_looks_like_mail_syntax_adds_nothing_to_the_mail(office: Office) -> None:
    title = "Été =?UTF-8?Q?=0A?=Bcc: x@evil.example"
    told = registered("a")
    told = told._replace(data=told.data.model_copy(update={"project_title": title}))
    await office.desk.handle(told, contact("lead a", name='Zoé "Z" Durand, dite =?utf-8?q?=0A?='))
    await office.send()
    (mail,) = office.server.mails
    assert "Bcc" not in mail
    assert office.server.recipients == ["lead-a@asso.example"]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert title in plain.get_content()


async def test_no_more_leave_in_a_second_than_the_server_wants(office: Office) -> None:
    rate, count = 50.0, 6
    server = SmtpServer("127.0.0.1", office.server.port)
    mailer = Mailer(server, connections=4, local_hostname="ville.example", per_second=rate)
    sender = Address("Engage", addr_spec="engage@ville.example")
    writer = Writer(TEXTS, sender=sender, clock=office.clock)
    limited = Sender(mailer=mailer, writer=writer, retry=KINDS.retry, clock=office.clock, per_second=rate)
    names = [str(number) for number in range(count)]
    await office.desk.handle(*(registered(name) for name in names), *(contact(f"lead {name}") for name in names))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(exhaust(limited, lane, office.clock) for lane in office.lanes))
    took = loop.time() - began
    await limited.close()
    assert len(office.server.mails) == count
    assert took >= (count - 1) / rate


@pytest.mark.parametrize(("rate", "claimed"), [(0.1, 1), (2.0, 15), (1000.0, 50)])
async def test_a_slow_server_is_given_no_more_than_it_can_take_in_time(
    office: Office, rate: float, claimed: int
) -> None:
    mailer = Mailer(SmtpServer("127.0.0.1", office.server.port), connections=4, local_hostname="ville.example")
    sender = Address("Engage", addr_spec="engage@ville.example")
    writer = Writer(TEXTS, sender=sender, clock=office.clock)
    limited = Sender(mailer=mailer, writer=writer, retry=KINDS.retry, clock=office.clock, per_second=rate)
    # All for one person, so in one lane, and urgent: nothing else holds them back.
    await office.desk.handle(contact("owner"), *(proposed(str(number)) for number in range(60)))
    for lane in office.lanes:
        await limited.perform(lane)
    await limited.close()
    assert len(office.server.mails) == claimed


async def test_a_reminder_is_planned_when_the_mail_has_left_and_cancelled_by_the_answer(office: Office) -> None:
    await office.desk.handle(contact("owner"), proposed("a"))
    await office.send()
    assert [it["event"] for it in office.said] == ["sent", "planned"]
    (reminder,) = office.said[-1]["follow_ups"]
    assert (reminder["kind"], reminder["reminder"]) == ("assignment-proposal", 1)
    cancelled, _ = await office.desk.handle(confirmed("a"))
    assert (cancelled["event"], cancelled["reason"]) == ("cancelled", "assignment-confirmed")
    assert (cancelled["follow_up_id"], cancelled["version"]) == (reminder["follow_up_id"], 2)


async def test_what_is_set_aside_keeps_nothing_else_from_leaving(office: Office) -> None:
    mailer = Mailer(SmtpServer("127.0.0.1", office.server.port), connections=4, local_hostname="ville.example")
    writer = Writer(TEXTS, sender=Address("Engage", addr_spec="engage@ville.example"), clock=office.clock)
    # A portion is one mail, and all are for one person, so in one lane.
    limited = Sender(mailer=mailer, writer=writer, retry=KINDS.retry, clock=office.clock, per_second=0.1)
    await office.desk.handle(contact("owner"), *(proposed(str(number)) for number in range(5)))
    rows = await office.desk.rows("id, due_at")
    *aside, last = (row["id"] for row in rows)
    await office.desk.pool.execute("UPDATE follow_up SET next_attempt_at = due_at + interval '1s' WHERE id = $1", last)
    for lane in office.lanes:
        lane.set_aside = [mail_name(each) for each in aside]
        await limited.perform(lane)
    await limited.close()
    states = {row["id"]: row["state"] for row in await office.desk.rows("id, state")}
    assert states.pop(last) == "sent"
    assert set(states.values()) == {"scheduled"}, "a reminder of what was sent, and what is set aside"
