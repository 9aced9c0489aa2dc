"""Somebody who fills in a form of the City's own: who they are, and what anybody may know of what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libraries.links.holders import service_id
from tests.proof.city import mailbox_of
from tests.proof.edition import SERVICES, Edition
from tests.proof.known import Known
from tests.proof.people import Project
from tests.proof.steps import Impossible, Step


class Filling(NamedTuple):
    """A form in somebody's hands: their step, what they may know, and the id that the form gives to what is new."""

    step: Step
    edition: Edition
    known: Known
    new_id: UUID | None

    @property
    def at(self) -> datetime:
        """When it is sent."""
        return self.step.at

    @property
    def by(self) -> UUID:
        """Who fills it in."""
        return next(person.id for person in self.edition.people.values() if person.email == self.step.who)

    @property
    def service(self) -> UUID:
        """The service of the City that fills it in."""
        return next(service_id(code) for code in SERVICES if mailbox_of(code) == self.step.who)

    @property
    def given(self) -> UUID:
        """The id that the form gives."""
        assert self.new_id is not None, f"no form gave an id for {self.step.name}"
        return self.new_id

    def project(self, title: str) -> Project:
        """A project of the edition."""
        return next(project for project in self.edition.projects if project.title == title)

    def check_open(self, application_id: UUID) -> None:
        """Raises Impossible for an application that was taken back."""
        if self.known.applications.get(application_id) == "withdrawn":
            raise Impossible

    def pair(self, project: str, party: str) -> tuple[UUID, str]:
        """The active pair of a project, and how forms name the party of it that speaks; raises Impossible."""
        pair = self.known.pair(project, "active", mentor=self.step.who if party == "mentor" else None)
        if party == "mentor":
            return pair.pair_id, f"mentor:{pair.mentor_id}"
        return pair.pair_id, f"{'lead' if party == 'lead' else 'officer'}:{self.by}"
