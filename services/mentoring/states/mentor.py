"""A mentor: what they bring, how many pairs they hold, and from when they can take another."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.mentoring.settings.rhythms import MentoringSettings
from services.mentoring.states.clearance import NONE_ASKED, Clearance, Clearances, Held, held_by, questions
from services.mentoring.states.mentor_forms import ReadMentor
from services.mentoring.states.profile import NOTHING, Profile, profile_of

# Not the calendar's first moment, which no time zone west of Greenwich has.
ANY_TIME: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""Before every time that a contract allows."""


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor. `pending` counts the open pairs that not both have accepted.

    `starts` are the times, in order, at which recent pairs began, that is were accepted by both. No new pair comes
    before `paused_until`, nor after `authorised_until`; `handled` are the applications whose file they handle,
    `accompanied` the assignments of their open pairs. They belong to the `source` that introduced them, and what they
    bring was said at `told_at`. Of whom what they lack was asked, and what a form claims, is in `clearances`.
    No name or address: those are published as contacts and kept by who writes to people.
    """

    mentor_id: UUID
    person_id: UUID
    source: str
    profile: Profile
    capacity: int
    line_manager_authorised: bool
    ethics_check_done: bool
    told_at: datetime
    active: bool = True
    pending: int = 0
    starts: tuple[datetime, ...] = ()
    version: int = 1
    paused_until: date | None = None
    authorised_until: date | None = None
    handled: frozenset[UUID] = frozenset()
    accompanied: frozenset[UUID] = frozenset()
    clearances: Clearances = NONE_ASKED

    def cleared(self, now: datetime, settings: MentoringSettings) -> bool:
        """Whether the line manager has authorised it, also for `now`, and the ethics check is done."""
        return self.line_manager_authorised and self.ethics_check_done and self._authorised(now, settings)

    @property
    def clearance_held(self) -> Held:
        """What they were given so far, by whichever way it was said."""
        return Held(self.line_manager_authorised, self.authorised_until, self.ethics_check_done)

    @property
    def is_refused(self) -> bool:
        """Whether somebody who was asked has refused what they lack."""
        return bool(self.clearances.asked) and self.clearances.is_refused(self.clearance_held)

    def asks_at(self, settings: MentoringSettings) -> datetime | None:
        """From when somebody is to be asked for what they lack, or soon will; None where nobody is."""
        if not self.active:
            return None
        days = [each.asked_from for each in questions(self.clearances, self.clearance_held, settings)]
        return min((ANY_TIME if day is None else settings.work_days.start_of(day) for day in days), default=None)

    def lapsed(self, today: date) -> bool:
        """Whether the line manager's authorisation has ended."""
        return self.authorised_until is not None and self.authorised_until < today

    def lapses_at(self, settings: MentoringSettings) -> datetime:
        """From when the line manager's authorisation, which has a last day, is over."""
        assert self.authorised_until is not None
        return settings.work_days.start_of(self.authorised_until + timedelta(days=1))

    def paused(self, today: date) -> bool:
        """Whether the mentor is on a pause."""
        return self.paused_until is not None and self.paused_until > today

    @property
    def held(self) -> int:
        """How many open pairs they have, offered ones included."""
        return len(self.accompanied)

    @property
    def full(self) -> bool:
        """Whether capacity alone forbids another pair."""
        return self.held >= self.capacity

    def free_from(self, settings: MentoringSettings) -> datetime | None:
        """From when the mentor can take another pair (in the past: now); None while only a change can free them.

        A pair that is offered counts as if it began today, for it may be accepted any day: so no window
        ever sees more than `window_pairs` begin.
        """
        if not self.active or self.full or self.is_refused:
            return None
        rested = ANY_TIME if self.paused_until is None else settings.work_days.start_of(self.paused_until)
        # The start at this place, from the earliest, has to leave the window before another pair may begin.
        ageing = len(self.starts) + self.pending - settings.window_pairs
        if ageing < 0:
            return rested
        # What is offered fills the window by itself, and no time takes that out: only an answer does.
        if ageing >= len(self.starts):
            return None
        return max(rested, self.starts[ageing] + settings.window)

    def is_free(self, now: datetime, settings: MentoringSettings) -> bool:
        """Whether the mentor can take another pair at `now`."""
        since = self.free_from(settings)
        return since is not None and since <= now and self._authorised(now, settings)

    def places(self, now: datetime, settings: MentoringSettings) -> int:
        """How many more pairs the mentor can take at `now`."""
        if not self.is_free(now, settings):
            return 0
        recent = sum(start + settings.window > now for start in self.starts)
        return max(0, min(self.capacity - self.held, settings.window_pairs - self.pending - recent))

    def _authorised(self, now: datetime, settings: MentoringSettings) -> bool:
        # Few have a last day, and the day that it is on the wall is dear to ask for.
        return self.authorised_until is None or not self.lapsed(settings.work_days.day_of(now))

    def with_offer(self, assignment_id: UUID) -> Mentor:
        """The mentor with one more offered pair."""
        return replace(self, pending=self.pending + 1, accompanied=self.accompanied | {assignment_id})

    def with_start(self, at: datetime, settings: MentoringSettings) -> Mentor:
        """The mentor when an offered pair has been accepted by both."""
        recent = (start for start in self.starts if start + settings.window > at)
        return replace(self, pending=self.pending - 1, starts=tuple(sorted((*recent, at))))

    def without_start(self, at: datetime) -> Mentor:
        """The mentor when a pair that had begun at `at` is an offer again; a start that left the window is gone."""
        starts = list(self.starts)
        if at in starts:
            starts.remove(at)
        return replace(self, pending=self.pending + 1, starts=tuple(starts))

    def without_pair(self, assignment_id: UUID, *, begun: bool) -> Mentor:
        """The mentor when a pair has closed; one that had `begun` still counts in the window."""
        accompanied = self.accompanied - {assignment_id}
        return replace(self, pending=self.pending - (not begun), accompanied=accompanied)

    def with_clearances(self, clearances: Clearances) -> Mentor:
        """The mentor once something was asked of somebody, or is asked no longer."""
        return replace(self, clearances=clearances, version=self.version + 1)

    def with_answer(self, answered: Clearance) -> Mentor:
        """The mentor once somebody gave a clearance or refused it."""
        asked = self.with_clearances(self.clearances.put(answered))
        if answered.state == "refused":
            return asked
        if answered.kind == "ethics":
            return replace(asked, ethics_check_done=True)
        return replace(asked, line_manager_authorised=True, authorised_until=answered.until)

    def withdrawn(self) -> Mentor:
        """The mentor after leaving the programme; nobody is asked for anything any more, and nobody is to be."""
        clearances = self.clearances.without(*(each.kind for each in self.clearances.open))
        clearances = clearances._replace(line_manager_id=None)
        return replace(self, active=False, clearances=clearances, version=self.version + 1)

    @property
    def forgotten(self) -> bool:
        """Whether nothing is kept of what their forms said."""
        return not self.profile.directorate

    def emptied(self) -> Mentor:
        """The mentor as no more than ids: out of the programme, and whatever their forms said is forgotten.

        When their pairs began stays: should they enrol again, they take no more in a short time than any other.
        """
        nobody = stranger(self.mentor_id, self.person_id, source=self.source, told_at=self.told_at)
        return replace(
            nobody, accompanied=self.accompanied, pending=self.pending, starts=self.starts, version=self.version + 1
        )


