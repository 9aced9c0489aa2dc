"""What is said of live assignments when their people or names change: each is said anew, as it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

from services.matching.flows.proposals import amend, said_of
from services.matching.states.assignments import Assignment
from services.matching.store import Unit

Concerned: TypeAlias = Callable[[], Iterable[Assignment]]
"""The live assignments that a change may concern."""


@contextmanager
def amending(unit: Unit, concerned: Concerned, *, actor: str) -> Iterator[None]:
    """Says anew, at its end, those live assignments of which something else is to be said than at its beginning.

    What was proposed in between says all by itself, and what ended has nothing more to say.
    """
    before = {held.assignment_id: (held.version, said_of(held, unit)) for held in concerned()}
    yield
    # By their ids, so that the same events publish in the same order.
    for held in sorted(concerned(), key=attrgetter("assignment_id")):
        version, said = before.get(held.assignment_id, (0, None))
        if held.version == version and said_of(held, unit) != said:
            amend(held, actor=actor, unit=unit)


def of_application(unit: Unit, application_id: UUID) -> Concerned:
    """The live assignments of an application."""
    return lambda: list(unit.store.pool.live_of(application_id).values())


def of_need(unit: Unit, need_id: UUID) -> Concerned:
    """The live assignments to a need."""
    return lambda: [held for held in unit.store.pool.live if held.need_id == need_id]


def of_owners(unit: Unit, owner_ids: Collection[UUID]) -> Concerned:
    """The live assignments to all needs of some owners."""
    pool = unit.store.pool
    return lambda: [held for held in pool.live if pool.needs[held.need_id].owner_id in owner_ids]
