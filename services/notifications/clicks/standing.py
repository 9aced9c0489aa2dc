"""What is true of an offer for one party of it, whatever they ask by their link: decided without a database."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from services.notifications.offers import OfferState


class GivenAnswer(NamedTuple):
    """What a party answered by their link."""

    answer: Literal["accept", "decline"]
    reason: str | None
    answered_at: datetime
    is_passed_on: bool = False
    is_refused: bool = False


class KnownOffer(NamedTuple):
    """What has become of an offer; `has_accepted` is whether this party is known to have, by whichever way.

    `is_handed_over` where another person is this party by now.
    """

    state: OfferState
    has_accepted: bool = False
    is_forgotten: bool = False
    is_handed_over: bool = False
    given: GivenAnswer | None = None


Standing: TypeAlias = Literal[
    "open", "accepted", "declined", "refused", "handed-over", "active", "given-up", "expired", "ended"
]


def standing_of(offer: KnownOffer) -> Standing:
    """What whoever follows the link is told; only where it is `open` they are asked."""
    given = offer.given
    if offer.is_forgotten:
        return "ended"
    if offer.is_handed_over:
        return "handed-over"
    if given is not None and given.is_refused:
        return "refused"
    match offer.state:
        case "active" | "expired" | "ended":
            return offer.state
        case "declined":
            return "declined" if given is not None and given.answer == "decline" else "given-up"
        case "open":
            if given is not None and given.is_passed_on:
                return "accepted" if given.answer == "accept" else "declined"
            return "accepted" if offer.has_accepted else "open"


def stands(offer: KnownOffer, answer: str) -> bool:
    """Whether an answer is the one that the party has given, and is with those whom it is for."""
    given = offer.given
    return given is not None and given.is_passed_on and not given.is_refused and given.answer == answer
