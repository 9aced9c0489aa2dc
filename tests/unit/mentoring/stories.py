"""Random events about few mentors, leads, pairs and obstacles, so that they meet again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.message import EventData
from libraries.chassis.handling import NotYet, Refused
from libraries.chassis.unit_of_work import UnitOfWork
from tests.unit.mentoring.desk import handle
from tests.unit.mentoring.examples import (
    OWNER,
    amended,
    answered,
    application_id,
    confirmed,
    end_requested,
    enrolled,
    erasure_of,
    lead_person,
    line_manager,
    person_of_mentor,
    recused,
    released,
    revised,
    wished,
    withdrawn,
)
from tests.unit.mentoring.reports import met, reported, rested, reviewed, updated
from tests.unit.mentoring.test_support import impact, introduced, said

_OUTCOMES = ("awaited", "cooperation")


def any_event(draw: random.Random, pairs: Sequence[UUID], now: datetime) -> EventData:
    """Any of the events that mentoring reads; most answer an offer or confirm a lead."""
    makers: list[tuple[int, Callable[[], EventData]]] = [
        (3, lambda: enrolled(draw.randint(1, 5), **_form(draw, now))),
        (2, lambda: revised(draw.randint(1, 5), **_form(draw, now))),
        (1, lambda: withdrawn(draw.randint(1, 5))),
        (1, lambda: erasure_of(draw.choice([person_of_mentor, lead_person])(draw.randint(1, 5)))),
        (1, lambda: recused(draw.randint(1, 5), application=draw.randint(1, 12))),
        (8, lambda: _confirmed(draw, now)),
        (3, lambda: released(draw.randint(1, 12))),
        (3, lambda: _amended(draw)),
        (2, lambda: wished(draw.randint(1, 12), languages=draw.choice([(), ("fr",), ("en",)]))),
        (3, lambda: reported(draw.randint(1, 8), draw.randint(1, 12))),
        (3, lambda: updated(draw.choice(["take", "lift", "abandon"]), draw.randint(1, 8), draw.randint(1, 12))),
        (2, lambda: said("rooting", draw.choice(["start", "finish"]), draw.randint(1, 12))),
        (1, lambda: said("networking", "drop", draw.randint(1, 12), reason="moved")),
        (2, lambda: introduced(draw.randint(1, 6), draw.randint(1, 12), outcome=draw.choice(_OUTCOMES))),
        (2, lambda: impact(draw.randint(0, 2), draw.randint(1, 12), jobs=draw.randint(1, 3))),
    ]
    if pairs:
        # The latest are the likeliest to be open.
        pair = pairs[-1 - min(int(draw.expovariate(0.5)), len(pairs) - 1)]
        party = draw.choice(["mentor", "lead"])
        makers += [
            (40, lambda: answered(pair, party, draw.choice(["accept"] * 9 + ["decline"]))),
            (2, lambda: end_requested(pair, draw.choice(["mentor:1", "officer:1"]))),
            (8, lambda: met(pair, now.date(), number=draw.randint(1, 40))),
            (1, lambda: rested(pair, now.date() + timedelta(days=draw.randint(1, 60)))),
            (4, lambda: reviewed(pair, party, "go-on")),
        ]
    weights = [weight for weight, _ in makers]
    (chosen,) = draw.choices([maker for _, maker in makers], weights)
    return chosen()


def handle_what_can_be(unit: UnitOfWork[Any], events: Sequence[Any]) -> None:
    """Runs the handlers as the chassis does: who waits for something, or is refused, leaves the others alone."""
    for each in events:
        try:
            handle(unit, [each])
        except (NotYet, Refused):
            continue


def _form(draw: random.Random, now: datetime) -> dict[str, Any]:
    day = now.date() + timedelta(days=draw.randint(-3, 9))
    return {
        "capacity": draw.randint(0, 4),
        "line_manager": line_manager(day.day % 3) if day.day % 2 else None,
        "line_manager_authorised": day.day % 5 > 0,
        "ethics_check_done": draw.random() < 0.8,
        "languages": draw.choice([("fr",), ("fr",), ("en",)]),
        "handled_applications": (application_id(draw.randint(1, 12)),) if draw.random() < 0.2 else (),
        "paused_until": day if draw.random() < 0.3 else None,
        "line_manager_authorised_until": day if draw.random() < 0.3 else None,
    }


def _confirmed(draw: random.Random, now: datetime) -> EventData:
    number = draw.randint(1, 12)
    # Eleven and twelve are other assignments of the first two projects.
    owner = draw.choice([OWNER, person_of_mentor(1), person_of_mentor(2)])
    return confirmed(number, application_id=application_id((number - 1) % 10 + 1), owner_id=owner, occurred_at=now)


def _amended(draw: random.Random) -> EventData:
    number = draw.randint(1, 12)
    # The thirteenth person is nobody's lead before; the first mentors may become leads of what they accompany.
    lead = draw.choice([lead_person(number), lead_person(13), person_of_mentor(1), person_of_mentor(3)])
    title = draw.choice([f"Projet {number}", "Un autre titre"])
    return amended(number, application_id=application_id((number - 1) % 10 + 1), lead_id=lead, project_title=title)
