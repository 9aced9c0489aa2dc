"""The mails that were caught: one `.eml` file each, in a directory."""

from __future__ import annotations

import email
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import TypedDict

# The functional form, for `from` is a word of the language.
CaughtMail = TypedDict(
    "CaughtMail",
    {"id": str, "to": str, "from": str, "subject": str, "message_id": str, "date": str, "text": str},
)
"""A mail in JSON: `to` holds the bare addresses of its envelope, joined by a comma and a space."""


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """What a person reads of a mail; a part that it lacks is empty."""

    summary: CaughtMail
    html: str
    attachments: tuple[str, ...]


class Mailbox:
    """The mails in one directory, which only this object may change; ids grow in the order of arrival."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._ids = sorted(path.stem for path in directory.glob("*.eml"))
        self._last = int(self._ids[-1]) if self._ids else 0
        self._summaries: dict[str, CaughtMail] = {}

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> str:
        """Write a mail as received, under the two headers of its envelope, and return its id."""
        self._last += 1
        identifier = f"{self._last:08}"
        envelope = "".join(
            [f"Return-Path: <{sender}>\r\n", *(f"Delivered-To: {recipient}\r\n" for recipient in recipients)]
        )
        self._path(identifier).write_bytes(envelope.encode() + content)
        self._ids.append(identifier)
        return identifier

    def summaries(self) -> list[CaughtMail]:
        """Return every mail, oldest first."""
        # Parsing waits until someone looks, so that catching stays cheap.
        return [self._summary(identifier) for identifier in list(self._ids)]

    def raw(self, identifier: str) -> bytes | None:
        """Return the file of a mail, None when there is no such mail."""
        return self._path(identifier).read_bytes() if identifier in self._ids else None

    def open(self, identifier: str) -> OpenedMail | None:
        """Return the readable parts of a mail, None when there is no such mail."""
        raw = self.raw(identifier)
        if raw is None:
            return None
        message = _parse(raw)
        return OpenedMail(self._summary(identifier), _body(message, "text/html"), _attachments(message))

    def empty(self) -> None:
        """Remove every mail; ids are not used again while this object lives."""
        for identifier in self._ids:
            self._path(identifier).unlink(missing_ok=True)
        self._ids.clear()
        self._summaries.clear()

    def _summary(self, identifier: str) -> CaughtMail:
        if identifier not in self._summaries:
            self._summaries[identifier] = _summarise(identifier, _parse(self._path(identifier).read_bytes()))
        return self._summaries[identifier]

    def _path(self, identifier: str) -> Path:
        return self._directory / f"{identifier}.eml"


def _parse(raw: bytes) -> Message:
    # The older message class parses several times as fast as EmailMessage: a thousand mails are one page.
    return email.message_from_bytes(raw)


def _summarise(identifier: str, message: Message) -> CaughtMail:
    return {
        "id": identifier,
        "to": ", ".join(str(value) for value in message.get_all("Delivered-To", [])),
        "from": _header(message, "From"),
        "subject": _header(message, "Subject"),
        "message_id": _header(message, "Message-ID"),
        "date": _header(message, "Date"),
        "text": _body(message, "text/plain"),
    }


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, "")).replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        # A damaged header is shown as it came: that a mail was sent must not be hidden.
        return value


def _body(message: Message, content_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            return _decoded(part).replace("\r\n", "\n")
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _attachments(message: Message) -> tuple[str, ...]:
    return tuple(name for part in message.walk() if (name := part.get_filename()) is not None)
