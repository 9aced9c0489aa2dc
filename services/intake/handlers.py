"""What intake does when a form speaks: one function an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from contracts.applications import (
    ApplicationCorrected,
    ApplicationForm,
    ApplicationSubmitted,
    ApplicationWithdrawalRequested,
)
from contracts.codec import encode_data
from contracts.contacts import ContactPublished
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.handling import handles
from libraries.chassis.unit_of_work import UnitOfWork
from services.intake import announcements
from services.intake.applications import NO_EDITION, Application, State
from services.intake.cleaned_forms import CleanedForm
from services.intake.duplicates import find_flags, holds_new, standing_flags
from services.intake.editions import wall_time
from services.intake.eligibility import RuleAnswer, encode_answers, evaluate, problems, verdict
from services.intake.lookups import application, application_if_known, what_a_person_wrote
from services.intake.rules.finding import Answer, Problem
from services.intake.store import IntakeStore

Unit: TypeAlias = UnitOfWork[IntakeStore]

_STATE_AFTER: Final[Mapping[Answer, State]] = {
    "pass": "registered",
    "fail": "rejected",
    "unknown": "correction-requested",
}


@handles(ApplicationSubmitted, needs=lambda said: application_if_known(said.application_id))
def on_application_submitted(event: Event[ApplicationSubmitted], unit: Unit, application: Application | None) -> None:
    """Registers an application, rejects it or asks for what is missing; a second one corrects the first."""
    if application is not None and application.state == "withdrawn":
        unit.publish(announcements.refused_as_withdrawn(application, unit.now))
        return
    _examine(event, unit, application, given_at=event.data.submitted_at)


@handles(ApplicationCorrected, needs=lambda said: application(said.application_id))
def on_application_corrected(event: Event[ApplicationCorrected], unit: Unit, application: Application) -> None:
    """Judges the new version of an application; waits where the application is not known yet."""
    if application.state == "withdrawn":
        unit.publish(announcements.refused_as_withdrawn(application, unit.now))
        return
    _examine(event, unit, application, given_at=event.data.corrected_at)


@handles(ApplicationWithdrawalRequested, needs=lambda said: application(said.application_id))
def on_application_withdrawal_requested(
    event: Event[ApplicationWithdrawalRequested], unit: Unit, application: Application
) -> None:
    """Withdraws an application, whatever its state; does nothing the second time."""
    # A form may repeat itself under another id; a second event would look like a second decision.
    if application.state == "withdrawn":
        return
    withdrawn = application._replace(state="withdrawn", version=application.version + 1, changed_at=unit.now)
    unit.store.keep(withdrawn)
    unit.store.record(withdrawn, event, payload=_payload(event), answers="[]")
    unit.publish(announcements.withdrawn(withdrawn, before=application.state))


@handles(ErasureRequested, needs=lambda said: what_a_person_wrote(said.person_id))
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit, person_id: UUID) -> None:
    """What a person's forms said is forgotten, and everybody is told that there is no way to reach them any more."""
    unit.retract(ContactPublished, person_id)
    for application_id in unit.store.erase(person_id, unit.now):
        unit.publish(announcements.content_erased(application_id, person_id, unit.now))


def _examine(event: Event[ApplicationForm], unit: Unit, previous: Application | None, *, given_at: datetime) -> None:
    """Makes the next version of an application: judged, kept, announced, flagged."""
    # Before what is said of the application: whoever writes to its lead because of that has the address by then.
    _tell_how_to_reach_the_lead(event, unit, given_at)
    entry = unit.store.entries[event.source, event.id]
    form, edition = entry
    answers = (_outside_every_window(form.said),) if edition is None else evaluate(form, edition)
    application = entry.application(
        state=_STATE_AFTER[verdict(answers)],
        version=1 if previous is None else previous.version + 1,
        flags="" if previous is None else previous.flags,
        changed_at=unit.now,
    )
    unit.store.keep(application)
    unit.store.record(application, event, payload=_payload(event), answers=encode_answers(answers))
    _announce(application, form.said, answers, before=None if previous is None else previous.state, unit=unit)
    # Only what meets its rules is looked at by people; the rest is with its applicant.
    if application.state == "registered":
        was_registered = previous is not None and previous.state == "registered"
        _flag(application, form, amended=was_registered, unit=unit)


def _tell_how_to_reach_the_lead(event: Event[ApplicationForm], unit: Unit, given_at: datetime) -> None:
    """Publishes the lead's contact; where they have asked since to be forgotten, that this form is forgotten too."""
    form = event.data
    forgotten_at = unit.store.forgotten_at(form.lead.person_id, event.time)
    if forgotten_at is None:
        unit.publish_plain(announcements.contact(form, given_at))
    else:
        unit.publish_instead(announcements.content_erased(form.application_id, form.lead.person_id, forgotten_at))


def _announce(
    application: Application,
    form: ApplicationForm,
    answers: Sequence[RuleAnswer],
    *,
    before: State | None,
    unit: Unit,
) -> None:
    if application.state == "registered":
        if before == "registered":
            unit.publish_plain(announcements.amended(application, form))
        else:
            unit.publish_plain(announcements.registered(application, form, before=before))
        return
    found = problems(answers)
    if application.state == "rejected":
        unit.publish(announcements.rejected(application, found, before=before))
    else:
        unit.publish(announcements.correction_requested(application, found, before=before))


def _flag(application: Application, form: CleanedForm, *, amended: bool, unit: Unit) -> None:
    """Flags what a person should see: all of it on registration, and again where an amendment adds to it."""
    store = unit.store
    flags = find_flags(
        form,
        same_organisation=store.others_under(application.organisation_key, application),
        same_project=store.others_under(application.project_key, application),
    )
    # Nothing stands and nothing stood: most often, and then nothing is written again.
    if not flags and not application.flags:
        return
    standing = standing_flags(flags)
    raised = flags and (not amended or holds_new(standing, known=application.flags))
    # Raising flags is a change of its own, so that every event but a refusal has a version to itself.
    version = application.version + 1 if raised else application.version
    application = application._replace(flags=standing, version=version)
    store.keep(application)
    if raised:
        unit.publish(announcements.flagged(application, flags))


def _payload(event: Event[EventData]) -> bytes:
    # As it was received: how a form wrote it is what an applicant can be held to.
    return event.payload or encode_data(event.data)


def _outside_every_window(form: ApplicationForm) -> RuleAnswer:
    """What is answered where no edition's rules can be: no edition was open when the form was sent."""
    sent_on = wall_time(form.submitted_at).date()
    problem = Problem("outside-every-window", "submitted_at", {"submitted_on": sent_on})
    return RuleAnswer("submitted-in-an-edition", NO_EDITION, "application", "fail", sent_on, (problem,))
