"""Mails that came back: what a delivery report says of which follow-up.

Most servers write RFC 3464; qmail writes a text of its own (QSBMF), and Exim did so until it learnt the standard.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import Message
from typing import Final, NamedTuple
from uuid import UUID

from services.notifications.mails.faults import Diagnosis, of_report, status_in

_RETURN_PATH: Final = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE_ID: Final = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")
_STATUS: Final = re.compile(r"^([245])\.\d{1,3}\.\d{1,3}")
_NOTHING_SAID: Final = "5.0.0"
_DELIVERED_TO: Final = ("to", "delivered-to", "x-original-to", "envelope-to")
_QMAIL: Final = re.compile(r"\AHi\. This is the ")
# A paragraph that begins with an address; its recipients are told before the copy of the mail.
_QMAIL_RECIPIENT: Final = re.compile(r"^<([^<>\n]+)>:\n((?:.+\n?)+)", re.MULTILINE)
_QMAIL_COPY: Final = re.compile(r"^--- Below this line is a copy of the message", re.MULTILINE)
_EXIM: Final = "x-failed-recipients"
_EXIM_COPY: Final = re.compile(r"^------ This is a copy of (?:the|your) message", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was not delivered for good; `status` is the enhanced status code, `recipient` the address."""

    follow_up_id: UUID
    recipient: str
    status: str
    diagnosis: Diagnosis

    @property
    def no_such_address(self) -> bool:
        """Whether the trouble is with the address, whatever the mail."""
        return self.diagnosis.no_such_address


class _Failure(NamedTuple):
    recipient: str
    status: str
    diagnostic: str


def return_path(bounces: Address, follow_up_id: UUID) -> str:
    """Where a mail comes back to, so that it names the follow-up (variable envelope return path)."""
    return f"{bounces.username}+{follow_up_id.hex}@{bounces.domain}"


def bounce_of(content: bytes) -> Bounce | None:
    """What a mail reports; None where it is no report, not about one of ours, or about a mail that is only late.

    The follow-up is named by the address that the report came to, or else by the Message-ID of the mail that it
    brings back.
    """
    # Not by the newer policy: how that reads headers raises at some that strangers write.
    message = email.message_from_bytes(content)
    failure = _reported(message) or _told(message)
    if failure is None or (follow_up_id := _follow_up(message)) is None:
        return None
    status, said = failure.status, status_in(failure.diagnostic)
    if status.endswith(".0.0") and said is not None:
        status = said
    return Bounce(follow_up_id, failure.recipient, status, of_report(status, failure.diagnostic))


def _reported(message: Message) -> _Failure | None:
    """The first failure of a report by the standard; where it gave up after a while its status begins with 4."""
    for fields in _recipients(message):
        status = _STATUS.match(_field(fields, "status"))
        action = _field(fields, "action").partition(" ")[0].lower()
        recipient = _field(fields, "final-recipient").rpartition(";")[2].strip(" <>")
        # Some leave the action out: then a status for good is one, of a recipient who is named.
        failed = action == "failed" or (not action and recipient and status is not None and status[1] == "5")
        if failed and status is not None and status[1] != "2":
            return _Failure(recipient, status[0], _field(fields, "diagnostic-code"))
    return None


def _field(message: Message, name: str) -> str:
    """A field of a header on one line, with its encoded words read; as it stands there where these are none."""
    written = " ".join(str(message.get(name, "")).split())
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):
        return written


def _told(message: Message) -> _Failure | None:
    """The first failure of a report in a server's own words."""
    text = _plain_text(message)
    if _QMAIL.match(text) and (found := _QMAIL_RECIPIENT.search(_QMAIL_COPY.split(text)[0])):
        return _Failure(found[1], status_in(found[2]) or _NOTHING_SAID, found[2])
    if recipient := _field(message, _EXIM).partition(",")[0].strip():
        told = _EXIM_COPY.split(text)[0].partition(recipient)[2]
        return _Failure(recipient, status_in(told) or _NOTHING_SAID, told) if told else None
    return None


def _plain_text(message: Message) -> str:
    if message.get_content_type() != "text/plain":
        return ""
    payload = message.get_payload(decode=True)
    return payload.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""


def _recipients(message: Message) -> list[Message]:
    """The groups of fields of a report, one for each recipient; the first group, about the whole, has none of them."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return _within(part)
    return []


def _within(part: Message) -> list[Message]:
    # Of a part that has none its text would be read in the charset that it names, which may be none either.
    held = part.get_payload() if part.is_multipart() else None
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def _follow_up(message: Message) -> UUID | None:
    for name in _DELIVERED_TO:
        for value in message.get_all(name, []):
            if found := _RETURN_PATH.search(str(value)):
                return UUID(hex=found[1])
    for part in message.walk():
        if found := _MESSAGE_ID.search(_returned(part)):
            return UUID(found[1])
    copy = _MESSAGE_ID.search(_plain_text(message))
    return UUID(copy[1]) if copy else None


def _returned(part: Message) -> str:
    """What tells the mail that a part brings back: its Message-ID, or the lines of its header."""
    if part.get_content_type() == "text/rfc822-headers":
        lines = part.get_payload(decode=True)
        return lines.decode("utf-8", "replace") if isinstance(lines, bytes) else ""
    if part.get_content_type() != "message/rfc822":
        return ""
    return "".join(_field(mail, "message-id") for mail in _within(part))