def stranger(mentor_id: UUID, person_id: UUID, *, source: str, told_at: datetime) -> Mentor:
    """A mentor of whom no more is kept than that there was one: what else is said of them then waits for nothing."""
    return Mentor(
        mentor_id=mentor_id,
        person_id=person_id,
        source=source,
        profile=NOTHING,
        capacity=0,
        line_manager_authorised=False,
        ethics_check_done=False,
        told_at=told_at,
        active=False,
    )


def enrolment(
    form: ReadMentor, known: Mentor | None, *, source: str, told_at: datetime, line_manager_id: UUID | None
) -> Mentor:
    """The mentor as a form has them, with what is known of their pairs; one who had left is back."""
    pending, starts, version, accompanied = (
        (0, (), 0, frozenset[UUID]())
        if known is None
        else (known.pending, known.starts, known.version, known.accompanied)
    )
    held, clearances = _cleared(form, known, line_manager_id)
    return Mentor(
        mentor_id=form.mentor_id,
        person_id=form.person.person_id,
        source=source,
        profile=profile_of(_document(form)),
        capacity=form.capacity,
        line_manager_authorised=held.authorised,
        ethics_check_done=held.checked,
        told_at=told_at,
        paused_until=form.paused_until,
        authorised_until=held.until,
        handled=frozenset(form.handled_applications),
        accompanied=accompanied,
        pending=pending,
        starts=starts,
        version=version + 1,
        clearances=clearances,
    )


def _cleared(form: ReadMentor, known: Mentor | None, line_manager_id: UUID | None) -> tuple[Held, Clearances]:
    """What a mentor is cleared for by their form and by what was answered to us, and what of that is still asked."""
    claimed = Held(form.line_manager_authorised, form.line_manager_authorised_until, form.ethics_check_done)
    held, asked = (claimed, ()) if known is None else held_by(claimed, known.clearances, known.clearance_held)
    if known is not None and not known.active:
        # Who refused it for who left is asked anew.
        asked = tuple(each for each in asked if each.state == "given")
    return held, Clearances(line_manager_id, claimed, asked)


def _document(form: ReadMentor) -> str:
    # Sorted, so that the same answers in another order are the same text.
    return json.dumps(
        {
            "directorate": form.directorate,
            "skills": sorted(form.skills),
            "languages": sorted(form.languages),
            "territories": sorted(form.territories),
            "slots": sorted(form.slots),
        }
    )
