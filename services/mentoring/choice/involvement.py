"""Who of the mentors is a party to a file: by who they are, and by what they handle; and who authorises whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from services.mentoring.memory.index import Index
from services.mentoring.states.mentor import Mentor


class Involvement:
    """The mentors that a person is, those whom a person is to authorise, and those who handle an application's file."""

    def __init__(self) -> None:
        self._of_person = Index()
        self._of_line_manager = Index()
        self._of_file = Index()

    def of_person(self, person_id: UUID) -> Sequence[UUID]:
        """The mentors that a person is (one, unless they left and came back under another id)."""
        return self._of_person.get(person_id, ())

    def managed_by(self, person_id: UUID) -> Sequence[UUID]:
        """The mentors whose line manager a person is."""
        return self._of_line_manager.get(person_id, ())

    def handling(self, application_id: UUID) -> Collection[UUID]:
        """The mentors who handle the file of an application."""
        return self._of_file.get(application_id, ())

    def describe(self, mentor: Mentor, known: Mentor | None) -> None:
        """Takes a mentor as a form has them now; `known` is the mentor as they were."""
        identifier = mentor.mentor_id
        # A mentor is one person for ever.
        if known is None:
            self._of_person.enter(mentor.person_id, identifier)
        before = None if known is None else known.clearances.line_manager_id
        if (after := mentor.clearances.line_manager_id) != before:
            if before is not None:
                self._of_line_manager.leave(before, identifier)
            if after is not None:
                self._of_line_manager.enter(after, identifier)
        handled = frozenset[UUID]() if known is None else known.handled
        # A form may name 500 files, and most changes of a mentor leave the very same set.
        if handled is mentor.handled:
            return
        for application_id in handled - mentor.handled:
            self._of_file.leave(application_id, identifier)
        for application_id in mentor.handled - handled:
            self._of_file.enter(application_id, identifier)
