"""The choice of a mentor for a lead, and why there is none."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from libraries.engine.optimum import Optimum
from libraries.engine.worth import LOTTERY_BITS, Worth, pack
from services.mentoring.states.lead import Lead
from services.mentoring.states.mentor import Mentor

if TYPE_CHECKING:
    from services.mentoring.choice.roster import Roster

Bar: TypeAlias = Literal["recused", "involved", "declined"]
"""Why a mentor may not be offered to a lead, however free: total abstention, a part in the file, a past no."""

Bars: TypeAlias = Mapping[UUID, Bar]
"""The mentors who may not be offered to a lead."""

_draw = itemgetter(0)
_NO_BARS: Final[Bars] = {}
_BARS: Final[tuple[Bar, ...]] = ("recused", "involved", "declined")


class Choice(NamedTuple):
    """The mentor chosen, their fit out of 1000, and who comes next with theirs."""

    mentor: Mentor
    fit: int
    alternates: tuple[tuple[Mentor, int], ...] = ()


class _Standing(NamedTuple):
    """A free mentor with their points for a lead, and their draw: the lowest wins between equals."""

    mentor: Mentor
    fit: int
    draw: int


def pair_up(
    waiting: Sequence[Lead], roster: Roster, *, bars: Callable[[Lead], Bars], now: datetime
) -> Mapping[UUID, Choice]:
    """A free mentor for as many leads as can have one, by assignment.

    `waiting` are in the order of the queue: where not all can have one, who comes first goes before who comes later.
    Among these the fit of all together is the greatest; between equals the lottery decides.
    """
    roster.advance(now)
    if not (most := roster.free_places(now, at_most=len(waiting))):
        return {}
    if len(waiting) == 1:
        (lead,) = waiting
        standings = _standings(lead, roster, bars=bars(lead), most=1)
        return {lead.assignment_id: _choice(standings, standings[0].mentor.mentor_id, roster, ())} if standings else {}
    optimum: Optimum[UUID, UUID] = Optimum()
    found: dict[UUID, list[_Standing]] = {}
    for lead in waiting:
        if len(found) == most:
            break
        # So many leads can't fill the best so many mentors of another, who therefore needs no others.
        standings = _standings(lead, roster, bars=bars(lead), most=most)
        if standings and _fits_in(optimum, lead, standings, roster, now):
            found[lead.assignment_id] = standings
    chosen = dict(optimum.assignment())
    taken = Counter(chosen.values())
    full = {mentor for mentor, count in taken.items() if count == roster[mentor].places(now, roster.settings)}
    return {lead: _choice(found[lead], mentor, roster, full) for lead, mentor in chosen.items()}


def _fits_in(
    optimum: Optimum[UUID, UUID], lead: Lead, standings: Sequence[_Standing], roster: Roster, now: datetime
) -> bool:
    """Takes a lead into the optimum, if that pushes nobody out: whoever came earlier keeps a mentor, if another."""
    for mentor in (standing.mentor for standing in standings):
        if mentor.mentor_id not in optimum.hosts:
            # No place of a mentor is worth more than another.
            optimum.put_host(mentor.mentor_id, (0,) * mentor.places(now, roster.settings), {})
    # So that it names those alone whom this lead moves.
    optimum.moved.clear()
    optimum.put(lead.assignment_id, {standing.mentor.mentor_id: _value(standing) for standing in standings})
    fits = all(optimum.hosts_of(guest) for guest in (lead.assignment_id, *optimum.moved))
    if not fits:
        optimum.remove(lead.assignment_id)
    return fits


def _value(standing: _Standing) -> int:
    # The engine looks for the greatest value, and the lowest draw wins.
    return pack(Worth(coverage=1, fit=standing.fit, lottery=(1 << LOTTERY_BITS) - 1 - standing.draw))


def _choice(standings: Iterable[_Standing], chosen: UUID, roster: Roster, full: Container[UUID]) -> Choice:
    mine = next(standing for standing in standings if standing.mentor.mentor_id == chosen)
    others = [
        (other.mentor, other.fit) for other in standings if other is not mine and other.mentor.mentor_id not in full
    ]
    return Choice(mine.mentor, mine.fit, tuple(others[: roster.settings.alternates]))


def _standings(lead: Lead, roster: Roster, *, bars: Bars, most: int) -> list[_Standing]:
    """The free mentors whom nothing bars, best first: so many, and who would come next."""
    wanted, found = most + roster.settings.alternates, list[_Standing]()
    drum = _drum(roster.rules.seed, lead.assignment_id)
    for points, tied in roster.best_free(lead.shape, without=bars):
        drawn = ((_drawn(drum, mentor.mentor_id), mentor) for mentor in tied)
        # By lot and not by id, which would favour who enrolled first.
        best = nsmallest(wanted - len(found), drawn, key=_draw)
        found += [_Standing(mentor, points, int.from_bytes(draw, "big")) for draw, mentor in best]
        if len(found) == wanted:
            break
    return found


def blocked(lead: Lead, roster: Roster, *, bars: Bars, now: datetime) -> Iterator[tuple[Mentor, int, str]]:
    """The active mentors who suit a lead best and can't be offered, with their fit and a code of `causes`."""
    away = {mentor.mentor_id: why for mentor, why in roster.away(roster.settings.work_days.day_of(now))}
    for points, mentor in roster.best_active(lead.shape, 1 + roster.settings.alternates):
        bar = bars.get(mentor.mentor_id)
        cause = bar or ("full" if mentor.full else away.get(mentor.mentor_id, "paused"))
        yield mentor, points, f"mentors-{cause}"


