"""Whom a project was introduced to, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from contracts.message import MOST_SHORT_CHARACTERS
from contracts.support import IntroductionReported
from services.desk.linked.asked import Asked
from services.desk.linked.choices import LISTS
from services.desk.linked.matters import Thing

_LONGEST_AGO: Final = timedelta(days=366)


def introduction_id_of(assignment_id: UUID, partner: str, made_on: object) -> UUID:
    """The id of an introduction: once a day to one partner, whoever reports it."""
    return uuid5(assignment_id, f"introduced to {partner.casefold()} on {made_on}")


def introductions_of(things: Iterable[Thing], assignment_id: UUID | None) -> list[Thing]:
    """Those of an assignment among other things of its story."""
    return [thing for thing in things if thing.kind == "introduction" and thing.parent_id == assignment_id]


def introduce(asked: Asked) -> IntroductionReported:
    """The project was introduced to a partner; what comes of it is awaited."""
    given, today = asked.given, asked.today
    partner = given.text("partner", most=MOST_SHORT_CHARACTERS, required=True) or ""
    kind = given.choice("partner_kind", LISTS["partner-kinds"])
    made_on = given.day("made_on", first=today - _LONGEST_AGO, last=today)
    identifier = introduction_id_of(asked.assignment_id, partner, made_on)
    return _reported(asked, identifier, partner, kind, made_on, "awaited")


def tell_what_came(asked: Asked) -> IntroductionReported:
    """What came of an introduction that the page lists."""
    listed = {str(each.id): each for each in introductions_of(asked.things, asked.assignment_id)}
    known = listed[asked.given.choice("introduction_id", listed)]
    outcome, facts = asked.given.choice("outcome", LISTS["outcomes"]), known.facts
    return _reported(asked, known.id, facts["partner"], facts["partner_kind"], facts["made_on"], outcome)


def _reported(
    asked: Asked, identifier: UUID, partner: str, kind: str, made_on: object, outcome: str
) -> IntroductionReported:
    return IntroductionReported.model_validate(
        {
            "assignment_id": asked.assignment_id,
            "introduction_id": identifier,
            "partner_kind": kind,
            "partner_name": partner,
            "made_on": made_on,
            "outcome": outcome,
            "reported_by": asked.reporter,
            "reported_at": asked.now,
        }
    )
