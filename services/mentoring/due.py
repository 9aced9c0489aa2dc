"""What falls due: ends of offers, pairs that do not meet or end, late obstacles, authorisations, mentors free again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from libraries.chassis.records.published import Cause
from libraries.chassis.service import DutyLane
from services.mentoring.flows import accompaniment, asking, obstacle_lifting, offers
from services.mentoring.programme import Programme
from services.mentoring.store import DUE_DATES, Unit

_PORTION: Final = 500
"""How many things one transaction does: after an outage they may be thousands, and events wait meanwhile."""


class Expiry(NamedTuple):
    """An offer whose time is over."""

    pair_id: UUID

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"expiry of {self.pair_id}"

    def settle(self, unit: Unit) -> None:
        """Ends the offer."""
        offers.expire(unit, unit.store.state.pairs[self.pair_id])


class Step(NamedTuple):
    """An active pair that does not meet, or whose term is over; `version` is the pair's."""

    pair_id: UUID
    version: int

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        # With the version, for a pair is due again and again; the ids of what it causes are made of this name.
        return f"step of {self.pair_id} after version {self.version}"

    def settle(self, unit: Unit) -> None:
        """Does the pair's next step."""
        accompaniment.keep_rhythm(unit, unit.store.state.pairs[self.pair_id])


class Escalation(NamedTuple):
    """An obstacle that was not lifted in time; `version` is the obstacle's."""

    obstacle_id: UUID
    version: int

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"escalation of {self.obstacle_id} after version {self.version}"

    def settle(self, unit: Unit) -> None:
        """Tells the next level."""
        obstacle_lifting.escalate(unit, unit.store.state.obstacles[self.obstacle_id])


class Question(NamedTuple):
    """A mentor who lacks something, or soon will, that is to be asked for; `version` is the mentor's."""

    mentor_id: UUID
    version: int

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"question about {self.mentor_id} after version {self.version}"

    def settle(self, unit: Unit) -> None:
        """Asks who is to give it."""
        asking.ask(unit, self.mentor_id)


class Places(NamedTuple):
    """A mentor whom time has freed."""

    mentor_id: UUID

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"places of {self.mentor_id}"

    def settle(self, unit: Unit) -> None:
        """Needs nothing but the look at the queue that follows everything."""
        unit.store.state.roster.looked(self.mentor_id)


DueItem: TypeAlias = Expiry | Step | Escalation | Question | Places


class DueDates:
    """The duty that does what is due, the oldest of each sort first, each once.

    It acts at the moment it looks, not at the one that was due: after an outage nobody is offered something that
    is over already, and what comes next counts from then, so that no two steps come at once.
    """

    name = DUE_DATES
    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._passed_over = 0

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Does some of what is due; returns when the next is."""
        now = self._clock()
        found: Sequence[DueItem] = ()
        next_deadline: datetime | None = None

        async def find(unit: Unit) -> Sequence[DueItem]:
            nonlocal found, next_deadline
            programme = unit.store.state
            found = due_items(programme, now)[self._passed_over :][:_PORTION]
            next_deadline = programme.next_deadline(after=now)
            return found

        async def do(unit: Unit, items: Sequence[DueItem]) -> None:
            settle(unit, items, now)

        done = await lane.carry_out(find, do)
        if not done and len(found) == _PORTION:
            # All of these were set aside: what comes after them is not kept waiting.
            self._passed_over += _PORTION
            return now
        self._passed_over = 0
        return now if done else next_deadline

    async def close(self) -> None:
        """Holds nothing."""


def due_items(programme: Programme, now: datetime) -> list[DueItem]:
    """What is due by a moment, sort by sort, the oldest of each first."""
    items: list[DueItem] = [Expiry(pair_id) for pair_id in programme.expiries.due(now)]
    for pair_id in programme.steps.due(now):
        items.append(Step(pair_id, programme.pairs[pair_id].version))
    for obstacle_id in programme.escalations.due(now):
        items.append(Escalation(obstacle_id, programme.obstacles[obstacle_id].version))
    items += [Question(mentor_id, programme.roster[mentor_id].version) for mentor_id in programme.questions.due(now)]
    items += [Places(mentor_id) for mentor_id in programme.roster.reopenings.due(now)]
    return items


def settle(unit: Unit, items: Sequence[DueItem], now: datetime) -> None:
    """Does at a moment what is due, and offers the next mentor to each lead who waits."""
    for item in items:
        unit.because_of(_cause(item, now))
        item.settle(unit)
        offers.serve_queue(unit)


def _cause(item: DueItem, now: datetime) -> Cause:
    # A mentor's places come free again and again; everything else is due once.
    occasion = f" at {now}" if isinstance(item, Places) else ""
    return Cause.named(f"engage mentoring {item.name}{occasion}", now)
