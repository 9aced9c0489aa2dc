"""A provider that refuses us for our fault: its addresses stay alive, its mail waits, others' mail goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from libraries.chassis.watching.metrics import PROVIDERS_PAUSED
from services.notifications.operations import take_in
from services.notifications.sending.forgetting import Purge
from services.notifications.sending.providers import FORGOTTEN, MOST_ATTEMPTS, pause_after
from tests.integration.notifications.happenings import contact, named, registered
from tests.integration.notifications.test_sender import Office, new_sender, office
from tests.unit.notifications.test_bounces import FOLLOW_UP, report

__all__ = ["office"]

NO_SPF = "550 5.7.26 This mail has been blocked because the sender is unauthenticated."


async def registers(office: Office, *names: str, at: str = "grand.example") -> None:
    for name in names:
        person = contact(f"lead {name}", email=f"{name}@{at}")
        await office.desk.handle(registered(name), person)


async def undeliverable(office: Office) -> int:
    return int(await office.desk.pool.fetchval("SELECT count(*) FROM contact WHERE undeliverable IS NOT NULL"))


async def until_paused(office: Office) -> None:
    await registers(office, "a", "b", "c")
    office.server.answers["RCPT"] = [NO_SPF] * 3
    await office.send()
    assert office.server.answers["RCPT"] == []


async def test_a_missing_record_marks_no_address_and_loses_no_mail(office: Office) -> None:
    before = PROVIDERS_PAUSED._value.get()
    with capture_logs() as logs:
        await until_paused(office)
    assert office.said == []
    assert await undeliverable(office) == 0
    assert set((await office.desk.states()).values()) == {"scheduled"}
    (alarm,) = [line for line in logs if line.get("action") == "pause-provider"]
    assert (alarm["log_level"], alarm["provider"], alarm["by_report"]) == ("error", "grand.example", False)
    assert PROVIDERS_PAUSED._value.get() == before + 1
    assert "a@grand.example" not in str(logs)
    assert {line["fault"] for line in logs if line.get("action") == "send"} == {"sender"}

    # Others go on; whoever is with that provider waits.
    await registers(office, "d")
    await registers(office, "e", at="petit.example")
    await office.send()
    assert office.server.recipients == ["e@petit.example"]

    # One goes first and shows that all is well; then all follow.
    office.clock.advance(pause_after(1).total_seconds())
    for _ in range(3):
        await office.send()
        office.clock.advance(60)
    assert sorted(office.server.recipients) == [*(f"{name}@grand.example" for name in "abcd"), "e@petit.example"]
    assert await office.desk.pool.fetchval("SELECT count(*) FROM provider") == 0


async def test_a_provider_that_goes_on_refusing_is_asked_ever_less_often(office: Office) -> None:
    await until_paused(office)
    asked = 0
    office.server.answers["RCPT"] = [NO_SPF] * 500
    for _ in range(24 * 4):
        office.clock.advance(900)
        await office.send()
    asked = 500 - len(office.server.answers["RCPT"])
    assert 3 <= asked <= 20
    assert office.server.mails == []
    assert await undeliverable(office) == 0


async def test_a_mail_that_is_refused_for_ever_fails_at_last(office: Office) -> None:
    await registers(office, "a")
    office.server.answers["DATA"] = [NO_SPF] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        await office.send()
        office.clock.advance(4 * 3600)
    (event,) = office.said
    assert (event["to"], event["reason"], event["attempts"]) == ("failed", "smtp-550", MOST_ATTEMPTS)
    # One person alone says nothing of a provider.
    assert await office.desk.pool.fetchval("SELECT max(pauses) FROM provider") == 0


async def test_what_an_operator_asks_for_is_tried_though_its_provider_is_paused(office: Office) -> None:
    await until_paused(office)
    await office.desk.pool.execute(
        "UPDATE follow_up SET requested = 'send-now', next_attempt_at = 'epoch' WHERE recipient_id = $1",
        named("lead a"),
    )
    await office.send()
    assert office.server.recipients == ["a@grand.example"]


@pytest.mark.parametrize(
    ("answer", "dead"),
    [("550 5.1.1 No such user", True), ("550 No such user", True), ("550 5.2.1 Disabled", False),
     ("550 5.7.1 Blocked", False), ("553 5.1.7 Bad sender", False), ("550 Sender verify failed", False)],
)  # fmt: skip
async def test_only_the_recipient_s_fault_marks_an_address(office: Office, answer: str, dead: bool) -> None:
    await registers(office, "a")
    office.server.answers["RCPT"] = [answer]
    await office.send()
    assert await undeliverable(office) == dead


async def came_back(office: Office, name: str, status: str) -> str:
    """Takes in a report of what was sent to somebody; returns what that means."""
    row = (await office.desk.rows(where=f"recipient_id = '{named(f'lead {name}')}'"))[0]
    content = report(status=status).replace(str(FOLLOW_UP).encode(), str(row["id"]).encode())
    async with office.desk.pool.acquire() as connection:
        return (await take_in(connection, content, at=office.clock())).outcome


async def test_reports_pause_a_provider_too_and_the_sender_raises_the_alarm(office: Office) -> None:
    await registers(office, "a", "b", "c", "d")
    await office.send()
    assert [await came_back(office, name, "5.7.26") for name in "aabc"] == [
        "came back",
        "came back",
        "came back",
        "came back; mail to its provider pauses",
    ]
    assert await came_back(office, "d", "5.7.26") == "came back"
    assert await undeliverable(office) == 0
    await registers(office, "e")
    with capture_logs() as logs:
        await office.send()
    (alarm,) = [line for line in logs if line.get("action") == "pause-provider"]
    assert (alarm["by_report"], len(office.server.mails)) == (True, 4)
    # That the server between takes a mail shows nothing of the provider behind it.
    office.clock.advance(pause_after(1).total_seconds())
    await office.send()
    assert len(office.server.mails) == 5
    assert await office.desk.pool.fetchval("SELECT pauses FROM provider") == 1


async def test_a_mail_that_was_given_up_is_noticed_and_its_address_lives(office: Office) -> None:
    await registers(office, "a")
    await office.send()
    assert await came_back(office, "a", "4.4.7") == "came back"
    assert (await office.follow_up())["bounced"] == "4.4.7"
    assert await undeliverable(office) == 0
    assert await office.desk.pool.fetchval("SELECT count(*) FROM provider") == 0


async def test_what_a_provider_refused_is_forgotten_after_a_while(office: Office) -> None:
    await until_paused(office)
    office.clock.advance((FORGOTTEN + timedelta(hours=1)).total_seconds())
    purge = Purge(office.clock)
    await purge.perform(office.lanes[0])
    assert await office.desk.pool.fetchval("SELECT count(*) FROM provider") == 0


async def test_two_processes_that_note_the_first_refusals_lose_none(office: Office) -> None:
    await registers(office, "a", "b", "c")
    other = new_sender(office.server, office.clock)
    office.server.answers["RCPT"] = [NO_SPF] * 3
    for number, lane in enumerate(office.lanes):
        await (other if number % 2 else office.sender).perform(lane)
    await other.close()
    row = await office.desk.pool.fetchrow("SELECT people, pauses FROM provider")
    assert row is not None
    assert set(row["people"]) == {named(f"lead {name}") for name in "abc"}
    assert row["pauses"] == 1
