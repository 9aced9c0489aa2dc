"""The roster: all mentors, and who of them is free, kept current while handlers change them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from services.mentoring.choice.involvement import Involvement
from services.mentoring.choice.ranking import Ranking
from services.mentoring.memory.agenda import Agenda
from services.mentoring.memory.memo import Memo
from services.mentoring.settings.pairing_rules import PairingRules
from services.mentoring.settings.rhythms import MentoringSettings
from services.mentoring.states.mentor import ANY_TIME, Mentor
from services.mentoring.states.shape import Shape

# So many are sorted sooner than the ids of thousands are gone through to find them.
_FEW: Final = 16
_moment = itemgetter(0)


class Roster:
    """Mentors by id, ranked for a project, and the free among them: a choice looks at the best and stops there.

    `gained` are the mentors who became able to take a pair since it was last cleared: the only ones for
    whom a lead who waits can have hope. `reopenings` says from when a mentor can take another pair where that is a
    matter of time, until somebody `looked`. `before` holds each changed mentor, and their reopening, as the tables have
    them (None for a new one). `remembered` is for what follows from the roster as it is: every change empties it.
    """

    def __init__(
        self,
        mentors: Iterable[Mentor],
        *,
        rules: PairingRules,
        settings: MentoringSettings,
        reopenings: Mapping[UUID, datetime] | None = None,
    ) -> None:
        self.rules = rules
        self.settings = settings
        self.gained: set[UUID] = set()
        self.before: dict[UUID, tuple[Mentor | None, datetime | None]] = {}
        self.reopenings = Agenda(reopenings)
        self.remembered: Memo[Hashable, Any] = Memo()
        self.involvement = Involvement()
        self.active = self.full = 0
        self._mentors: dict[UUID, Mentor] = {}
        self._dated: set[UUID] = set()
        self._ranking = Ranking(rules)
        # One bit a mentor, in the order in which they came; a set of mentors is an integer.
        self._bits: dict[UUID, int] = {}
        self._by_bit: list[Mentor] = []
        self._free = 0
        self._now = ANY_TIME
        # When time alone frees a mentor, or makes them unfree.
        self._turning_points: list[tuple[datetime, UUID]] = []
        self._best: Memo[tuple[Shape, int], list[tuple[int, UUID]]] = Memo()
        self._active_by_id: list[tuple[UUID, int]] = []
        for mentor in mentors:
            self._enter(mentor, None)

    def __getitem__(self, mentor_id: UUID) -> Mentor:
        return self._mentors[mentor_id]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._mentors)

    def get(self, mentor_id: UUID) -> Mentor | None:
        """The mentor of that id, if known."""
        return self._mentors.get(mentor_id)

    def away(self, today: date) -> Iterator[tuple[Mentor, str]]:
        """The active mentors with a place who are not offered one `today`, and why: away, unauthorised or refused."""
        for identifier in self._dated:
            mentor = self._mentors[identifier]
            if mentor.active and not mentor.full:
                if mentor.is_refused:
                    yield mentor, "refused"
                elif mentor.lapsed(today):
                    yield mentor, "unauthorised"
                elif mentor.paused(today):
                    yield mentor, "away"

    def advance(self, now: datetime) -> None:
        """Frees whom time frees by `now`, and no longer those whose authorisation has ended by then.

        Events of different lanes differ a little in time: where it goes back, so does who is free.
        """
        if now == self._now:
            return
        earlier, later = sorted((self._now, now))
        self._now = now
        first = bisect_right(self._turning_points, earlier, key=_moment)
        last = bisect_right(self._turning_points, later, key=_moment)
        for _, identifier in self._turning_points[first:last]:
            if self._mentors[identifier].is_free(now, self.settings):
                self._set_free(identifier)
            else:
                self._free &= ~self._bits[identifier]
                self.gained.discard(identifier)

    def put(self, mentor: Mentor, now: datetime) -> None:
        """Takes a mentor new or changed at `now`; where they are free only now, leads who wait may hope again."""
        identifier = mentor.mentor_id
        known = self._mentors.get(identifier)
        was_free = known is not None and bool(self._free & self._bits[identifier])
        hopeful = identifier in self.gained
        self.before.setdefault(identifier, (known, self.reopenings.at(identifier)))
        # Whoever waits while a mentor is free is barred from them, and would be after another place too,
        # unless the mentor handled the file and does no more, or speaks other languages now.
        same_bars = (
            known is not None
            and known.handled <= mentor.handled
            and known.profile.languages == mentor.profile.languages
        )
        if known is not None:
            self._leave(known)
        self._enter(mentor, known)
        since = mentor.free_from(self.settings)
        # One that has come needs no look of its own: a look at the queue follows every change.
        self.reopenings.put(identifier, None if since is None or since <= now else since)
        self.remembered.clear()
        if was_free and same_bars and not hopeful:
            self.gained.discard(identifier)

    def looked(self, mentor_id: UUID) -> None:
        """Says that who waits was looked at since the mentor could take another pair."""
        self.before.setdefault(mentor_id, (self._mentors[mentor_id], self.reopenings.at(mentor_id)))
        self.reopenings.put(mentor_id, None)

    def take_place(self, mentor_id: UUID, assignment_id: UUID, now: datetime) -> None:
        """Gives one more pair to a mentor who is free at `now`."""
        self.put(self._mentors[mentor_id].with_offer(assignment_id), now)

    def free_places(self, now: datetime, *, at_most: int) -> int:
        """How many more pairs the free mentors can take at `now`; counted no further than `at_most`."""
        count = 0
        for mentor in self._among(self._free):
            count += mentor.places(now, self.settings)
            if count >= at_most:
                return at_most
        return count

    def best_free(self, shape: Shape, *, without: Iterable[UUID]) -> Iterator[tuple[int, Iterator[Mentor]]]:
        """The free mentors with equal points for a project, best first; only tiers with anyone in them."""
        free = self._free
        for identifier in without:
            free &= ~self._bits.get(identifier, 0)
        for points, mentors in self._ranking.tiers(shape):
            if tier := mentors & free:
                yield points, self._among(tier)

    def best_active(self, shape: Shape, most: int) -> Iterator[tuple[int, Mentor]]:
        """So many mentors of the programme, free or not, with their points for a project, best first."""
        if (best := self._best.get((shape, most))) is None:
            best = self._best.keep((shape, most), list(self._ranked(shape, most)))
        return ((points, self._mentors[identifier]) for points, identifier in best)

    def without_language(self, shape: Shape) -> Iterator[Mentor]:
        """The mentors of the programme who share no language with a lead."""
        return (mentor for mentor in self._among(self._ranking.without_language(shape)) if mentor.active)

    def _ranked(self, shape: Shape, most: int) -> Iterator[tuple[int, UUID]]:
        # Most tiers are either large, and then the first by id come soon, or nearly empty.
        for points, mentors in self._ranking.tiers(shape):
            active: Iterable[UUID]
            if mentors.bit_count() > _FEW:
                active = (identifier for identifier, bit in self._active_by_id if bit & mentors)
            else:
                active = sorted(mentor.mentor_id for mentor in self._among(mentors) if mentor.active)
            for identifier in islice(active, most):
                yield points, identifier
                most -= 1
            if not most:
                return

    def _among(self, mentors: int) -> Iterator[Mentor]:
        while mentors:
            lowest = mentors & -mentors
            yield self._by_bit[lowest.bit_length() - 1]
            mentors ^= lowest

    def _enter(self, mentor: Mentor, known: Mentor | None) -> None:
        identifier = mentor.mentor_id
        self._mentors[identifier] = mentor
        self._describe(mentor, known)
        self._by_bit[self._bits[identifier].bit_length() - 1] = mentor
        # Sorted, so that as time goes on only those whose moment came are looked at, and not thousands.
        for moment in self._turning(mentor):
            insort(self._turning_points, (moment, identifier))
        if mentor.active:
            self.active += 1
            self.full += mentor.full
        if mentor.is_free(self._now, self.settings):
            self._set_free(identifier)

    def _describe(self, mentor: Mentor, known: Mentor | None) -> None:
        """Keeps what forms change; a place taken or given back leaves it alone."""
        identifier = mentor.mentor_id
        if known is None:
            self._bits[identifier] = 1 << len(self._by_bit)
            self._by_bit.append(mentor)
        self.involvement.describe(mentor, known)
        # By identity, for equal profiles are one; the ranking forgets all that it worked out with every change.
        if known is None or known.profile is not mentor.profile:
            if known is not None:
                self._ranking.leave(self._bits[identifier], known.profile)
            self._ranking.enter(self._bits[identifier], mentor.profile)
            self._best.clear()
        if mentor.active != (known is not None and known.active):
            entry = identifier, self._bits[identifier]
            if mentor.active:
                insort(self._active_by_id, entry)
            else:
                del self._active_by_id[bisect_left(self._active_by_id, entry)]
            self._best.clear()
        if mentor.paused_until or mentor.authorised_until or mentor.is_refused:
            self._dated.add(identifier)
        else:
            self._dated.discard(identifier)

    def _leave(self, known: Mentor) -> None:
        identifier = known.mentor_id
        self.gained.discard(identifier)
        self._free &= ~self._bits[identifier]
        for moment in self._turning(known):
            del self._turning_points[bisect_left(self._turning_points, (moment, identifier))]
        if known.active:
            self.active -= 1
            self.full -= known.full

    def _turning(self, mentor: Mentor) -> Iterator[datetime]:
        since = mentor.free_from(self.settings)
        if since is not None:
            # Who is free from the beginning of time turns at no moment.
            if since != ANY_TIME:
                yield since
            if mentor.authorised_until is not None:
                yield mentor.lapses_at(self.settings)

    def _set_free(self, identifier: UUID) -> None:
        self._free |= self._bits[identifier]
        self.gained.add(identifier)
