"""Who somebody is, signed: in a link that is good once, in a session's cookie, and in every form of its pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Role: TypeAlias = Literal["reader", "officer", "programme-head", "operator"]
"""What somebody may do; each may look at everything but the audit, and an operator alone repairs."""

Purpose: TypeAlias = Literal["link", "session"]

MOST_NAME_CHARACTERS: Final = 100
_MOST_CHARACTERS: Final = 2_000
_DIGEST_BYTES: Final = 32


class Ticket(BaseModel):
    """Who somebody is and may do, until when; `id` makes a link good once, and a session's forms its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    who: str = Field(min_length=1, max_length=MOST_NAME_CHARACTERS)
    role: Role
    expires_at: AwareDatetime


class Signer:
    """Signs tickets with one key, and reads none that it has not signed for the same purpose."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def seal(self, purpose: Purpose, ticket: Ticket) -> str:
        """A ticket as text that fits into a path and a cookie."""
        content = ticket.model_dump_json().encode()
        return base64.urlsafe_b64encode(self._digest(purpose, content) + content).decode().rstrip("=")

    def open(self, purpose: Purpose, sealed: str, now: datetime) -> Ticket | None:
        """The ticket in a text; None where it is not ours, is for something else, or is over."""
        if len(sealed) > _MOST_CHARACTERS:
            return None
        try:
            decoded = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            digest, content = decoded[:_DIGEST_BYTES], decoded[_DIGEST_BYTES:]
            if not hmac.compare_digest(digest, self._digest(purpose, content)):
                return None
            ticket = Ticket.model_validate_json(content)
        except (ValueError, ValidationError):
            return None
        return ticket if now < ticket.expires_at else None

    def form_token(self, session: Ticket) -> str:
        """What every form of a session's pages carries, so that no other page can send one."""
        return hmac.new(self._key, b"form\n" + session.id.bytes, hashlib.sha256).hexdigest()

    def is_form_token(self, session: Ticket, sent: str) -> bool:
        """Whether a form is of this session's pages."""
        return hmac.compare_digest(sent.encode(), self.form_token(session).encode())

    def _digest(self, purpose: Purpose, content: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\n" + content, "sha256")


def link_to(address: str, key: str, *, who: str, role: Role, link_id: UUID, now: datetime, valid: timedelta) -> str:
    """A link that signs somebody in once, at the console's address; raises ValueError for a name that is none."""
    try:
        ticket = Ticket(id=link_id, who=who, role=role, expires_at=now + valid)
    except ValidationError:
        raise ValueError(f"a name has 1 to {MOST_NAME_CHARACTERS} letters") from None
    return f"{address}/enter/{Signer(key).seal('link', ticket)}"
