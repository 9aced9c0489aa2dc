"""Belonging: who may speak of an application, and of the person who leads it."""

from __future__ import annotations

from services.intake.applications import Application
from services.intake.leads import Lead
from services.intake.rules.finding import Problem


def trespasses(source: str, application: Application | None, lead: Lead | None) -> tuple[Problem, ...]:
    """Why a form of this source may not speak of an application, or may not name a person; empty where it may.

    Both belong to the form that introduced them: who knows an id, which is public, has no say because of that.
    """
    found = []
    if application is not None and application.source != source:
        found.append(Problem("another-source", "application_id"))
    if lead is not None and lead.source not in {None, source}:
        found.append(Problem("person-of-another-source", "lead.person_id"))
    return tuple(found)
