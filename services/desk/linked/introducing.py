"""Whom a project was introduced to, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from contracts.message import MOST_SHORT_CHARACTERS
from contracts.support import IntroductionReported
from services.desk.linked.asked import Asked
from services.desk.linked.choices import LISTS
from services.desk.linked.given import Given, together
from services.desk.linked.matters import Thing

_LONGEST_AGO: Final = timedelta(days=366)


class Introduction(NamedTuple):
    """A project's introduction to a partner on a day, and what came of it."""

    id: UUID
    partner: str
    kind: str
    made_on: str
    outcome: str

    def reported(self, assignment_id: UUID, *, by: str, at: datetime) -> IntroductionReported:
        """The event that says so of an assignment."""
        return IntroductionReported.model_validate(
            {
                "assignment_id": assignment_id,
                "introduction_id": self.id,
                "partner_kind": self.kind,
                "partner_name": self.partner,
                "made_on": self.made_on,
                "outcome": self.outcome,
                "reported_by": by,
                "reported_at": at,
            }
        )


def introductions_of(things: Iterable[Thing], assignment_id: UUID | None) -> list[Thing]:
    """Those of an assignment among other things of its story."""
    return [thing for thing in things if thing.kind == "introduction" and thing.parent_id == assignment_id]


def new_introduction(given: Given, assignment_id: UUID, today: date) -> Introduction:
    """One that a form notes, of which something is awaited: once a day to one partner, whoever reports it."""
    said = together(
        {
            "partner": partial(given.text, "partner", most=MOST_SHORT_CHARACTERS, required=True),
            "partner_kind": partial(given.choice, "partner_kind", LISTS["partner-kinds"]),
            "made_on": lambda: str(given.day("made_on", first=today - _LONGEST_AGO, last=today)),
        }
    )
    partner, kind, made_on = (value or "" for value in said.values())
    identifier = uuid5(assignment_id, f"introduced to {partner.casefold()} on {made_on}")
    return Introduction(identifier, partner, kind, made_on, "awaited")


def what_came(given: Given, made: Iterable[Thing]) -> Introduction:
    """One of those that were made, with what a form says came of it."""
    listed = {str(each.id): each for each in made}
    known = listed[given.choice("introduction_id", listed)]
    outcome, facts = given.choice("outcome", LISTS["outcomes"]), known.facts
    return Introduction(known.id, facts["partner"], facts["partner_kind"], facts["made_on"], outcome)


def introduce(asked: Asked) -> IntroductionReported:
    """The project was introduced to a partner; what comes of it is awaited."""
    made = new_introduction(asked.given, asked.assignment_id, asked.today)
    return made.reported(asked.assignment_id, by=asked.reporter, at=asked.now)


def tell_what_came(asked: Asked) -> IntroductionReported:
    """What came of an introduction that the page lists."""
    made = what_came(asked.given, introductions_of(asked.things, asked.assignment_id))
    return made.reported(asked.assignment_id, by=asked.reporter, at=asked.now)
