"""What the events of one transaction are about: the ids and needs whose state has to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import AssignmentDecided
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedForm
from services.matching.register import Assignment, Need

_APPLICATION_EVENTS = (
    ApplicationRegistered,
    ApplicationAmended,
    ApplicationWithdrawn,
    ApplicationRejected,
    CorrectionRequested,
)


@dataclass(slots=True)
class Subjects:
    """Ids that events name. `leaving` are assignments' and applications' ids that may free a place."""

    applications: set[UUID] = field(default_factory=set)
    needs: set[UUID] = field(default_factory=set)
    assignments: set[UUID] = field(default_factory=set)
    leaving: set[UUID] = field(default_factory=set)
    forms: list[NeedForm] = field(default_factory=list)

    @classmethod
    def of(cls, events: Sequence[Event[EventData]]) -> Subjects:
        """The subjects of these events; those that matching has no handler for have none."""
        subjects = cls()
        for event in events:
            data = event.data
            if isinstance(data, _APPLICATION_EVENTS):
                subjects.applications.add(data.application_id)
                subjects.leaving.add(data.application_id)
            elif isinstance(data, NeedForm):
                subjects.needs.add(data.need_id)
                subjects.forms.append(data)
            elif isinstance(data, NeedClosed):
                subjects.needs.add(data.need_id)
            elif isinstance(data, AssignmentDecided):
                subjects.assignments.add(data.assignment_id)
                if data.decision == "decline":
                    subjects.leaving.add(data.assignment_id)
        return subjects

    def codes_to_offer(
        self, needs: Iterable[Need], assignments: Iterable[Assignment]
    ) -> tuple[set[UUID], set[str], set[str]]:
        """Needs whose places may have to be offered, with all their themes and publics, old and new."""
        leaving = self.leaving
        freed = {
            assignment.need_id
            for assignment in assignments
            if assignment.is_live and (assignment.assignment_id in leaving or assignment.application_id in leaving)
        }
        freed.update(form.need_id for form in self.forms)
        themes: set[str] = set()
        publics: set[str] = set()
        for need in needs:
            if need.need_id in freed:
                themes |= need.document.profile.themes
                publics |= need.document.profile.publics
        for form in self.forms:
            themes.update(form.themes)
            publics.update(form.publics)
        return freed, themes, publics
