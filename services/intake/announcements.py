"""What intake says of applications: its events, made from the application as it now stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationContentErased,
    ApplicationFlagged,
    ApplicationFormRefused,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.contacts import ContactPublished, contact_id_of
from contracts.states import ApplicationState
from contracts.unpublished import ApplicationDescribed
from libraries.chassis.unit_of_work import PlainEvent
from libraries.typed.people import ReadPerson
from libraries.typed.words import reasons_of
from services.intake.applications import Application
from services.intake.cleaned_forms import CleanedForm
from services.intake.duplicates import Flag, related_applications
from services.intake.lexicon import LEXICON
from services.intake.reasons import flag_reasons, reasons
from services.intake.rules.finding import Problem

FORM: Final = "form"
RULES: Final = "engine:intake@1"


def contact(lead: ReadPerson) -> PlainEvent:
    """How to reach the lead, as their form says."""
    # The one place that says by hand what `ReadPerson.contact` says: this is published for every form, and to make and
    # check a model would take six times as long.
    contact_id = contact_id_of("lead", lead.person_id)
    return PlainEvent(
        ContactPublished,
        contact_id,
        {
            "contact_id": contact_id,
            "person_id": lead.person_id,
            "role": "lead",
            "name": lead.name,
            "email": lead.email,
            "telephone": lead.telephone,
            "language": lead.language,
            "work": None,
        },
    )


def described(form: CleanedForm) -> ApplicationDescribed:
    """What its form says in words that may not be published."""
    return ApplicationDescribed(
        application_id=form.said.application_id,
        lead_id=form.said.lead.person_id,
        organisation_name=form.organisation_name,
        project_title=form.title,
        summary=form.project.summary,
    )


def refused(application_id: UUID, problems: Sequence[Problem], now: datetime) -> ApplicationFormRefused:
    """A form that is not its source's to send: nothing of it was taken."""
    return ApplicationFormRefused(application_id=application_id, occurred_at=now, reasons=reasons(problems))


def content_erased(application_id: UUID, lead_id: UUID, asked_at: datetime) -> ApplicationContentErased:
    """What its form said is forgotten, as its lead asked at `asked_at`."""
    return ApplicationContentErased(application_id=application_id, lead_id=lead_id, occurred_at=asked_at)


def registered(application: Application, form: CleanedForm, *, before: ApplicationState | None) -> PlainEvent:
    """It meets every rule."""
    state = _state(application, before=before, actor=RULES)
    proposed = LEXICON.propose(form.project)
    # Named only where it proposed something: else each new lexicon would change events that it had no part in.
    version = LEXICON.version if proposed else None
    if not form.texts_public:
        proposed = tuple([tag._replace(because=()) for tag in proposed])
    tags = {"proposed_tags": [tag._asdict() for tag in proposed], "lexicon_version": version}
    return PlainEvent(ApplicationRegistered, application.id, state | _content(form) | tags)


def amended(application: Application, form: CleanedForm) -> PlainEvent:
    """A registered one has a new version that meets every rule."""
    state = _state(application, before="registered", actor=FORM)
    return PlainEvent(ApplicationAmended, application.id, state | _content(form))


def rejected(
    application: Application, problems: Sequence[Problem], asked: Sequence[Problem], *, before: ApplicationState | None
) -> ApplicationRejected:
    """At least one rule fails; what is `asked` besides can be mended."""
    state = _state(application, before=before, actor=RULES, reason=problems[0].code)
    return ApplicationRejected(**state, reasons=reasons(problems), asked=reasons(asked))


def refused_as_withdrawn(application: Application, now: datetime) -> ApplicationRejected:
    """A correction of a withdrawn application: nothing changes, not even the version."""
    # As of now and in the version that it has: nothing about it has changed, so nothing may be counted.
    problems = (Problem("already-withdrawn", "application_id"),)
    return rejected(application._replace(changed_at=now), problems, (), before=application.state)


def correction_requested(
    application: Application, problems: Sequence[Problem], *, before: ApplicationState | None
) -> CorrectionRequested:
    """No rule fails and at least one can't be answered; this request replaces an earlier one."""
    state = _state(application, before=before, actor=RULES, reason=problems[0].code)
    return CorrectionRequested(**state, reasons=reasons(problems))


def flagged(application: Application, flags: Sequence[Flag]) -> ApplicationFlagged:
    """A person should look at it; its state stays."""
    return ApplicationFlagged(
        **_state(application, before=application.state, actor=RULES, reason=flags[0].code),
        flags=flag_reasons(flags),
        related_application_ids=related_applications(flags),
    )


def withdrawn(application: Application, *, before: ApplicationState) -> ApplicationWithdrawn:
    """It was taken back. What the form says of why is free text, so it stays out of this public event."""
    return ApplicationWithdrawn(**_state(application, before=before, actor=FORM))


def _state(
    application: Application, *, before: ApplicationState | None, actor: str, reason: str | None = None
) -> dict[str, Any]:
    return {
        "from": before,
        "to": application.state,
        "actor": actor,
        "reason": reason,
        "occurred_at": application.changed_at,
        "version": application.version,
        "application_id": application.id,
        "track": application.track,
        "edition": application.edition,
        "lead_id": application.lead_id,
        "organisation": {
            "name": application.organisation_name,
            "siren": application.siren,
            "rna": application.rna,
            "commune": application.commune,
            "identified_by": application.identified_by,
        },
        "project_title": application.project_title,
        "rules_version": application.rules_version,
    }


def _content(form: CleanedForm) -> dict[str, Any]:
    project = form.project
    return {
        "project": {
            "title": form.public_title,
            "summary": form.public_summary,
            "themes": project.themes,
            "publics": project.publics,
            "territories": project.territories,
        },
        "members": len(form.members),
        "remarks": [remark.model_dump() for remark in reasons_of(form.remarks)] if form.remarks else (),
    }
