"""Making the optimum known: what it let go is released, what it holds is proposed, each with its event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from services.matching import codes
from services.matching.flows.proposals import propose, release
from services.matching.pool.pool import Pool
from services.matching.states.assignments import Assignment
from services.matching.store import Unit


def settle(
    unit: Unit,
    *,
    newcomer: UUID | None = None,
    because: Mapping[UUID, str] | None = None,
    otherwise: str = codes.BETTER_FOR_ALL,
    in_round: bool = False,
) -> None:
    """Publishes how what is held differs from what is proposed: first all releases, then all proposals.

    `because` gives the reason of a release by the application's or the need's id, `otherwise` that of any other
    move. `newcomer` is the application that the event is about. Under rules that propose in rounds, only what can't
    stay proposed until the next one is released; all else waits for it.
    """
    pool, because = unit.store.pool, because or {}
    moves = to_publish(pool, because, in_round=in_round)
    # All releases first: a reader that follows the events never sees a need hold more than it has places.
    for application_id, released, _ in moves:
        for live in released:
            reason = because.get(application_id) or because.get(live.need_id) or otherwise
            release(live, actor=pool.rules.actor, reason=reason, unit=unit)
    for application_id, released, proposed in moves:
        arrival = codes.BEST_OPEN_NEED if application_id == newcomer else codes.PLACE_FREE
        reason = otherwise if released and application_id != newcomer else arrival
        for need_id in proposed:
            propose(pool.candidates[application_id], pool.needs[need_id], reason=reason, unit=unit)
    _value_as_published(pool, moves)
    pool.optimum.moved.clear()


def _value_as_published(pool: Pool, moves: Iterable[Rearrangement]) -> None:
    """What is published now is worth keeping, what was released is not: the optimum stays, its values change."""
    for application_id, released, proposed in moves:
        if released:
            pool.value_as_published(application_id)
        else:
            # Mostly a newcomer: to look at all its needs again costs 5 µs more.
            for need_id in proposed:
                pool.keep(application_id, need_id)


class Rearrangement(NamedTuple):
    """An application, what it is not to be held by any more, and the needs it is to be held by instead."""

    application_id: UUID
    released: tuple[Assignment, ...]
    proposed: tuple[UUID, ...]


def to_publish(pool: Pool, because: Mapping[UUID, str], *, in_round: bool) -> list[Rearrangement]:
    """How what is proposed has to change; not in a round, as far as the rules propose at once."""
    if in_round or pool.rules.publication == "rolling":
        return list(_moves(pool))
    return [Rearrangement(it.application_id, (it,), ()) for it in _untenable(pool, because)]


def _moves(pool: Pool) -> Iterator[Rearrangement]:
    """Who is to be held by other needs than those proposed, in the order of their ids."""
    for application_id in sorted(pool.optimum.moved):
        held, live = pool.optimum.hosts_of(application_id), pool.live_of(application_id)
        if not live:
            # A newcomer, as most are.
            if held:
                yield Rearrangement(application_id, (), tuple(sorted(held)))
            continue
        released = [it for need_id, it in sorted(live.items()) if need_id not in held and not it.is_fixed]
        proposed = sorted(need_id for need_id in held if need_id not in live)
        if released or proposed:
            yield Rearrangement(application_id, tuple(released), tuple(proposed))


def _untenable(pool: Pool, touched: Mapping[UUID, str]) -> Iterator[Assignment]:
    """Proposals that can't stay as they are: a gate shut, their need or their application lost the place."""
    suspects = {it for it in pool.optimum.moved if pool.live_of(it)}
    suspects |= {it.application_id for it in pool.live if it.need_id in touched or it.application_id in touched}
    counts = Counter(it.need_id for it in pool.live) if suspects else Counter()
    for application_id in sorted(suspects):
        candidate, held = pool.candidates[application_id], pool.optimum.hosts_of(application_id)
        proposed = [it for it in pool.live_of(application_id).values() if not it.is_fixed]
        too_many = len(proposed) - pool.room(candidate)
        for live in sorted(proposed, key=lambda it: (it.fit, it.need_id)):
            need = pool.needs[live.need_id]
            if live.need_id in held:
                continue
            if too_many > 0 or pool.edge(candidate, need) is None or counts[live.need_id] > need.capacity:
                counts[live.need_id] -= 1
                too_many -= 1
                yield live


def settle_in_round(unit: Unit) -> None:
    """Publishes all that the optimum decides."""
    look_at_all(unit.store.pool)
    settle(unit, otherwise=codes.BETTER_FOR_ALL, in_round=True)


def look_at_all(pool: Pool) -> None:
    """Lets the next settlement compare every application, not only those that moved."""
    pool.optimum.moved.update(dict.fromkeys(pool.optimum.guests))
