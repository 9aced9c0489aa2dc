"""Who somebody is, signed: in a link that is good once, in a session's cookie, and in every form of its pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Role: TypeAlias = Literal["reader", "officer", "programme-head", "foundation", "operator"]
"""What somebody is to the pages; each service says what it lets whom see and do."""

Purpose: TypeAlias = Literal["link", "session"]

MOST_NAME_CHARACTERS: Final = 100
_MOST_CHARACTERS: Final = 2_000
_MOST_CODE_CHARACTERS: Final = 100
_MOST_ROLES: Final = len(get_args(Role))
_DIGEST_BYTES: Final = 32


class Ticket(BaseModel):
    """Who somebody is and may do, until when; `id` makes a link good once, and a session's forms its own.

    `person_id` is who they are to the programme, where they are somebody to it; `directorate` is its code. Who came by
    the link of a mail sees the one matter `matter_id` that it is about, and nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    who: str = Field(min_length=1, max_length=MOST_NAME_CHARACTERS)
    roles: tuple[Role, ...] = Field(min_length=1, max_length=_MOST_ROLES)
    person_id: UUID | None = None
    directorate: str | None = Field(default=None, max_length=_MOST_CODE_CHARACTERS)
    matter_id: UUID | None = None
    expires_at: AwareDatetime


class Signer:
    """Signs tickets with one key, and reads none that it has not signed for the same service and purpose."""

    def __init__(self, key: str, service: str) -> None:
        self._key = hmac.digest(key.encode(), b"pages\n" + service.encode(), "sha256")

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


def link_to(address: str, signer: Signer, ticket: Ticket) -> str:
    """A link that signs somebody in once, at the address of the service whose signer it is."""
    return f"{address}/enter/{signer.seal('link', ticket)}"


def ticket_for(
    who: str, *roles: Role, person_id: UUID | None = None, directorate: str | None = None, expires_at: datetime
) -> Ticket:
    """A ticket of its own for somebody; raises ValueError for a name or a code that is none."""
    try:
        return Ticket(
            id=uuid4(), who=who, roles=roles, person_id=person_id, directorate=directorate, expires_at=expires_at
        )
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        if field == "who":
            raise ValueError(f"a name has 1 to {MOST_NAME_CHARACTERS} letters") from None
        raise ValueError(f"{field} can't be read") from None
