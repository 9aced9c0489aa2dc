"""Who takes part in an edition, and what their forms say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.applications import ApplicationSubmitted
from contracts.mentors import MentorEnrolled
from contracts.typed import DeclaredPerson
from tests.ids import identifier

Flaw: TypeAlias = Literal["none", "no-answer", "wrong-number", "no-laureate", "texts-open", "no-consent"]
"""What is wrong with an application: a question left open, a SIRET with a wrong digit, no laureate where one has to be
one, nothing said of its texts, no consent."""
Typed: TypeAlias = dict[str, str | bool | tuple[str, ...]]
"""What is typed into a form, by the fields' paths."""


class Person(NamedTuple):
    """Somebody who takes part; `number` tells what they are like."""

    id: UUID
    name: str
    email: str
    number: int

    @property
    def declared(self) -> DeclaredPerson:
        """As a form names them."""
        return DeclaredPerson(person_id=self.id, name=self.name, email=self.email, language="fr")


class Need(NamedTuple):
    """A need as its officer would type it."""

    number: int
    title: str
    description: str
    theme: str
    public: str
    territory: str
    coverage: str
    salience: str
    capacity: str
    directorate: str
    review_on: str
    owner: Person


@dataclass(frozen=True)
class Project:
    """An application, what is wrong with it, and the form as it would be right: every field that its lead fills in."""

    number: int
    title: str
    lead: Person
    flaw: Flaw
    track: Literal["implantation", "contest"]
    applied_at: datetime
    typed: Typed

    @property
    def id(self) -> UUID:
        """The application's id, which its form gives."""
        return identifier(f"proof: application {self.number}")

    @property
    def form(self) -> ApplicationSubmitted:
        """What was sent at first, with what is wrong."""
        typed = dict(self.typed)
        texts_public: bool | None = None if self.flaw == "texts-open" else True
        match self.flaw:
            case "no-answer":
                del typed["organisation.laureate"]
            case "wrong-number":
                typed["organisation.siret"] = "732 829 320 00079"
            case "no-laureate":
                typed["organisation.laureate"] = False
        parts = {entity: below(entity, typed) for entity in ("organisation", "project", "lead")}
        return ApplicationSubmitted.model_validate(
            {
                "application_id": self.id,
                "track": self.track,
                "submitted_at": self.applied_at,
                **parts,
                "lead": {"person_id": self.lead.id, **parts["lead"]},
                "consent": self.flaw != "no-consent",
                "texts_public": texts_public,
            }
        )


class Mentor(NamedTuple):
    """A City agent, and who has to authorise them."""

    person: Person
    manager: Person
    form: MentorEnrolled


def below(entity: str, typed: Typed) -> Typed:
    """The fields of an entity, by their names in it."""
    return {path.partition(".")[2]: value for path, value in typed.items() if path.partition(".")[0] == entity}
