"""Who plays in the demonstration: the laureates, the needs, the mentors, and a few forms gone wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.mentors import MentorEnrolled
from contracts.needs import NeedDeclared
from contracts.rounds import RoundRequested
from contracts.typed import DeclaredPerson

_NAMESPACE = UUID("8b1f4a52-5c0e-4a57-9a34-2f0f5d1c7e11")
_MARSEILLE = "13055"
_OUTSIDER = "Agent, direction des finances"


@dataclass(frozen=True)
class Cast:
    """Everything that the forms send, at three moments; ids are the same at every performance."""

    applied_at: datetime
    declared_at: datetime
    weighed_at: datetime

    @cached_property
    def applications(self) -> tuple[ApplicationSubmitted, ...]:
        """The laureates named in the announcement; what is unknown of them stays unknown."""
        return tuple(self._application(laureate) for laureate in _data("marseille")["laureates"])

    @property
    def round_request(self) -> RoundRequested:
        """The round that an officer asks for at the end."""
        return RoundRequested(
            round_id=identifier("round"),
            track="implantation",
            requested_by=identifier("programme officer"),
            requested_at=self.weighed_at,
        )

    @cached_property
    def wrong_applications(self) -> tuple[ApplicationSubmitted, ...]:
        """Forms as they also come: a SIRET with a wrong digit, no consent, a question left open."""
        return (
            self._fictional("un SIRET mal recopié", siret="732 829 320 00079"),
            self._fictional("sans consentement", consent=False),
            self._fictional("une question oubliée", laureate=None),
        )

    @property
    def corrects(self) -> frozenset[UUID]:
        """Who answers what is asked back, once reminded."""
        return frozenset({self.wrong_applications[2].application_id})

    @property
    def gives_up(self) -> frozenset[UUID]:
        """Who takes the application back: they gave no consent, so nobody could ask them for it by mail."""
        return frozenset({self.wrong_applications[1].application_id})

    def corrected(self, application_id: UUID, at: datetime) -> ApplicationCorrected:
        """The form with the question that was forgotten, answered."""
        wrong = next(form for form in self.wrong_applications if form.application_id == application_id)
        organisation = wrong.organisation.model_copy(update={"laureate": True})
        return ApplicationCorrected(
            **{**dict(wrong), "organisation": organisation, "corrected_at": at},
        )

    @cached_property
    def unreachable(self) -> frozenset[UUID]:
        """Whoever gave no consent: nobody may write to them, so what is planned for them is not sent."""
        forms = (*self.applications, *self.wrong_applications)
        return frozenset(form.lead.person_id for form in forms if not form.consent)

    @cached_property
    def needs(self) -> tuple[NeedDeclared, ...]:
        """One illustrative need for each theme and zone."""
        return tuple(
            NeedDeclared(
                need_id=identifier(f"need {need['title']}"),
                owner=self._person(f"Référent, {need['directorate']}", need["directorate"]),
                declared_at=self.declared_at,
                **need,
            )
            for need in _data("needs")["needs"]
        )

    @cached_property
    def mentors(self) -> tuple[MentorEnrolled, ...]:
        """A dozen roles; the line manager of one of them has still to authorise it."""
        return tuple(self._mentors())

    def _mentors(self) -> Iterator[MentorEnrolled]:
        line_manager = self._person("Responsable hiérarchique, direction des finances", "direction-des-finances")
        for number, mentor in enumerate(_data("mentors")["mentors"]):
            yield MentorEnrolled(
                mentor_id=identifier(f"mentor {mentor['role']}"),
                person=self._person(mentor["role"], f"mentor-{number + 1}"),
                line_manager=line_manager if mentor["role"] == _OUTSIDER else None,
                line_manager_authorised=mentor["role"] != _OUTSIDER,
                ethics_check_done=True,
                enrolled_at=self.declared_at,
                **mentor,
            )

    def _application(self, laureate: dict[str, Any]) -> ApplicationSubmitted:
        name = laureate["name"]
        return ApplicationSubmitted(
            application_id=identifier(f"application {name}"),
            track="implantation",
            submitted_at=self.applied_at,
            organisation=DeclaredOrganisation(
                name=name,
                commune=_MARSEILLE if laureate["born_and_headquartered_in_marseille"] else None,
                laureate=True,
                laureate_year=laureate["laureate_year"],
            ),
            project=DeclaredProject(
                title=name,
                summary=laureate["summary_fr"],
                themes=laureate["themes"],
                **_data("projects")["projects"][name],
            ),
            lead=self._person(f"Responsable, {name}", _folded(name)),
            consent=True,
            texts_public=True,
        )

    def _fictional(
        self, fault: str, *, siret: str | None = None, laureate: bool | None = True, consent: bool = True
    ) -> ApplicationSubmitted:
        name = f"Association fictive ({fault})"
        return ApplicationSubmitted(
            application_id=identifier(f"application {name}"),
            track="implantation",
            submitted_at=self.applied_at,
            organisation=DeclaredOrganisation(name=name, siret=siret, commune=_MARSEILLE, laureate=laureate),
            project=DeclaredProject(
                title=f"Projet fictif ({fault})",
                summary="Exemple.",
                themes=("inclusion",),
                publics=("job-seekers",),
                territories=("quartiers-nord",),
            ),
            lead=self._person(f"Responsable, {name}", _folded(fault)),
            consent=consent,
            texts_public=True,
        )

    def _person(self, role: str, mailbox: str) -> DeclaredPerson:
        # Roles, never people; `.example` is a domain that can't exist (RFC 2606).
        return DeclaredPerson(
            person_id=identifier(f"person {mailbox}"), name=role, email=f"{mailbox}@marseille.example", language="fr"
        )


def identifier(name: str) -> UUID:
    """The id of something in the demonstration, the same at every performance."""
    return uuid5(_NAMESPACE, name)


def _folded(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")


def _data(name: str) -> Any:
    return json.loads(files("deploy.demo").joinpath("data", f"{name}.json").read_text(encoding="utf-8"))
