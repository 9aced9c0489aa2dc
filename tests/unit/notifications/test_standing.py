"""What a link of an offer says, by what has become of it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notifications.clicks.standing import (
    ClearanceStanding,
    GivenAnswer,
    KnownClearance,
    KnownOffer,
    Standing,
    standing_of,
    standing_of_clearance,
    stands,
)

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
KEPT = GivenAnswer("accept", None, NOW)
YES, NO = KEPT._replace(is_passed_on=True), KEPT._replace(answer="decline", is_passed_on=True)


@pytest.mark.parametrize(
    ("offer", "standing"),
    [
        (KnownOffer("open"), "open"),
        (KnownOffer("open", given=KEPT), "open"),
        (KnownOffer("open", given=YES), "accepted"),
        (KnownOffer("open", given=NO), "declined"),
        (KnownOffer("open", has_accepted=True), "accepted"),
        (KnownOffer("open", given=YES._replace(is_refused=True)), "refused"),
        (KnownOffer("active", given=YES), "active"),
        (KnownOffer("declined", given=NO), "declined"),
        (KnownOffer("declined", given=YES), "given-up"),
        (KnownOffer("declined"), "given-up"),
        (KnownOffer("expired"), "expired"),
        (KnownOffer("ended"), "ended"),
        (KnownOffer("open", is_forgotten=True), "ended"),
        (KnownOffer("open", is_handed_over=True, given=YES), "handed-over"),
    ],
)
def test_a_link_says_what_is_true_and_asks_only_what_is_open(offer: KnownOffer, standing: Standing) -> None:
    assert standing_of(offer) == standing


def test_only_what_was_passed_on_stands() -> None:
    assert stands(KnownOffer("active", given=YES), "accept")
    assert not stands(KnownOffer("open", given=YES), "decline")
    assert not stands(KnownOffer("open", given=KEPT), "accept")
    assert not stands(KnownOffer("open", given=YES._replace(is_refused=True)), "accept")


ASKED = KnownClearance("line-manager", UUID(int=1), "Claude", NOW.date(), "asked")
GIVEN = ASKED._replace(answer="give", answered_at=NOW)


@pytest.mark.parametrize(
    ("clearance", "standing"),
    [
        (ASKED, "open"),
        (GIVEN, "open"),
        (GIVEN._replace(is_passed_on=True), "given"),
        (GIVEN._replace(answer="refuse", is_passed_on=True), "refused"),
        (GIVEN._replace(is_passed_on=True, is_refused=True), "not-taken"),
        (ASKED._replace(state="given"), "given"),
        (ASKED._replace(state="refused"), "refused"),
        (ASKED._replace(state="dropped"), "over"),
        (GIVEN._replace(state="given", is_forgotten=True), "over"),
    ],
)
def test_a_clearance_is_asked_for_while_it_is_open(clearance: KnownClearance, standing: ClearanceStanding) -> None:
    assert standing_of_clearance(clearance) == standing
