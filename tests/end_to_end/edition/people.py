"""The people of an edition: what their forms say when it is their turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.assignments import AssignmentDecided, AssignmentProposed, AssignmentUndoRequested
from contracts.contest import ContestDecided
from contracts.message import EventData
from contracts.needs import NeedDeclared
from contracts.offers import PairAnswered, PairOffered
from contracts.pairs import MeetingReported, PairEndRequested
from tests.end_to_end.edition import EDITION, Story
from tests.forms import application, identifier, need, person

PLACES: Final = {
    name: f"132{number:02}"
    for number, name in enumerate(sorted({story.need for story in EDITION.stories if story.need}), 1)
}
"""Where each need is: no two meet the same projects."""
NOWHERE: Final = "13216"
UNMET: Final = "unmet"
_CANDIDATE: Final = {
    "legal_form": "association",
    "published_on": "2015-03-01",
    "operating_income_eur": 250_000,
    "income_year": 2023,
    "laureate": False,
}
"""What the contest of 2025 asks of an organisation."""


def declared(name: str, at: datetime) -> NeedDeclared:
    """A need with its owner, with as many places as there are applications."""
    where = PLACES.get(name, "13215")
    changes: dict[str, Any] = {"need_id": identifier(f"need {name}"), "owner": person(f"owner {name}")}
    return need("health", capacity=150).model_copy(
        update={**changes, "title": f"Besoin {name}", "territories": (where,), "declared_at": at}
    )


@dataclass
class Applicant:
    """One application and its people; `pairs` are those that were offered, the last one open."""

    story: Story
    name: str
    assignment: UUID | None = None
    pairs: list[PairOffered] = field(default_factory=list)
    is_replaced: bool = False

    @property
    def application_id(self) -> UUID:
        """The application's id."""
        return identifier(f"application {self.name}")

    def person_of(self, role: str) -> UUID:
        """Who is in a role of the story."""
        match role:
            case "mentor":
                return self.pairs[0].mentor_person_id
            case "second mentor":
                return self.pairs[1].mentor_person_id
            case "owner":
                return person(f"owner {self.story.need}").person_id
            case _:
                return person(f"{role} {self.name}").person_id

    def note(self, published: EventData) -> None:
        """Sees what was published of the application."""
        if isinstance(published, AssignmentProposed):
            self.assignment = published.assignment_id
        elif isinstance(published, PairOffered):
            self.pairs.append(published)

    def does(self, deed: str, at: datetime) -> EventData:
        """What the form says of whoever does something."""
        match deed.split(" "):
            case ["applies"]:
                return self._form(at)
            case ["leaves", *_]:
                return self._form(at, organisation={"laureate": None})
            case ["is", "no", "laureate"]:
                return self._form(at, organisation={"laureate": False})
            case ["gives", "no", "consent"]:
                return self._form(at, consent=False)
            case ["enters", *_]:
                return self._form(at, organisation=_CANDIDATE, project={"spread_within_years": 2}, track="contest")
            case ["corrects"]:
                return self._corrected(at)
            case ["is", "replaced"]:
                self.is_replaced = True
                return self._corrected(at)
            case ["lead", "withdraws"]:
                return ApplicationWithdrawalRequested(application_id=self.application_id, requested_at=at)
            case ["jury", "decides"]:
                return self._judged(at)
            case [_, "undoes"]:
                return self._undone(at)
            case [who, "confirms" | "declines" as what] if who in ("owner", "deputy"):
                return self._decided(who, what, at)
            case _:
                return self._of_the_pair(deed, at)

    def _form(self, at: datetime, **changes: Any) -> ApplicationSubmitted:
        form = application(self.name, submitted_at=at, lead=person(f"lead {self.name}"))
        place = PLACES[self.story.need] if self.story.need else NOWHERE
        project = {"themes": ("health",), "territories": (place,), **changes.pop("project", {})}
        organisation = form.organisation.model_copy(update=changes.pop("organisation", {}))
        return form.model_copy(
            update={"organisation": organisation, "project": form.project.model_copy(update=project), **changes}
        )

    def _corrected(self, at: datetime) -> ApplicationCorrected:
        lead = person(f"{'successor' if self.is_replaced else 'lead'} {self.name}")
        form = self._form(at, lead=lead)
        fields = {name: getattr(form, name) for name in type(form).model_fields}
        return ApplicationCorrected(**fields, corrected_at=at)

    def _decided(self, who: str, what: str, at: datetime) -> AssignmentDecided:
        assert self.assignment is not None
        declines = what == "declines"
        return AssignmentDecided(
            assignment_id=self.assignment,
            decision="decline" if declines else "confirm",
            decided_by=person(f"{who} {self.story.need}").person_id,
            decided_at=at,
            reason="covered-by-another" if declines else None,
        )

    def _undone(self, at: datetime) -> AssignmentUndoRequested:
        assert self.assignment is not None
        return AssignmentUndoRequested(
            assignment_id=self.assignment, requested_by=self.person_of("owner"), requested_at=at, reason="wrong-file"
        )

    def _judged(self, at: datetime) -> ContestDecided:
        return ContestDecided(
            application_id=self.application_id,
            decision="not-retained",
            decided_by=identifier("jury"),
            decided_at=at,
            publish_at=at + timedelta(days=2),
        )

    def _of_the_pair(self, deed: str, at: datetime) -> EventData:
        pair = self.pairs[-1]
        match deed.split(" "):
            case ["mentor" | "lead" as party, "accepts" | "declines" as answer]:
                said = {"party": party, "answer": answer.removesuffix("s"), "reason": None}
                return PairAnswered.model_validate({"pair_id": pair.pair_id, "answered_at": at, **said})
            case ["met"]:
                return MeetingReported(
                    pair_id=pair.pair_id,
                    meeting_id=identifier(f"meeting of {self.name} at {at}"),
                    held_on=at.date(),
                    minutes=60,
                    reported_by=f"mentor:{pair.mentor_id}",
                    reported_at=at,
                )
            case ["lead", "ends"]:
                return PairEndRequested(
                    pair_id=pair.pair_id, requested_by=f"lead:{pair.lead_id}", requested_at=at, reason="no-time"
                )
        raise ValueError(f"nobody knows how to do this: {deed}")
