"""A mail as it leaves: fields of our own making, both bodies and the calendar quoted-printable."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from libraries.typed.addresses import destination_of
from services.notifications.mails.bodies import Text
from services.notifications.mails.bounces import return_path
from services.notifications.mails.headers import mailbox_field, plain_field, text_field
from services.notifications.mails.invitations import Invitation
from services.notifications.mails.rehearsing import REHEARSAL, rehearsed
from services.notifications.people import Correspondent

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_ALWAYS: Final = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip
_UNSUBSCRIBING: Final = ("List-Unsubscribe", "List-Unsubscribe-Post")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail for one recipient; `international` where the address needs a server that knows SMTPUTF8.

    `fields` are the names of the header's fields, each of which it has once.
    """

    sender: str
    recipient: str
    international: bool
    content: bytes
    fields: tuple[str, ...]


def message_id_of(follow_up_id: UUID, sender: Address) -> str:
    """The Message-ID of a follow-up, the same at every attempt, so that a reader sees a repeated mail once."""
    return f"<{follow_up_id}@{sender.domain}>"


def compose(
    text: Text,
    *,
    to: Correspondent,
    sender: Address,
    follow_up_id: UUID,
    at: datetime,
    rehearses: bool = False,
    unsubscribe_url: str | None = None,
    bounces: Address | None = None,
    invitation: Invitation | None = None,
) -> Mail:
    """The mail with this text; the same arguments give the same bytes. Raises AddressError.

    `unsubscribe_url` takes one click of the mail program (RFC 8058). What can't be delivered comes back to `bounces`,
    else to the sender. An `invitation` is one more part, which mail programs put into the calendar. A mail that
    `rehearses` says so in its header and first of all in its bodies.
    """
    destination = destination_of(to.email)
    text = rehearsed(text) if rehearses else text
    boundary = f"=_{follow_up_id.hex}"
    fields = (
        mailbox_field("From", sender.display_name, sender.addr_spec),
        mailbox_field("To", to.name, destination.address),
        text_field("Subject", text.subject),
        *_own_fields(text, message_id_of(follow_up_id, sender), boundary, at, unsubscribe_url),
        *((plain_field(REHEARSAL, "true"),) if rehearses else ()),
    )
    content = b"".join(fields) + b"\r\n" + _bodies(text, invitation, boundary.encode())
    envelope_sender = sender.addr_spec if bounces is None else return_path(bounces, follow_up_id)
    return Mail(
        envelope_sender,
        destination.address,
        destination.international,
        content,
        _names(unsubscribe_url, rehearses=rehearses),
    )


def _names(unsubscribe_url: str | None, *, rehearses: bool) -> tuple[str, ...]:
    """Of the fields that are written."""
    return _ALWAYS + (_UNSUBSCRIBING if unsubscribe_url else ()) + ((REHEARSAL,) if rehearses else ())


def _own_fields(
    text: Text, message_id: str, boundary: str, at: datetime, unsubscribe_url: str | None
) -> tuple[bytes, ...]:
    return (
        plain_field("Date", format_datetime(at)),
        plain_field("Message-ID", message_id),
        plain_field("Auto-Submitted", "auto-generated"),
        *_unsubscribing(unsubscribe_url),
        plain_field("Content-Language", text.language),
        plain_field("MIME-Version", "1.0"),
        plain_field("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    )


def _unsubscribing(url: str | None) -> tuple[bytes, ...]:
    if url is None:
        return ()
    return (
        plain_field("List-Unsubscribe", f"<{url}>"),
        plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _bodies(text: Text, invitation: Invitation | None, boundary: bytes) -> bytes:
    # Put together here: email.generator takes a millisecond and a half for it. `=_` in the boundary never
    # occurs in quoted-printable.
    parts = [_part("plain", _lines(text.plain)), _part("html", _lines(text.html))]
    if invitation is not None:
        parts.append(_part("calendar", invitation.content, f"; method={invitation.method}"))
    return b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary


def _lines(body: str) -> bytes:
    return (_LINE_END.sub("\r\n", body.rstrip()) + "\r\n").encode()


def _part(subtype: str, lines: bytes, more: str = "") -> bytes:
    return b'Content-Type: text/%b; charset="utf-8"%b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b' % (
        subtype.encode(),
        more.encode(),
        binascii.b2a_qp(lines, istext=True),
    )
