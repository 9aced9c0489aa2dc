"""Links in mails that nobody else can make up: where they lead, whom or what they name, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

from pydantic import Field, model_validator

from libraries.links.desk import DeskLinks
from libraries.links.keys import LinkKeySettings
from libraries.links.seal import Link, Right, Seal
from services.notifications.roles import Party

UNSUBSCRIBE_PATH: Final = "/v1/unsubscribe/"
ANSWER_PATH: Final = "/v1/answers/"
ADDRESS_PATH: Final = "/v1/addresses/"
CLEARANCE_PATH: Final = "/v1/clearances/"

_ADDRESS: Final = r"^https?://[^\s/]+$"

Purpose: TypeAlias = Literal["unsubscribe", "address", "offer", "clearance"]

_DAYS: Final[dict[Purpose, timedelta]] = {
    # As long as what a mail said is kept: whoever looks for a way out looks in an old mail.
    "unsubscribe": timedelta(days=400),
    # An offer is open for weeks and ends by an event; this is for the one whose end never comes.
    "offer": timedelta(days=60),
    # Each reminder has a link of its own.
    "clearance": timedelta(days=60),
    # Whoever reads their mail has read this one; the desk helps all others.
    "address": timedelta(days=60),
}
"""For how long a link is good at the latest; most end before, with their matter."""


class LinkSettings(LinkKeySettings):
    """Where people's clicks come in, and what the links are signed with; each under the prefix `ENGAGE_`."""

    public_url: str | None = Field(
        None, pattern=_ADDRESS, description="Where this service is reached from outside; none: no links to it"
    )
    desk_url: str | None = Field(
        None,
        pattern=_ADDRESS,
        description="Where the desk is reached from outside, which mails then lead to; none: they name forms of the "
        "City's own and the reference to give there",
    )

    @model_validator(mode="after")
    def _check_both(self) -> LinkSettings:
        has_address = self.public_url is not None or self.desk_url is not None
        if has_address != (self.link_key is not None):
            raise ValueError(
                "ENGAGE_LINK_KEY: give it with ENGAGE_PUBLIC_URL, ENGAGE_DESK_URL or both, and none without the other"
            )
        return self

    @property
    def links(self) -> Links | None:
        """The links to this service that these settings make, if they make any."""
        seal = self.seal
        return None if seal is None or self.public_url is None else Links(self.public_url, seal)

    @property
    def desk_links(self) -> DeskLinks | None:
        """The links to the desk that these settings make, if they make any."""
        seal = self.seal
        return None if seal is None or self.desk_url is None else DeskLinks(self.desk_url, seal)


class OfferRight(NamedTuple):
    """The offer that a link answers: as which party of the pair, for whom, and whether its last day is over."""

    pair_id: UUID
    party: Party
    person_id: UUID
    is_over: bool


class Links:
    """Links that each end one person's optional mail in a role, have one person answer, or confirm an address.

    What each names is read back by the methods `*_of`, which say None where it is not one of ours.
    """

    def __init__(self, public_url: str, seal: Seal) -> None:
        self._public_url = public_url
        self._seal = seal

    def unsubscribing(self, contact_id: UUID, at: datetime) -> str:
        """The link, made at a moment, that ends a person's optional mail in a role."""
        return self._made(UNSUBSCRIBE_PATH, "unsubscribe", Link(contact_id), at)

    def answering(self, pair_id: UUID, party: Party, person_id: UUID, at: datetime) -> str:
        """The link, made at a moment, to where a person answers the offer of a pair as one party of it.

        Another person who takes over the role gets a link of their own, and this one then answers for nobody.
        """
        return self._made(ANSWER_PATH, "offer", Link(pair_id, person_id, party), at)

    def confirming(self, change_id: UUID, at: datetime) -> str:
        """The link, made at a moment, that confirms a change of address."""
        return self._made(ADDRESS_PATH, "address", Link(change_id), at)

    def clearing(self, clearance_id: UUID, person_id: UUID, at: datetime) -> str:
        """The link, made at a moment, to where a person gives or refuses a mentor's clearance."""
        return self._made(CLEARANCE_PATH, "clearance", Link(clearance_id, person_id), at)

    def contact_of(self, token: str, now: datetime) -> Right | None:
        """The contact that the last part of an unsubscribing link names."""
        return self._seal.read("unsubscribe", token, now)

    def change_of(self, token: str, now: datetime) -> Right | None:
        """The change of address that the last part of a link names."""
        return self._seal.read("address", token, now)

    def offer_of(self, token: str, now: datetime) -> OfferRight | None:
        """What the last part of an answering link names."""
        right = self._seal.read("offer", token, now)
        if right is None or right.link.person_id is None:
            return None
        pair_id, person_id, role = right.link.matter_id, right.link.person_id, right.link.role
        return next((OfferRight(pair_id, it, person_id, right.is_over) for it in get_args(Party) if it == role), None)

    def clearance_of(self, token: str, now: datetime) -> Right | None:
        """The clearance that the last part of a link names, and of whom it is asked."""
        right = self._seal.read("clearance", token, now)
        return right if right is not None and right.link.person_id is not None else None

    def _made(self, path: str, purpose: Purpose, link: Link, at: datetime) -> str:
        until = (at.astimezone(UTC) + _DAYS[purpose]).date()
        return f"{self._public_url}{path}{self._seal.token(purpose, link, until)}"
