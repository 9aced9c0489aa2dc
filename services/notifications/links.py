"""Links in mails that nobody else can make up: where they lead, whom or what they name, and until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

from pydantic import Field, SecretStr, field_validator, model_validator

from libraries.chassis.environment import EnvironmentSettings
from services.notifications.kinds import Party

UNSUBSCRIBE_PATH: Final = "/v1/unsubscribe/"
ANSWER_PATH: Final = "/v1/answers/"
ADDRESS_PATH: Final = "/v1/addresses/"
CLEARANCE_PATH: Final = "/v1/clearances/"
# 128 bits, beyond guessing, where each byte of it is random.
_SHORTEST_KEY: Final = 16
_MOST_KEYS: Final = 2
_BETWEEN_KEYS: Final = ","
_DAY: Final = "%Y%m%d"

Purpose: TypeAlias = Literal["unsubscribe", "address", "mentor", "lead", "clearance"]

_DAYS: Final[dict[Purpose, int]] = {
    # As long as what a mail said is kept: whoever looks for a way out looks in an old mail.
    "unsubscribe": 400,
    # An offer is open for weeks and ends by an event; this is for the one whose end never comes.
    "mentor": 60,
    "lead": 60,
    # Each reminder has a link of its own.
    "clearance": 60,
    # Whoever reads their mail has read this one; the desk helps all others.
    "address": 60,
}
"""For how many days a link is good at the latest; most end before, with their matter."""


class LinkSettings(EnvironmentSettings):
    """Where people's clicks come in, and what the links are signed with; each under the prefix `ENGAGE_`."""

    public_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+$", description="Where this service is reached from outside; none: no links"
    )
    link_key: SecretStr | None = Field(
        None,
        description="What links are signed with, 16 letters or more; whoever has it can answer for anybody. While it "
        "changes: the new key, a comma and the old one",
    )

    @field_validator("link_key")
    @classmethod
    def _check_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            keys = _keys(value)
            if len(keys) > _MOST_KEYS:
                raise ValueError("holds more than two keys: the new one, a comma, and the one before")
            if any(len(key) < _SHORTEST_KEY for key in keys):
                raise ValueError(f"a key in it has less than {_SHORTEST_KEY} letters")
        return value

    @model_validator(mode="after")
    def _check_both(self) -> LinkSettings:
        if (self.public_url is None) != (self.link_key is None):
            raise ValueError("ENGAGE_PUBLIC_URL and ENGAGE_LINK_KEY: give both, or neither")
        return self

    @property
    def links(self) -> Links | None:
        """The links that these settings make, if they make any."""
        if self.public_url is None or self.link_key is None:
            return None
        return Links(self.public_url, _keys(self.link_key))


def _keys(secret: SecretStr) -> list[bytes]:
    return [key.strip().encode() for key in secret.get_secret_value().split(_BETWEEN_KEYS)]


class Right(NamedTuple):
    """What a link of ours names, and whether its time is over."""

    identifier: UUID
    is_over: bool


class Links:
    """Links that each end one person's optional mail in a role, have one person answer, or confirm an address.

    The first key signs, and what any of them has signed is good: so that links in mails that have left stay good while
    the key changes.
    """

    def __init__(self, public_url: str, keys: Sequence[bytes]) -> None:
        self._public_url = public_url
        self._keys = keys

    def unsubscribing(self, contact_id: UUID, at: datetime) -> str:
        """The link, made at a moment, that ends a person's optional mail in a role."""
        return self._public_url + UNSUBSCRIBE_PATH + self._token("unsubscribe", contact_id, at)

    def answering(self, pair_id: UUID, party: Party, person_id: UUID, at: datetime) -> str:
        """The link, made at a moment, to where a person answers the offer of a pair as one party of it.

        Another person who takes over the role gets a link of their own, and this one then answers for nobody.
        """
        token = self._token(party, pair_id, at, person_id)
        return f"{self._public_url}{ANSWER_PATH}{party}.{person_id}.{token}"

    def confirming(self, change_id: UUID, at: datetime) -> str:
        """The link, made at a moment, that confirms a change of address."""
        return self._public_url + ADDRESS_PATH + self._token("address", change_id, at)

    def clearing(self, clearance_id: UUID, person_id: UUID, at: datetime) -> str:
        """The link, made at a moment, to where a person gives or refuses a mentor's clearance."""
        token = self._token("clearance", clearance_id, at, person_id)
        return f"{self._public_url}{CLEARANCE_PATH}{person_id}.{token}"

    def contact_of(self, token: str, now: datetime) -> Right | None:
        """The contact that the last part of an unsubscribing link names; None where it is not one of ours."""
        return self._genuine("unsubscribe", token, now)

    def change_of(self, token: str, now: datetime) -> Right | None:
        """The change of address that the last part of a link names; None where it is not one of ours."""
        return self._genuine("address", token, now)

    def offer_of(self, token: str, now: datetime) -> tuple[Right, Party, UUID] | None:
        """The pair that the last part of an answering link names, and as which party for whom; None if not ours."""
        word, _, rest = token.partition(".")
        person_id, rest = _person_of(rest)
        if person_id is None:
            return None
        for party in get_args(Party):
            if party == word and (right := self._genuine(party, rest, now, person_id)):
                return right, party, person_id
        return None

    def clearance_of(self, token: str, now: datetime) -> tuple[Right, UUID] | None:
        """The clearance that the last part of a link names, and of whom it is asked; None if not ours."""
        person_id, rest = _person_of(token)
        if person_id is None or (right := self._genuine("clearance", rest, now, person_id)) is None:
            return None
        return right, person_id

    def _token(self, purpose: Purpose, identifier: UUID, at: datetime, person_id: UUID | None = None) -> str:
        # A whole day, so that a mail that is written again on the same day is the same mail.
        until = (at.astimezone(UTC) + timedelta(days=_DAYS[purpose])).strftime(_DAY)
        return f"{identifier}.{until}.{_signature(self._keys[0], purpose, identifier, until, person_id)}"

    def _genuine(self, purpose: Purpose, token: str, now: datetime, person_id: UUID | None = None) -> Right | None:
        name, _, rest = token.partition(".")
        until, _, signature = rest.partition(".")
        try:
            identifier = UUID(name)
        except ValueError:
            return None
        given = signature.encode(errors="replace")
        # All keys, in a time that does not tell how much of a guess was right.
        signed = [_signature(key, purpose, identifier, until, person_id).encode() for key in self._keys]
        good = [hmac.compare_digest(signature, given) for signature in signed]
        # Days of eight digits come in the order of their letters.
        return Right(identifier, until < now.astimezone(UTC).strftime(_DAY)) if any(good) else None


def _signature(key: bytes, purpose: Purpose, identifier: UUID, until: str, person_id: UUID | None) -> str:
    # The purpose first, so that a link that ends mail answers no offer. 144 bits make 24 letters without padding.
    content = f"{purpose}\n{until}\n".encode(errors="replace") + identifier.bytes
    content += person_id.bytes if person_id else b""
    return base64.urlsafe_b64encode(hmac.digest(key, content, hashlib.sha256)[:18]).decode()


def _person_of(token: str) -> tuple[UUID | None, str]:
    """For whom a link is, by what stands first in its token, and the rest of that; None where nobody does."""
    person, _, rest = token.partition(".")
    try:
        return UUID(person), rest
    except ValueError:
        return None, rest
