"""Mail that came back, on the command line: what is marked, who is written to no more, and again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.command_line import Outcome, engage
from tests.integration.notifications.conftest import MailServer
from tests.integration.notifications.happenings import contact, correction_requested, named, registered
from tests.integration.notifications.test_sender import Office, office
from tests.unit.notifications.test_bounces import FOLLOW_UP, report

__all__ = ["office"]


def rows(done: Outcome) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_an_address_that_a_report_calls_bad_is_written_to_no_more_until_it_is_restored(
    database_url: str, office: Office, mail_server: MailServer, tmp_path: Path
) -> None:
    await office.desk.handle(registered("a"), contact("lead a"))
    await office.send()
    sent = await office.follow_up()
    ours = report().replace(str(FOLLOW_UP).encode(), str(sent["id"]).encode())
    (row,) = rows(await engage(database_url, "mail", "bounces", "-", "--json", given=ours))
    assert (row["follow_up_id"], row["status"]) == (str(sent["id"]), "5.1.1")
    assert row["outcome"] == "address not written to any more"
    assert (await office.follow_up())["bounced"] == "5.1.1"
    (person,) = rows(await engage(database_url, "mail", "undeliverable", "--json"))
    assert (person["person_id"], person["role"]) == (str(named("lead a")), "lead")
    assert (person["undeliverable"], person["is_changing"]) == ("bounce-5.1.1", False)
    assert "asso.example" not in (await engage(database_url, "mail", "undeliverable")).stdout, (
        "nobody's address is shown"
    )

    await office.desk.handle(correction_requested("a", 2))
    await office.send()
    assert office.said[-1]["reason"] == "address-undeliverable"
    assert (await engage(database_url, "mail", "restore", str(named("lead a")))).returncode == 0
    assert (await engage(database_url, "mail", "restore", str(named("lead a")))).returncode == 1
    await office.desk.handle(correction_requested("a", 3))
    await office.send()
    assert len(mail_server.mails) == 2


async def test_a_report_names_an_address_as_it_travelled(
    database_url: str, office: Office, mail_server: MailServer
) -> None:
    await office.desk.handle(registered("a"), contact("lead a", email="lead-a@éco.example"))
    await office.send()
    sent = await office.follow_up()
    travelled = report().replace(str(FOLLOW_UP).encode(), str(sent["id"]).encode())
    travelled = travelled.replace(b"lead-a@asso.example", b"Lead-A@xn--co-9ia.example")
    (row,) = rows(await engage(database_url, "mail", "bounces", "-", "--json", given=travelled))
    assert row["outcome"] == "address not written to any more"


async def test_a_mailbox_of_reports_is_taken_in_at_once(
    database_url: str, office: Office, mail_server: MailServer, tmp_path: Path
) -> None:
    await office.desk.handle(registered("a"), contact("lead a", email="another@asso.example"))
    await office.send()
    identifier = str((await office.follow_up())["id"]).encode()
    reports = [report(), report(status="5.2.2"), report(action="delayed", status="4.4.1"), report()]
    for number in (0, 1):
        reports[number] = reports[number].replace(str(FOLLOW_UP).encode(), identifier)
    file = tmp_path / "bounces.mbox"
    file.write_bytes(b"".join(b"From MAILER-DAEMON Mon Mar  3 09:00:00 2025\n" + each + b"\n" for each in reports))
    assert [row["outcome"] for row in rows(await engage(database_url, "mail", "bounces", str(file), "--json"))] == [
        "came back from an old address",
        "came back",
        "no report of a failure",
        "not a mail of ours",
    ]
    assert rows(await engage(database_url, "mail", "undeliverable", "--json")) == []
    assert "came back" in (await engage(database_url, "mail", "bounces", str(file))).stdout
    missing = await engage(database_url, "mail", "bounces", str(tmp_path / "none"))
    assert missing.returncode == 2
    assert "No such file" in missing.stderr
