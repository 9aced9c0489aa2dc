"""Who somebody is, signed: in a link that is good once, in a session's cookie, and in every form of its pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeVar, get_args
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Role: TypeAlias = Literal["reader", "officer", "programme-head", "foundation", "operator"]
"""What somebody is to the pages; each service says what it lets whom see and do."""

Purpose: TypeAlias = Literal["link", "session", "sign-in"]

MOST_NAME_CHARACTERS: Final = 100
_MOST_CHARACTERS: Final = 2_000
_MOST_CODE_CHARACTERS: Final = 100
_MOST_ROLES: Final = len(get_args(Role))
_DIGEST_BYTES: Final = 32


class Signed(BaseModel):
    """What is signed is good until a moment; `id` lets it be used once, or ended before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    expires_at: AwareDatetime


class Ticket(Signed):
    """Who somebody is and may do, until when; `id` makes a link good once, and a session's forms its own.

    `person_id` is who they are to the programme, where they are somebody to it; `directorate` is its code. Who came by
    the link of a mail sees the one matter `matter_id` that it is about, and nothing else.
    """

    who: str = Field(min_length=1, max_length=MOST_NAME_CHARACTERS)
    roles: tuple[Role, ...] = Field(min_length=1, max_length=_MOST_ROLES)
    person_id: UUID | None = None
    directorate: str | None = Field(default=None, max_length=_MOST_CODE_CHARACTERS)
    matter_id: UUID | None = None


Kind = TypeVar("Kind", bound=Signed)


class Signer:
    """Signs tickets with one key, and reads none that it has not signed for the same service and purpose.

    `former` is the key of before, while what it signed is good for: with it a key is changed and nobody is signed out.
    """

    def __init__(self, key: str, service: str, former: str | None = None) -> None:
        given = [key] if former is None else [key, former]
        self._keys = [hmac.digest(each.encode(), b"pages\n" + service.encode(), "sha256") for each in given]

    def seal(self, purpose: Purpose, signed: Signed) -> str:
        """A ticket, or what else is to be ours, as text that fits into a path and a cookie."""
        content = signed.model_dump_json().encode()
        return base64.urlsafe_b64encode(_digest(self._keys[0], purpose, content) + content).decode().rstrip("=")

    def open(self, purpose: Purpose, sealed: str, now: datetime) -> Ticket | None:
        """The ticket in a text; None where it is not ours, is for something else, or is over."""
        return self.open_as(Ticket, purpose, sealed, now)

    def open_as(self, kind: type[Kind], purpose: Purpose, sealed: str, now: datetime) -> Kind | None:
        """What a text holds, as what it was sealed; None as `open` says."""
        if len(sealed) > _MOST_CHARACTERS:
            return None
        try:
            decoded = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            digest, content = decoded[:_DIGEST_BYTES], decoded[_DIGEST_BYTES:]
            if not any(hmac.compare_digest(digest, _digest(key, purpose, content)) for key in self._keys):
                return None
            signed = kind.model_validate_json(content)
        except (ValueError, ValidationError):
            return None
        return signed if now < signed.expires_at else None

    def form_token(self, session: Ticket) -> str:
        """What every form of a session's pages carries, so that no other page can send one."""
        return _form_token(self._keys[0], session)

    def is_form_token(self, session: Ticket, sent: str) -> bool:
        """Whether a form is of this session's pages."""
        return any(hmac.compare_digest(sent.encode(), _form_token(key, session).encode()) for key in self._keys)


def _digest(key: bytes, purpose: Purpose, content: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\n" + content, "sha256")


def _form_token(key: bytes, session: Ticket) -> str:
    return hmac.new(key, b"form\n" + session.id.bytes, hashlib.sha256).hexdigest()


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
