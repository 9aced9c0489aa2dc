"""Mails as strangers read them: the library of Python, and a reader of another making in another language."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from contracts.characters import one_line
from services.notifications.kinds import KINDS
from services.notifications.mails.bodies import Text
from services.notifications.mails.composing import Mail
from services.notifications.mails.headers import bare
from services.notifications.mails.texts import load_texts
from services.notifications.mails.writing import Writer
from services.notifications.people import Correspondent
from services.notifications.sending.outcomes import ClaimedMail
from tests.tools import node_packages, program
from tests.unit.notifications.test_hostile_words import ATTACK, TITLES

# It depends on nothing, and shares nothing with the library of Python.
_READER = "postal-mime@4.0.0"
_SCRIPT = """
import { createInterface } from 'node:readline';
import PostalMime from 'postal-mime';
for await (const line of createInterface({ input: process.stdin })) {
  const mail = await PostalMime.parse(Buffer.from(line, 'base64'));
  const calendar = mail.attachments.find((it) => it.mimeType === 'text/calendar');
  console.log(JSON.stringify({
    names: mail.headers.map((it) => it.originalKey ?? it.key), subject: mail.subject, from: mail.from, to: mail.to,
    text: mail.text, html: mail.html,
    calendar: calendar ? Buffer.from(calendar.content).toString('utf8') : null,
  }));
}
"""
ID = UUID("01890c5e-7b1a-8c33-9d2f-3f0a8c6d1e55")
SENDER = Address("Ville de Marseille, « Engage »", addr_spec="engage@ville.example")
TEXTS = load_texts(["acknowledgement", "introduction-to-lead"])


class Read(NamedTuple):
    """What a reader makes of a mail."""

    names: list[str]
    subject: str
    sender: tuple[str, str]
    recipient: tuple[str, str]
    plain: str
    html: str
    calendar: str | None


class Stranger:
    """A process that reads one mail a line."""

    def __init__(self) -> None:
        directory = node_packages(_READER)
        script = directory / "read.mjs"
        script.write_text(_SCRIPT)
        argv = [program("node", "install Node.js 20 or later"), str(script)]
        self._process = subprocess.Popen(argv, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, content: bytes) -> Read:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b64encode(content) + b"\n")
        self._process.stdin.flush()
        seen = json.loads(self._process.stdout.readline())
        sender, (recipient,) = seen["from"], seen["to"]
        return Read(
            seen["names"],
            seen["subject"],
            (sender["name"], sender["address"]),
            (recipient["name"], recipient["address"]),
            seen["text"],
            seen["html"],
            seen["calendar"],
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    reader = Stranger()
    yield reader
    reader.close()


def python(content: bytes) -> Read:
    """As Python's own library reads it, by the policy that it advises."""
    message = message_from_bytes(content, policy=policy.default)
    parts = {part.get_content_type(): cast("EmailMessage", part).get_content() for part in message.iter_parts()}
    sender, recipient = (message[name].addresses[0] for name in ("From", "To"))
    return Read(
        list(message),
        str(message["Subject"]),
        (sender.display_name, sender.addr_spec),
        (recipient.display_name, recipient.addr_spec),
        parts["text/plain"],
        parts["text/html"],
        parts.get("text/calendar"),
    )


class Written(NamedTuple):
    """A mail, and the text that was written into it."""

    mail: Mail
    text: Text


def written(kind: str, title: str, name: str) -> Written:
    """A mail of a kind about a project of this title, to somebody of this name, whose counterpart has it too."""
    # As contracts let titles and names through.
    title, name = one_line(title), one_line(name)
    parameters: dict[str, Any] = {"organisation_name": name, "project_title": title, "first_contact_by": "2025-03-17"}
    parameters |= {"track": "implantation", "state": "registered"}
    recipient = Correspondent(name, "eloise@asso.example")
    counterpart = Correspondent(title, "andrea@ville.example") if KINDS.by_name[kind].introduces else None
    claim = ClaimedMail(
        ID,
        kind,
        ID,
        ID,
        ID,
        json.dumps(parameters),
        1,
        recipient,
        "fr",
        False,
        counterpart,
    )
    writer = Writer(TEXTS, sender=SENDER, clock=lambda: datetime(2025, 3, 3, 9, tzinfo=UTC))
    text = TEXTS.render(
        kind, "fr", parameters=parameters, reference=str(ID), recipient=recipient, counterpart=claim.counterpart
    )  # fmt: skip
    return Written(writer.write([claim]), text)


def unfolded(body: str) -> str:
    return re.sub("\r\n|\r|\n", "\n", body).rstrip() + "\n"


@given(st.sampled_from(["acknowledgement", "introduction-to-lead"]), TITLES, TITLES)
@example("introduction-to-lead", ATTACK, ATTACK)
@example("acknowledgement", "cité Félix-Pyat", 'Durand, "Zoé" <zoe@evil.example>')
@example("introduction-to-lead", "\u202eEve\u2066 שלום مرحبا", "Jose\u0301 e\u0301e\u0301")
@example("acknowledgement", "L’école d’à côté " * 60, "é" * 300)
def test_two_readers_read_what_was_written(stranger: Stranger, kind: str, title: str, name: str) -> None:
    mail, text = written(kind, title, name)
    for who, read in {"Python": python(mail.content), _READER: stranger.read(mail.content)}.items():
        assert sorted(map(str.lower, read.names)) == sorted(map(str.lower, mail.fields))
        assert read.subject == text.subject
        assert read.sender == (SENDER.display_name, SENDER.addr_spec)
        assert read.recipient[1] == "eloise@asso.example", who
        if who == "Python":
            # Between two encoded words of a name it reads a space, against RFC 2047, and any other one it makes plain.
            assert "".join(read.recipient[0].split()) == "".join(bare(name).split())
        else:
            assert read.recipient[0] == bare(name)
        assert unfolded(read.plain) == unfolded(text.plain)
        assert unfolded(read.html) == unfolded(text.html)
        assert (read.calendar is not None) == (KINDS.by_name[kind].calendar is not None)
        if read.calendar is not None:
            summary = bare("Premier échange du binôme, au plus tard ce jour\u00a0: " + title)
            (entry,) = Calendar.from_ical(read.calendar).walk("VEVENT")
            assert str(entry["SUMMARY"]) == summary
            assert vobject.readOne(read.calendar).vevent.summary.value == summary
