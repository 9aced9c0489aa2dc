"""Mails that had left before the database was restored: told as sent when they fall due again, and not sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.notifications.operations import Departed, note_departed, untold
from services.notifications.planned.follow_ups import LANES
from tests.integration.notifications.conftest import Clock, Desk, Lane, MailServer
from tests.integration.notifications.happenings import START, contact, registered, withdrawn
from tests.integration.notifications.test_sender import Office, new_sender

MESSAGE_ID = "<of-before@ville.example>"


@pytest.fixture
async def office(desk: Desk, mail_server: MailServer) -> AsyncIterator[Office]:
    clock = Clock()
    sender = new_sender(mail_server, clock)
    yield Office(desk, mail_server, clock, sender, [Lane(desk, number) for number in range(LANES)])
    await sender.close()


async def note(office: Office, *names: str) -> None:
    """Notes that the acknowledgements of these had left, whose follow-ups are planned already."""
    rows = await office.desk.rows("id", where="kind = 'acknowledgement'")
    mails = [Departed(row["id"], MESSAGE_ID, START) for row in rows[: len(names)]]
    async with office.desk.pool.acquire() as connection:
        await note_departed(connection, mails)
        await note_departed(connection, mails)  # as by an operator who is not sure whether they did it


async def test_what_had_left_is_told_as_sent_and_leaves_no_second_time(office: Office) -> None:
    await office.desk.handle(registered("a"), contact("lead a"))
    await note(office, "a")
    assert await office.send()
    assert office.server.mails == []
    (event,) = office.said
    assert (event["event"], event["message_id"], event["in_doubt"]) == ("sent", MESSAGE_ID, False)
    assert (await office.follow_up())["state"] == "sent"
    assert not await office.send()


async def test_others_leave_beside_it(office: Office) -> None:
    await office.desk.handle(registered("a"), contact("lead a"), registered("b"), contact("lead b"))
    await note(office, "a")
    await office.send()
    assert len(office.server.mails) == 1
    assert sorted(event["event"] for event in office.said) == ["sent", "sent"]


async def test_what_came_out_otherwise_can_be_seen(office: Office) -> None:
    await office.desk.handle(registered("a"), contact("lead a"))
    await note(office, "a")
    await office.desk.handle(withdrawn("a"))
    async with office.desk.pool.acquire() as connection:
        (row,) = await untold(connection)
    assert (row["kind"], row["state"]) == ("acknowledgement", "cancelled")
