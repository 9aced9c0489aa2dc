"""A link's last part, which nobody else can make up: who may do what in which matter, and until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, NamedTuple
from uuid import UUID

_DAY: Final = "%Y%m%d"
_BETWEEN: Final = "."
_ROLE: Final = re.compile(r"[a-z-]{1,40}")
_EIGHT_DIGITS: Final = re.compile(r"[0-9]{8}")
# 144 bits, beyond guessing, make 24 letters without padding.
_SIGNED_BYTES: Final = 18
# A role, two ids, a day and a signature make 146 letters at the most.
_MOST_LETTERS: Final = 200
# A matter, a last day and a signature; before them a person, and before that the person's role.
_FEWEST_PARTS: Final = 3
_MOST_PARTS: Final = 5


class Link(NamedTuple):
    """What a link proves: that it was given for a matter, to a person where it has one, and in that person's role."""

    matter_id: UUID
    person_id: UUID | None = None
    role: str | None = None


class Right(NamedTuple):
    """What a link of ours proves, and whether its last day is over."""

    link: Link
    is_over: bool


class Seal:
    """Signs links, and knows those that it has signed for the same purpose.

    The first key signs, and what any of them has signed is good: so that links in mails that have left stay good while
    the key changes.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def token(self, purpose: str, link: Link, until: date) -> str:
        """The last part of a link's address; good to the end of a day, UTC, and the same however often it is made."""
        last_day = until.strftime(_DAY)
        signature = _signature(self._keys[0], purpose, link, last_day)
        parts = (link.role, link.person_id, link.matter_id, last_day, signature)
        return _BETWEEN.join(str(part) for part in parts if part is not None)

    def read(self, purpose: str, token: str, now: datetime) -> Right | None:
        """What the last part of a link's address proves; None where it is not one of ours for this purpose."""
        if len(token) > _MOST_LETTERS or (read := _read(token)) is None:
            return None
        link, last_day, signature = read
        given = signature.encode(errors="replace")
        # All keys, in a time that does not tell how much of a guess was right.
        signed = [_signature(key, purpose, link, last_day).encode() for key in self._keys]
        good = [hmac.compare_digest(signature, given) for signature in signed]
        # Days of eight digits come in the order of their letters.
        return Right(link, last_day < now.astimezone(UTC).strftime(_DAY)) if any(good) else None


def last_day_of(token: str) -> date:
    """The day to whose end, UTC, the last part of a link's address is good; of one that was read by a seal."""
    *_, last_day, _ = token.split(_BETWEEN)
    return datetime.strptime(last_day, _DAY).replace(tzinfo=UTC).date()


def _read(token: str) -> tuple[Link, str, str] | None:
    parts = token.split(_BETWEEN)
    if not _FEWEST_PARTS <= len(parts) <= _MOST_PARTS:
        return None
    *who, matter, last_day, signature = parts
    if not _EIGHT_DIGITS.fullmatch(last_day) or not all(_ROLE.fullmatch(role) for role in who[:-1]):
        return None
    try:
        person_id = UUID(who[-1]) if who else None
        return Link(UUID(matter), person_id, who[0] if len(who) > 1 else None), last_day, signature
    except ValueError:
        return None


def _signature(key: bytes, purpose: str, link: Link, last_day: str) -> str:
    # The purpose first, so that a link that ends mail answers no offer. What can be of any length holds no line end.
    content = f"{purpose}\n{link.role or ''}\n{last_day}\n".encode() + link.matter_id.bytes
    content += link.person_id.bytes if link.person_id else b""
    return base64.urlsafe_b64encode(hmac.digest(key, content, hashlib.sha256)[:_SIGNED_BYTES]).decode()
