"""The pool: all mentors, and who of them is free, kept current while handlers change them."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import nsmallest
from uuid import UUID

from services.mentoring.fit import Shape
from services.mentoring.mentor import ANY_TIME, Mentor
from services.mentoring.ranking import Ranking
from services.mentoring.rules import PairingRules, Settings


class Pool:
    """Mentors by id, ranked for a project, and the free among them: a choice looks at the best and stops there.

    `gained` are the mentors who became able to take a pair since it was last cleared: the only ones for
    whom a lead who waits can have hope. `before` holds each changed mentor as they were at first (None for a
    new one), `ceilings` the capacity under which they were last offered: what the store checks its writing by.
    """

    def __init__(self, mentors: Iterable[Mentor], *, rules: PairingRules, settings: Settings) -> None:
        self.rules = rules
        self.settings = settings
        self.gained: set[UUID] = set()
        self.before: dict[UUID, Mentor | None] = {}
        self.ceilings: dict[UUID, int] = {}
        self.active = 0
        self.full = 0
        self._mentors: dict[UUID, Mentor] = {}
        self._by_person: dict[UUID, list[UUID]] = {}
        self._by_file: dict[UUID, set[UUID]] = {}
        self._dated: set[UUID] = set()
        self._ranking = Ranking(rules)
        # One bit a mentor, in the order in which they came; a set of mentors is an integer.
        self._bits: dict[UUID, int] = {}
        self._order: list[UUID] = []
        self._free = 0
        self._reopening: list[tuple[datetime, UUID]] = []
        self._now = ANY_TIME
        for mentor in mentors:
            self._enter(mentor)

    def __getitem__(self, mentor_id: UUID) -> Mentor:
        return self._mentors[mentor_id]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._mentors)

    def get(self, mentor_id: UUID) -> Mentor | None:
        """The mentor of that id, if known."""
        return self._mentors.get(mentor_id)

    def of_person(self, person_id: UUID) -> Sequence[UUID]:
        """The mentors that a person is (one, unless a form enrolled them twice)."""
        return self._by_person.get(person_id, ())

    def handling(self, application_id: UUID) -> Collection[UUID]:
        """The mentors who handle the file of an application."""
        return self._by_file.get(application_id, ())

    def away(self, now: datetime) -> Iterator[tuple[Mentor, str]]:
        """The active mentors with a place who are not offered one at `now`, with why: `away` or `unauthorised`."""
        for identifier in self._dated:
            mentor = self._mentors[identifier]
            if mentor.active and not mentor.full:
                if mentor.lapsed(now, self.settings):
                    yield mentor, "unauthorised"
                elif mentor.paused(now, self.settings):
                    yield mentor, "away"

    def places(self, now: datetime) -> int:
        """How many more pairs all mentors together can take at `now`."""
        return sum(mentor.places(now, self.settings) for mentor in self._mentors.values())

    def advance(self, now: datetime) -> None:
        """Frees the mentors whose window has moved on by `now`, and no longer those whose authorisation has ended.

        Time that goes back changes nothing.
        """
        self._now = max(self._now, now)
        for identifier in self._dated:
            if self._mentors[identifier].lapsed(self._now, self.settings):
                self._free &= ~self._bits[identifier]
                self.gained.discard(identifier)
        while self._reopening and self._reopening[0][0] <= self._now:
            mentor = self._mentors[heapq.heappop(self._reopening)[1]]
            since = mentor.free_from(self.settings)
            # An entry may be older than the mentor's last change.
            if since is not None and since <= self._now and not mentor.lapsed(self._now, self.settings):
                self._set_free(mentor)

    def put(self, mentor: Mentor) -> None:
        """Takes a new or changed mentor; where they are free only now, leads who wait may hope again."""
        identifier = mentor.mentor_id
        hopeful = identifier in self.gained
        known, was_free = self._leave(identifier)
        self.before.setdefault(identifier, known)
        # Whoever waits while a mentor is free is barred from them, and would be after another place too,
        # unless the mentor was barred as a party to the file and is now another person, or handles it no more, or
        # speaks other languages now.
        same_bars = (
            known is not None
            and known.person_id == mentor.person_id
            and known.handled <= mentor.handled
            and known.profile.languages == mentor.profile.languages
        )
        if known is not None and known.profile is not mentor.profile:
            self._ranking.leave(self._bits[identifier], known.profile)
            self._ranking.enter(self._bits[identifier], mentor.profile)
        self._enter(mentor)
        if was_free and same_bars and not hopeful:
            self.gained.discard(identifier)

    def take_place(self, mentor_id: UUID, assignment_id: UUID) -> None:
        """Gives one more pair to a mentor who is free."""
        mentor = self._mentors[mentor_id]
        self.ceilings[mentor_id] = mentor.capacity
        self.put(mentor.with_offer(assignment_id))

    def free_places(self, now: datetime, *, at_most: int) -> int:
        """How many more pairs the free mentors can take at `now`; counted no further than `at_most`."""
        count = 0
        for mentor in self._named(self._free, ()):
            count += mentor.places(now, self.settings)
            if count >= at_most:
                return at_most
        return count

    def best_free(self, shape: Shape, *, without: Container[UUID]) -> Iterator[tuple[int, list[Mentor]]]:
        """The free mentors with equal points for a project, best first; only levels with anyone in them."""
        for points, mentors in self._ranking.levels(shape):
            if (free := mentors & self._free) and (level := list(self._named(free, without))):
                yield points, level

    def best_active(self, shape: Shape, most: int) -> Iterator[tuple[int, Mentor]]:
        """So many mentors of the programme, free or not, with their points for a project, best first."""
        for points, mentors in self._ranking.levels(shape):
            active = (mentor for mentor in self._named(mentors, ()) if mentor.active)
            for mentor in nsmallest(most, active, key=lambda it: it.mentor_id):
                yield points, mentor
                most -= 1
            if not most:
                return

    def without_language(self, shape: Shape) -> Iterator[Mentor]:
        """The mentors of the programme who share no language with a lead."""
        return (mentor for mentor in self._named(self._ranking.without_language(shape), ()) if mentor.active)

    def _named(self, mentors: int, without: Container[UUID]) -> Iterator[Mentor]:
        while mentors:
            lowest = mentors & -mentors
            identifier = self._order[lowest.bit_length() - 1]
            if identifier not in without:
                yield self._mentors[identifier]
            mentors ^= lowest

    def _enter(self, mentor: Mentor) -> None:
        identifier = mentor.mentor_id
        self._mentors[identifier] = mentor
        self._by_person.setdefault(mentor.person_id, []).append(identifier)
        for application_id in mentor.handled:
            self._by_file.setdefault(application_id, set()).add(identifier)
        if mentor.paused_until or mentor.authorised_until:
            self._dated.add(identifier)
        if identifier not in self._bits:
            self._bits[identifier] = 1 << len(self._order)
            self._order.append(identifier)
            self._ranking.enter(self._bits[identifier], mentor.profile)
        if not mentor.active:
            return
        self.active += 1
        self.full += mentor.full
        since = mentor.free_from(self.settings)
        if since is None or mentor.lapsed(self._now, self.settings):
            return
        if since <= self._now:
            self._set_free(mentor)
        else:
            heapq.heappush(self._reopening, (since, identifier))

    def _set_free(self, mentor: Mentor) -> None:
        self._free |= self._bits[mentor.mentor_id]
        self.gained.add(mentor.mentor_id)

    def _leave(self, identifier: UUID) -> tuple[Mentor | None, bool]:
        """Takes a mentor out of every index; returns them as known so far, and whether they were free."""
        known = self._mentors.pop(identifier, None)
        self.gained.discard(identifier)
        if known is None:
            return None, False
        self._by_person[known.person_id].remove(identifier)
        for application_id in known.handled:
            self._by_file[application_id].discard(identifier)
        self._dated.discard(identifier)
        bit = self._bits[identifier]
        was_free = bool(self._free & bit)
        self._free &= ~bit
        if known.active:
            self.active -= 1
            self.full -= known.full
        return known, was_free
