"""Programmes at random: events about a few needs and applications, each made from what came of those before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from contracts.event import Event
from contracts.message import EventData
from services.matching.pool.pool import Pool
from tests.forms import form_event
from tests.unit.matching.events import (
    START,
    amended,
    application_id,
    closed,
    contest_decided,
    correction_requested,
    decided,
    declared,
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
            yield form_event(self._next(pool), at=at, name=f"event {self._number}")

    def _next(self, pool: Pool) -> EventData:
        chance, name, need = self._chance, self._chance.choice(_NAMES), self._chance.choice(_NEEDS)
        known = application_id(name) in pool.candidates
        options: list[Any] = [lambda: self._declared(need)]
        if need_id(need) in pool.needs:
            options += [lambda: closed(need), lambda: revised(need, **self._codes(), capacity=chance.randint(0, 3))]
            options += [lambda: placed(name, need, chance.choice(("pin", "forbid", "lift")))] * (2 * known)
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
        return decided(self._chance.choice(self._assignments), decision, "some-reason")

    def _codes(self) -> dict[str, Any]:
        themes = tuple(self._chance.sample(("health", "housing", "education"), self._chance.randint(1, 2)))
        return {
            "themes": themes,
            "publics": (),
            "territories": (self._chance.choice(("13201", "13202", "marseille")),),
        }
