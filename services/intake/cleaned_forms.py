"""A form as intake reads it: identifiers cleaned of what people type, and who applies with what worked out."""

from __future__ import annotations

from typing import NamedTuple

from contracts.applications import ApplicationForm, DeclaredOrganisation
from services.intake.folding import fold
from services.intake.identifiers import Identifiers, identify


class Applicant(NamedTuple):
    """An organisation of an application, the lead one or a member; `path` is its place in the form."""

    declared: DeclaredOrganisation
    identifiers: Identifiers
    path: str


class CleanedForm(NamedTuple):
    """What a form said, with its organisations cleaned, and the keys under which it may be a duplicate.

    `project_key` is empty where the title holds no word.
    """

    said: ApplicationForm
    organisation: Applicant
    members: tuple[Applicant, ...]
    organisation_key: str
    project_key: str


def clean_form(form: ApplicationForm) -> CleanedForm:
    """Reads a form: cleans the identifiers of each organisation and works out who applies with what.

    Never raises: whatever a form may hold is answered by the rules.
    """
    organisation = Applicant(form.organisation, identify(form.organisation), "organisation")
    members = tuple(
        Applicant(member, identify(member), f"members.{place}") for place, member in enumerate(form.members)
    )
    # Folded and compared whole: a looser likeness would flag what only sounds alike, and people would stop looking.
    title = fold(form.project.title)
    return CleanedForm(
        form,
        organisation,
        members,
        organisation.identifiers.key(form.organisation.name),
        f"project:{title}" if title else "",
    )
