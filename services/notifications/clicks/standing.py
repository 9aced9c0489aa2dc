"""What is true of an offer, or of a clearance, for who follows their link: decided without a database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.clearances import ClearanceKind
from contracts.states import ClearanceState
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


class KnownClearance(NamedTuple):
    """What has become of a mentor's clearance, and what who is asked for it answered by their link."""

    kind: ClearanceKind
    mentor_id: UUID
    mentor_name: str | None
    proposed_until: date | None
    state: ClearanceState
    answer: Literal["give", "refuse"] | None = None
    until: date | None = None
    answered_at: datetime | None = None
    is_passed_on: bool = False
    is_refused: bool = False
    is_forgotten: bool = False


ClearanceStanding: TypeAlias = Literal["open", "given", "refused", "not-taken", "over"]


def standing_of_clearance(clearance: KnownClearance) -> ClearanceStanding:
    """What whoever follows the link is told; only where it is `open` they are asked."""
    if clearance.is_forgotten:
        return "over"
    if clearance.is_refused:
        return "not-taken"
    match clearance.state:
        case "given" | "refused":
            return clearance.state
        case "dropped":
            return "over"
        case "asked":
            if clearance.is_passed_on:
                return "given" if clearance.answer == "give" else "refused"
            return "open"


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
