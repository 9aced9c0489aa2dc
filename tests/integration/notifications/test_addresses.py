"""A changed address: what goes where until it is confirmed, by whoever reads the old one or by the programme's desk."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from services.notifications.address_changes import BY_LINK, ChangeState, confirm, show_change
from tests.command_line import engage
from tests.integration.notifications.conftest import Desk, handle
from tests.integration.notifications.happenings import (
    START,
    contact,
    contact_of,
    correction_requested,
    erasure_requested,
    idle,
    named,
    offered,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

MENTOR = "mentor-a@ville.example"
OLD, NEW, NEWEST = "lead-a@asso.example", "new@asso.example", "newest@asso.example"
LEAD = "lead a"


def changed(email: str, hours: float = 0) -> Any:
    return contact(LEAD, email=email, hours=hours)


@pytest.fixture
async def changing(office: Office) -> Office:
    """With a lead whose new address waits."""
    office.clock.now = START.replace(hour=10)
    await office.desk.handle(contact(LEAD), contact("person of mentor a", email=MENTOR), changed(NEW))
    return office


async def changes(desk: Desk) -> list[dict[str, Any]]:
    return [dict(row) for row in await desk.pool.fetch("SELECT * FROM address_change ORDER BY said_at, state DESC")]


async def waiting(desk: Desk) -> Any:
    return await desk.pool.fetchval("SELECT change_id FROM contact WHERE contact_id = $1", contact_of(LEAD))


async def confirmed(desk: Desk, change_id: Any) -> bool:
    async with desk.pool.acquire() as connection:
        return await confirm(connection, change_id, at=START, by=BY_LINK)


async def state_of(desk: Desk, change_id: Any) -> ChangeState:
    async with desk.pool.acquire() as connection:
        shown = await show_change(connection, change_id)
    assert shown is not None
    return shown.state


async def test_until_it_is_confirmed_what_proves_a_right_goes_to_the_old_address(changing: Office) -> None:
    desk = changing.desk
    await desk.handle(offered("a"), idle("a", "nudge", 2), correction_requested("a", 3))
    await changing.send()
    sent = {str(mail["Subject"])[:9]: mail["To"].addresses[0].addr_spec for mail in changing.server.mails}
    # The mentor has their offer and their nudge.
    assert sorted(it for it in sent.values() if it != MENTOR) == [OLD, OLD, OLD, NEW]
    assert sent["Il manque"] == NEW
    by_kind = {row["kind"] for row in await desk.rows(where=f"state = 'sent' AND recipient_id = '{named(LEAD)}'")}
    assert by_kind == {"address-change-to-lead", "pair-offer-to-lead", "pair-nudge-to-lead", "correction-request"}
    told = next(mail for mail in changing.server.mails if "adresse" in str(mail["Subject"]))
    body = told.get_body(("plain",))
    assert body is not None
    assert NEW in body.get_content()
    assert told["List-Unsubscribe"] is None


async def test_once_it_is_confirmed_all_goes_to_the_new_one(changing: Office) -> None:
    desk = changing.desk
    change = await waiting(desk)
    await changing.send()
    assert await confirmed(desk, change)
    assert not await confirmed(desk, change), "once"
    assert await state_of(desk, change) == "confirmed"
    (kept,) = await changes(desk)
    assert (kept["decided_by"], kept["decided_at"]) == ("link", START)
    await desk.handle(offered("a"))
    await changing.send()
    assert sorted(changing.server.recipients) == [OLD, MENTOR, NEW]


async def test_what_was_confirmed_before_it_left_is_not_asked(changing: Office) -> None:
    assert await confirmed(changing.desk, await waiting(changing.desk))
    await changing.send()
    assert changing.server.mails == []
    assert [(event["event"], event["reason"]) for event in changing.said] == [("cancelled", "address-confirmed")]


async def test_a_second_change_replaces_the_first_and_is_asked_at_the_same_old_address(changing: Office) -> None:
    desk, first = changing.desk, await waiting(changing.desk)
    said = await desk.handle(changed(NEWEST, 0.1))
    assert [event["event"] for event in said] == ["cancelled", "planned"]
    assert await state_of(desk, first) == "replaced"
    assert not await confirmed(desk, first), "the older link confirms nothing"
    changing.clock.advance(600)
    await changing.send()
    assert changing.server.recipients == [OLD]
    assert await confirmed(desk, await waiting(desk))
    assert await desk.pool.fetchval("SELECT email FROM contact WHERE former_email IS NULL AND role = 'lead'") == NEWEST


async def test_a_change_that_is_taken_back_leaves_nothing_to_confirm(changing: Office) -> None:
    desk, change = changing.desk, await waiting(changing.desk)
    (event,) = await desk.handle(changed(OLD, 0.1))
    assert (event["event"], event["reason"]) == ("cancelled", "contact-published")
    assert not await confirmed(desk, change)
    assert await waiting(desk) is None
    await changing.send()
    assert changing.server.mails == []


async def test_changes_in_one_batch_are_as_one_after_the_other(desk: Desk) -> None:
    await desk.handle(contact(LEAD), changed(NEW), changed(NEWEST), changed(OLD), changed(NEW))
    assert [change["state"] for change in await changes(desk)] == ["waiting", "replaced", "replaced"]
    states = [row["state"] for row in await desk.rows()]
    assert sorted(states) == ["cancelled", "cancelled", "scheduled"]


async def test_who_is_forgotten_meanwhile_is_asked_nothing(changing: Office) -> None:
    desk, change = changing.desk, await waiting(changing.desk)
    await desk.handle(erasure_requested(LEAD))
    assert not await confirmed(desk, change)
    assert await state_of(desk, change) == "replaced"
    await changing.send()
    assert changing.server.mails == []
    assert [event["reason"] for event in changing.said] == ["contact-erased"]


async def test_a_confirmation_while_a_word_about_the_contact_is_written_has_that_done_again(changing: Office) -> None:
    desk, word = changing.desk, changed(NEWEST, 0.1)
    late = desk.unit(word)
    unit = await late.__aenter__()
    assert await confirmed(desk, await waiting(desk))
    handle(unit, [word])
    with pytest.raises(asyncpg.SerializationError):
        await late.__aexit__(None, None, None)


async def test_an_operator_confirms_where_the_old_address_is_dead_and_nowhere_else(
    database_url: str, changing: Office
) -> None:
    command = ("mail", "confirm-address", str(named(LEAD)), "lead", "--by", "tester", "--why", "came to the desk")
    refused = await engage(database_url, *command)
    assert refused.returncode == 1
    assert "still reached" in refused.stderr
    changing.server.answers["RCPT"] = ["550 5.1.1 no such user"]
    await changing.send()
    listed = await engage(database_url, "mail", "undeliverable")
    assert "not confirmed" in listed.stdout
    assert "asso.example" not in listed.stdout
    assert (await engage(database_url, *command)).returncode == 0
    (kept,) = await changes(changing.desk)
    assert (kept["state"], kept["decided_by"], kept["decided_why"]) == ("confirmed", "tester", "came to the desk")
    assert kept["decided_at"] is not None
    again = await engage(database_url, *command)
    assert (again.returncode, "waits" in again.stderr) == (1, True)
    nobody = await engage(database_url, "mail", "confirm-address", str(named(LEAD)), "boss", "--why", "x")
    assert nobody.returncode == 2
    await changing.desk.handle(offered("a"))
    await changing.send()
    assert NEW in changing.server.recipients[-2:]
