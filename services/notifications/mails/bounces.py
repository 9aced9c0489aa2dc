"""Mails that came back: what a delivery report (RFC 3464) says of which follow-up."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, Message
from typing import Final
from uuid import UUID

_RETURN_PATH: Final = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE_ID: Final = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")
_STATUS: Final = re.compile(r"^([245])\.\d{1,3}\.\d{1,3}")
# Enhanced status codes (RFC 3463): 5.1.x is about the address, 5.2.1 a mailbox that is disabled.
_NO_SUCH_ADDRESS: Final = re.compile(r"^5\.(1\.\d+|2\.1)$")
_DELIVERED_TO: Final = ("to", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was not delivered for good; `status` is the enhanced status code, `recipient` the address."""

    follow_up_id: UUID
    recipient: str
    status: str

    @property
    def no_such_address(self) -> bool:
        """Whether the trouble is with the address, whatever the mail."""
        return _NO_SUCH_ADDRESS.match(self.status) is not None


def return_path(bounces: Address, follow_up_id: UUID) -> str:
    """Where a mail comes back to, so that it names the follow-up (variable envelope return path)."""
    return f"{bounces.username}+{follow_up_id.hex}@{bounces.domain}"


def bounce_of(content: bytes) -> Bounce | None:
    """What a mail reports; None where it is no report, not about one of ours, or about a mail that is only late.

    The follow-up is named by the address that the report came to, or else by the Message-ID of the mail that it
    brings back.
    """
    message = email.message_from_bytes(content, policy=policy.default)
    if (follow_up_id := _follow_up(message)) is None:
        return None
    for fields in _recipients(message):
        status = _STATUS.match(str(fields.get("status", "")).strip())
        failed = str(fields.get("action", "")).strip().lower() == "failed"
        if failed and status is not None and status[1] == "5":
            recipient = str(fields.get("final-recipient", "")).rpartition(";")[2].strip()
            return Bounce(follow_up_id, recipient, status[0])
    return None


def _recipients(message: EmailMessage) -> list[Message]:
    """The groups of fields of a report, one for each recipient; the first group, about the whole, has none of them."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            return [group for group in groups if isinstance(group, Message)] if isinstance(groups, list) else []
    return []


def _follow_up(message: EmailMessage) -> UUID | None:
    for name in _DELIVERED_TO:
        for value in message.get_all(name, []):
            if found := _RETURN_PATH.search(str(value)):
                return UUID(hex=found[1])
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers") and (
            found := _MESSAGE_ID.search(part.as_string())
        ):
            return UUID(found[1])
    return None
