"""A lead as mentoring knows them: a confirmed assignment that needs a mentor."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.assignments import AssignmentAmended, AssignmentConfirmed, AssignmentState
from contracts.erasures import ERASED
from contracts.leads import LeadWishesGiven
from services.mentoring.states.shape import Shape, shared

Turn: TypeAlias = tuple[datetime, UUID]
"""A place in the queue."""


LeadState: TypeAlias = Literal["held", "waiting", "paired", "sharing", "released", "stopped"]


# A tuple, for each lead is made and changed again: a frozen dataclass takes four times as long.
class Lead(NamedTuple):
    """The lead of an assignment; `lead_id` and `owner_id` (of the need, as is `directorate`) are persons.

    held: needs a mentor, and the first offer waits for a round. waiting: needs a mentor. paired: has an open pair.
    sharing: another assignment of the project is accompanied. released: the assignment ended. stopped: the lead or an
    officer ended the pair and asked for no other. `told` says that NoMentorFound was published in this wait. `passed`
    are the mentors that are never offered again: declined by either, or handed over.
    """

    assignment_id: UUID
    application_id: UUID
    lead_id: UUID
    owner_id: UUID
    directorate: str
    organisation_name: str
    project_title: str
    shape: Shape
    confirmed_at: datetime
    state: LeadState = "waiting"
    told: bool = False
    passed: frozenset[UUID] = frozenset()

    @property
    def said(self) -> tuple[UUID, UUID, str, str]:
        """What every event of their pair and obstacles says of them."""
        return self.lead_id, self.owner_id, self.organisation_name, self.project_title

    @property
    def turn(self) -> Turn:
        """The place in the queue: who was confirmed first comes first, also after a pair that failed."""
        return self.confirmed_at, self.assignment_id

    def waiting_again(self, *, without: UUID | None = None) -> Lead:
        """The lead in need of another mentor, never again the one named by `without`."""
        passed = self.passed if without is None else self.passed | {without}
        return self._replace(state="waiting", passed=passed)

    def moved(self, state: LeadState) -> Lead:
        """The lead in another state, no longer waiting; the next wait is told of anew."""
        return self._replace(state=state, told=False)

    def wishing(self, data: LeadWishesGiven) -> Lead:
        """The lead with other wishes, told anew where nobody suits them."""
        shape = self.shape._replace(
            skills=frozenset(data.skills),
            languages=frozenset(data.languages),
            slots=frozenset(data.slots),
        )
        return self._replace(shape=shared(shape), told=False)

    def emptied(self) -> Lead:
        """The lead without a word that they wrote; their wishes are codes, and go on counting."""
        return self._replace(organisation_name=ERASED, project_title=ERASED)

    def informed(self) -> Lead:
        """The waiting lead once NoMentorFound was published."""
        return self._replace(told=True)


def confirmed_lead(data: AssignmentConfirmed, known: Lead | None, *, forgotten: bool = False) -> Lead:
    """The lead of a confirmed assignment.

    A confirmation that is repeated refreshes the description; one that follows a release, or an end without
    another offer, makes the lead wait again. Of a lead who was `forgotten` no word is kept.
    """
    lead = _described(data, forgotten=forgotten)
    if known is None:
        return lead
    lead = lead._replace(shape=shared(known.shape.described_by(lead.shape)), passed=known.passed)
    if known.state in ("released", "stopped"):
        return lead
    return lead._replace(confirmed_at=known.confirmed_at, state=known.state, told=known.told)


def amended_lead(data: AssignmentAmended, known: Lead, *, forgotten: bool = False) -> Lead:
    """The lead of an assignment of which something else is said now; what they wish for goes with who wished it."""
    lead = _described(data, forgotten=forgotten)
    wishes = known.shape if lead.lead_id == known.lead_id else lead.shape
    return known._replace(
        lead_id=lead.lead_id,
        owner_id=lead.owner_id,
        directorate=lead.directorate,
        organisation_name=lead.organisation_name,
        project_title=lead.project_title,
        shape=shared(wishes.described_by(lead.shape)),
    )


def _described(data: AssignmentState, *, forgotten: bool) -> Lead:
    lead = Lead(
        assignment_id=data.assignment_id,
        application_id=data.application_id,
        lead_id=data.lead_id,
        owner_id=data.owner_id,
        directorate=data.directorate,
        organisation_name=data.organisation_name,
        project_title=data.project_title,
        shape=shared(Shape(frozenset(data.themes), frozenset(data.territories))),
        confirmed_at=data.occurred_at,
    )
    return lead.emptied() if forgotten else lead
