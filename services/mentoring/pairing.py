"""The choice of a mentor for a lead, and why there is none."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import nsmallest
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from services.mentoring.lead import Lead
from services.mentoring.mentor import Mentor
from services.mentoring.pool import Pool

Bar: TypeAlias = Literal["recused", "involved", "declined"]
"""Why a mentor may not be offered to a lead, however free: total abstention, a part in the file, a past no."""

Bars: TypeAlias = Mapping[UUID, Bar]
"""The mentors who may not be offered to a lead."""

_BARS: Final[tuple[Bar, ...]] = ("recused", "involved", "declined")


class Choice(NamedTuple):
    """The mentor chosen, their fit out of 1000, and who comes next with theirs."""

    mentor: Mentor
    fit: int
    alternates: tuple[tuple[Mentor, int], ...] = ()


def choose(lead: Lead, pool: Pool, *, bars: Bars, now: datetime) -> Choice | None:
    """The free mentor with the best fit whom nothing bars; between equals the lottery decides."""
    if not pool.any_free():
        return None
    wanted, found = 1 + pool.settings.alternates, list[tuple[Mentor, int]]()
    for points, level in pool.best_free(lead.shape, without=bars):
        # Lanes differ a little in time: who became free for one may not be free yet for this event.
        tied = [mentor for mentor in level if mentor.is_free(now, pool.settings)]
        found += [(mentor, points) for mentor in _drawn(lead, tied, pool.rules.seed, wanted - len(found))]
        if len(found) == wanted:
            break
    return Choice(*found[0], tuple(found[1:])) if found else None


def _drawn(lead: Lead, tied: list[Mentor], seed: str, most: int) -> list[Mentor]:
    if len(tied) <= 1:
        return tied
    return nsmallest(most, tied, key=lambda mentor: lottery(seed, lead.assignment_id, mentor.mentor_id))


def blocked(lead: Lead, pool: Pool, *, bars: Bars, now: datetime) -> Iterator[tuple[Mentor, int, str]]:
    """The active mentors who suit a lead best and can't be offered, with their fit and a code of `causes`."""
    away = {mentor.mentor_id: why for mentor, why in pool.away(now)}
    for points, mentor in pool.best_active(lead.shape, 1 + pool.settings.alternates):
        bar = bars.get(mentor.mentor_id)
        cause = bar or ("full" if mentor.full else away.get(mentor.mentor_id, "paused"))
        yield mentor, points, f"mentors-{cause}"


def lottery(seed: str, assignment_id: UUID, mentor_id: UUID) -> int:
    """The draw of a mentor for a lead, 40 bits, the lowest wins: the same wherever and whenever it is drawn."""
    digest = hashlib.blake2b(assignment_id.bytes + mentor_id.bytes, key=seed.encode()[:64], digest_size=5)
    return int.from_bytes(digest.digest(), "big")


def bars_of(lead: Lead, pool: Pool, recused: set[UUID]) -> Bars:
    """The mentors who may not be offered to a lead; where several reasons hold, the first of `Bar`."""
    bars: dict[UUID, Bar] = dict.fromkeys(lead.passed, "declined")
    # The need's owner handles its files, and others say so on their form; nobody is their own mentor either.
    bars.update(dict.fromkeys(pool.handling(lead.application_id), "involved"))
    for person_id in (lead.owner_id, lead.lead_id):
        bars.update(dict.fromkeys(pool.of_person(person_id), "involved"))
    bars.update(dict.fromkeys(recused, "recused"))
    return bars


def causes(pool: Pool, bars: Bars, *, now: datetime) -> tuple[tuple[str, int], ...]:
    """Why no mentor was found: codes with the number of mentors each holds for; each mentor counts once."""
    if not pool.active:
        return (("no-mentor-enrolled", 0),)
    barred = [(mentor, bar) for mentor_id, bar in bars.items() if (mentor := pool.get(mentor_id)) and mentor.active]
    full = pool.full - sum(mentor.full for mentor, _ in barred)
    counts = {f"mentors-{bar}": sum(other == bar for _, other in barred) for bar in _BARS}
    counts["mentors-full"] = full
    away = Counter(f"mentors-{why}" for mentor, why in pool.away(now) if mentor.mentor_id not in bars)
    counts |= away
    counts["mentors-paused"] = pool.active - full - len(barred) - away.total()
    return tuple((code, count) for code, count in counts.items() if count)
