"""Belonging: who may speak of an application, and of the person who leads it."""

from __future__ import annotations

from uuid import UUID

from contracts.sources import DESK, speaks_for
from services.intake.applications import Application
from services.intake.leads import Lead
from services.intake.rules.finding import Problem


def trespasses(source: str, application: Application | None, lead: Lead | None) -> tuple[Problem, ...]:
    """Why a form of this source may not speak of an application, or may not name a person; empty where it may.

    Both belong to the form that introduced them: who knows an id, which is public, has no say because of that. The desk
    knows who speaks: for the lead of any application, and it introduces neither.
    """
    found = []
    if source == DESK:
        if application is None:
            found.append(Problem("another-source", "application_id"))
        if lead is not None and lead.person_id != _lead_of(application):
            found.append(Problem("person-of-another-source", "lead.person_id"))
        return tuple(found)
    if application is not None and not speaks_for(source, application.source):
        found.append(Problem("another-source", "application_id"))
    if lead is not None and lead.source not in {None, source}:
        found.append(Problem("person-of-another-source", "lead.person_id"))
    return tuple(found)


def source_of(source: str, application: Application | None) -> str:
    """The source to which what a form says of belongs: the one that introduced it, where it is known."""
    return source if application is None else application.source


def _lead_of(application: Application | None) -> UUID | None:
    return None if application is None else application.lead_id
