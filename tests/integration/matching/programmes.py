"""Programmes at random: events about a few needs and applications, each made from what came of those before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.event import Event
from contracts.message import EventData
from services.matching.pool.pool import Pool
from tests.forms import SOURCE, form_event, identifier, person
from tests.unit.matching.events import (
    OFFICER,
    START,
    amended,
    application_id,
    closed,
    contest_decided,
    correction_requested,
    decided,
    declared,
    erased,
    named_deputy,
    need_id,
    placed,
    recused,
    registered,
    rejected,
    revised,
    round_requested,
    withdrawn,
)

_NAMES = [f"a{number}" for number in range(8)]
_NEEDS = ("n1", "n2", "n3")


class Programme:
    """Whatever forms may say; `next_event` looks at the pool for what is there to be spoken of."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 0
        self._assignments: list[Any] = []

    def events(self, pool: Pool, count: int) -> Iterator[Event[EventData]]:
        """Events one after the other, while the pool is led on by whoever takes them."""
        for _ in range(count):
            self._number += 1
            self._assignments += [it for it in pool.assignments if it not in self._assignments]
            at = START + timedelta(minutes=self._number)
            source = "urn:form:another" if self._chance.random() < 0.05 else SOURCE
            yield form_event(self._next(pool), at=at, name=f"event {self._number}", source=source)

    def _next(self, pool: Pool) -> EventData:
        chance, name, need = self._chance, self._chance.choice(_NAMES), self._chance.choice(_NEEDS)
        known = application_id(name) in pool.candidates
        options: list[Any] = [lambda: self._declared(need)]
        if need_id(need) in pool.needs:
            options += [lambda: closed(need), lambda: revised(need, **self._codes(), capacity=chance.randint(0, 3))]
            options += [lambda: placed(name, need, chance.choice(("pin", "forbid", "lift")))] * (2 * known)
            options += [lambda: self._named_deputy(need)]
        if known:
            moment = START + timedelta(minutes=self._number + chance.randint(-5, 5))
            options += [lambda: amended(name, members=chance.choice((0, 1)), **self._codes())] * 2
            options += [lambda: withdrawn(name), lambda: rejected(name), lambda: correction_requested(name)]
            options += [lambda: recused(need, name)]
            options += [lambda: contest_decided(name, chance.choice(("laureate", "not-retained")), publish_at=moment)]
        else:
            options += [self._registered(name)] * 6
        if self._assignments:
            options += [self._decided] * 4
        options += [lambda: self._erased(name, need)]
        options += [lambda: round_requested(chance.choice(("implantation", "contest")), name=f"round {self._number}")]
        event: EventData = chance.choice(options)()
        return event

    def _registered(self, name: str) -> Any:
        track = self._chance.choice(("implantation", "implantation", "contest"))
        return lambda: registered(name, track=track, members=self._chance.choice((0, 0, 2)), **self._codes())

    def _declared(self, need: str) -> EventData:
        return declared(need, capacity=self._chance.randint(0, 3), **self._codes())

    def _decided(self) -> EventData:
        decision = self._chance.choice(("confirm", "decline"))
        by = self._chance.choice((OFFICER, OFFICER, OFFICER, *self._officers()))
        return decided(self._chance.choice(self._assignments), decision, "some-reason", by=by)

    def _named_deputy(self, need: str) -> EventData:
        moment = START + timedelta(minutes=self._number + 5)
        deputy = self._chance.choice((None, person("deputy one"), person("deputy two")))
        return named_deputy(need, deputy, until=self._chance.choice((None, moment)))

    def _erased(self, name: str, need: str) -> EventData:
        return erased(self._chance.choice((identifier(f"lead {name}"), identifier(f"owner {need}"), *self._officers())))

    def _officers(self) -> tuple[UUID, ...]:
        deputies = (person(f"deputy {number}").person_id for number in ("one", "two"))
        return (*(identifier(f"owner {need}") for need in _NEEDS), *deputies)

    def _codes(self) -> dict[str, Any]:
        themes = tuple(self._chance.sample(("health", "housing", "education"), self._chance.randint(1, 2)))
        return {
            "themes": themes,
            "publics": (),
            "territories": (self._chance.choice(("13201", "13202", "marseille")),),
        }
