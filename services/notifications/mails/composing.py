"""A mail as it leaves: what people wrote is encoded by the standard library, both bodies are quoted-printable."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from services.notifications.mails.bounces import return_path
from services.notifications.mails.invitations import Invitation
from services.notifications.mails.texts import Text
from services.notifications.people import Correspondent

_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_SPACES: Final = re.compile(r"[\s\x00-\x1f\x7f]+")


class AddressError(Exception):
    """No mail can be sent to this address, whatever the server; the text never quotes it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail for one recipient; `international` where the address needs a server that knows SMTPUTF8."""

    sender: str
    recipient: str
    international: bool
    content: bytes


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
    unsubscribe_url: str | None = None,
    bounces: Address | None = None,
    invitation: Invitation | None = None,
) -> Mail:
    """The mail with this text; the same arguments give the same bytes. Raises AddressError.

    `unsubscribe_url` takes one click of the mail program (RFC 8058). What can't be delivered comes back to `bounces`,
    else to the sender. An `invitation` is one more part, which mail programs put into the calendar.
    """
    recipient = _address(to)
    international = not recipient.username.isascii()
    boundary = f"=_{follow_up_id.hex}"
    headers = (
        _from(str(sender)),
        _folded("To", recipient, SMTPUTF8 if international else SMTP),
        _folded("Subject", text.subject, SMTP),
        *_own_headers(text, message_id_of(follow_up_id, sender), boundary, at, unsubscribe_url),
    )
    content = b"".join(headers) + b"\r\n" + _bodies(text, invitation, boundary.encode())
    envelope_sender = sender.addr_spec if bounces is None else return_path(bounces, follow_up_id)
    return Mail(envelope_sender, recipient.addr_spec, international, content)


def _own_headers(
    text: Text, message_id: str, boundary: str, at: datetime, unsubscribe_url: str | None
) -> tuple[bytes, ...]:
    # These are ASCII, short and ours: what the library would do for them costs half a millisecond.
    return (
        _line("Date", format_datetime(at)),
        _line("Message-ID", message_id),
        _line("Auto-Submitted", "auto-generated"),
        *_unsubscribing(unsubscribe_url),
        _line("Content-Language", text.language),
        _line("MIME-Version", "1.0"),
        _line("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    )


def _unsubscribing(url: str | None) -> tuple[bytes, ...]:
    if url is None:
        return ()
    return (_line("List-Unsubscribe", f"<{url}>"), _line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))


@lru_cache(maxsize=8)
def _from(sender: str) -> bytes:
    return _folded("From", sender, SMTP)


def _folded(name: str, value: str | Address, policy: EmailPolicy[Any]) -> bytes:
    return policy.fold_binary(*policy.header_store_parse(name, value))


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def _address(person: Correspondent) -> Address:
    local_part, _, domain = person.email.rpartition("@")
    try:
        # A domain in other letters travels as ASCII; only the part before the @ may need SMTPUTF8.
        travelling = domain if domain.isascii() else domain.encode("idna").decode()
        # Parsed, so that nothing but one plain address passes; the parser itself takes ASCII only.
        projected = _NOT_ASCII.sub("x", local_part)
        checked = Address(addr_spec=f"{projected}@{travelling}")
        username = local_part if checked.username == projected else checked.username
        return Address(_SPACES.sub(" ", person.name).strip(), username, checked.domain)
    except (MessageError, ValueError, IndexError):
        raise AddressError("the address is not valid") from None


def _bodies(text: Text, invitation: Invitation | None, boundary: bytes) -> bytes:
    # Put together here: email.generator takes a millisecond and a half for it. `=_` in the boundary never
    # occurs in quoted-printable.
    parts = [_part("plain", text.plain), _part("html", text.html)]
    if invitation is not None:
        parts.append(_part("calendar", invitation.content.decode(), f"; method={invitation.method}"))
    return b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary


def _part(subtype: str, body: str, more: str = "") -> bytes:
    lines = "\r\n".join(body.rstrip().splitlines()) + "\r\n"
    return b'Content-Type: text/%b; charset="utf-8"%b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b' % (
        subtype.encode(),
        more.encode(),
        binascii.b2a_qp(lines.encode(), istext=True),
    )
