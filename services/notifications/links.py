"""Links in mails that nobody else can make up: where they lead, and whom or what they name."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final, get_args
from uuid import UUID

from pydantic import Field, SecretStr, model_validator

from libraries.chassis.environment import EnvironmentSettings
from services.notifications.kinds import Party

UNSUBSCRIBE_PATH: Final = "/v1/unsubscribe/"
ANSWER_PATH: Final = "/v1/answers/"
# 128 bits, beyond guessing, where each byte of it is random.
_SHORTEST_KEY: Final = 16


class LinkSettings(EnvironmentSettings):
    """Where people's clicks come in, and what the links are signed with; each under the prefix `ENGAGE_`."""

    public_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+$", description="Where this service is reached from outside; none: no links"
    )
    link_key: SecretStr | None = Field(
        None, min_length=_SHORTEST_KEY, description="What links are signed with; whoever has it can answer for anybody"
    )

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
        return Links(self.public_url, self.link_key.get_secret_value().encode())


class Links:
    """Links that each unsubscribe one person, or answer one offer for one party; the same for ever."""

    def __init__(self, public_url: str, key: bytes) -> None:
        self._public_url = public_url
        self._key = key

    def unsubscribing(self, person_id: UUID) -> str:
        """The link that ends a person's optional mail."""
        return f"{self._public_url}{UNSUBSCRIBE_PATH}{person_id}.{self._signature('unsubscribe', person_id)}"

    def answering(self, pair_id: UUID, party: Party) -> str:
        """The link to where a party answers the offer of a pair."""
        return f"{self._public_url}{ANSWER_PATH}{pair_id}.{party}.{self._signature(party, pair_id)}"

    def person_of(self, token: str) -> UUID | None:
        """Whom the last part of an unsubscribing link names; None where it is not one of ours."""
        name, _, signature = token.partition(".")
        return self._genuine("unsubscribe", name, signature)

    def offer_of(self, token: str) -> tuple[UUID, Party] | None:
        """What the last part of an answering link names, and for whom; None where it is not one of ours."""
        name, _, rest = token.partition(".")
        word, _, signature = rest.partition(".")
        for party in get_args(Party):
            if party == word and (pair_id := self._genuine(party, name, signature)):
                return pair_id, party
        return None

    def _genuine(self, purpose: str, name: str, signature: str) -> UUID | None:
        try:
            identifier = UUID(name)
        except ValueError:
            return None
        # In a time that does not tell how much of a guess was right.
        expected = self._signature(purpose, identifier).encode()
        return identifier if hmac.compare_digest(expected, signature.encode(errors="replace")) else None

    def _signature(self, purpose: str, identifier: UUID) -> str:
        # The purpose first, so that a link that ends mail answers no offer. 144 bits make 24 letters without padding.
        digest = hmac.digest(self._key, purpose.encode() + b"\n" + identifier.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()