def lottery(seed: str, assignment_id: UUID, mentor_id: UUID) -> int:
    """The draw of a mentor for a lead, 40 bits, the lowest wins: the same wherever and whenever it is drawn."""
    return int.from_bytes(_drawn(_drum(seed, assignment_id), mentor_id), "big")


def _drum(seed: str, assignment_id: UUID) -> hashlib.blake2b:
    """The hash of what all draws for a lead share, begun once: hundreds of mentors may be equals."""
    # BLAKE2b takes 64 bytes of a key at most; five bytes are the 40 bits of a draw.
    return hashlib.blake2b(assignment_id.bytes, key=seed.encode()[:64], digest_size=5)


def _drawn(drum: hashlib.blake2b, mentor_id: UUID) -> bytes:
    ticket = drum.copy()
    ticket.update(mentor_id.bytes)
    return ticket.digest()


def bars_of(lead: Lead, roster: Roster, recused: Collection[UUID]) -> Bars:
    """The mentors who may not be offered to a lead; where several reasons hold, the first of `Bar`."""
    # The need's owner handles its files, and others say so on their form; nobody is their own mentor either.
    involved = (
        *roster.involvement.handling(lead.application_id),
        *roster.involvement.of_person(lead.owner_id),
        *roster.involvement.of_person(lead.lead_id),
    )
    if not (lead.passed or involved or recused):
        return _NO_BARS
    # The weightiest reason last, since the last one holds.
    bars: dict[UUID, Bar] = dict.fromkeys(lead.passed, "declined")
    bars.update(dict.fromkeys(involved, "involved"))
    bars.update(dict.fromkeys(recused, "recused"))
    return bars


def causes(lead: Lead, roster: Roster, bars: Bars, *, now: datetime) -> tuple[tuple[str, int], ...]:
    """Why no mentor was found: codes with the number of mentors each holds for; each mentor counts once."""
    if not roster.active:
        return (("no-mentor-enrolled", 0),)
    barred = [(mentor, bar) for mentor_id, bar in bars.items() if (mentor := roster.get(mentor_id)) and mentor.active]
    foreign = [mentor for mentor in roster.without_language(lead.shape) if mentor.mentor_id not in bars]
    apart = {mentor.mentor_id: mentor.full for mentor in (*foreign, *(mentor for mentor, _ in barred))}
    full = roster.full - sum(apart.values())
    counts = {f"mentors-{bar}": sum(other == bar for _, other in barred) for bar in _BARS}
    counts["mentors-language"] = len(foreign)
    counts["mentors-full"] = full
    today = roster.settings.work_days.day_of(now)
    away = Counter(f"mentors-{why}" for mentor, why in roster.away(today) if mentor.mentor_id not in apart)
    counts |= away
    counts["mentors-paused"] = roster.active - full - len(apart) - away.total()
    return tuple((code, count) for code, count in counts.items() if count)
