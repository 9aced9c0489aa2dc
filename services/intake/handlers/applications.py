"""What intake does when a form speaks of an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from contracts.applications import (
    ApplicationCorrected,
    ApplicationForm,
    ApplicationSubmitted,
    ApplicationWithdrawalRequested,
)
from contracts.event import Event, encode_data
from contracts.message import EventData
from contracts.states import ApplicationState
from libraries.chassis.handling import handles
from libraries.typed.people import ReadPerson
from services.intake import announcements
from services.intake.applications import NO_EDITION, Application, Entry
from services.intake.belonging import source_of, trespasses
from services.intake.cleaned_forms import CleanedForm
from services.intake.duplicates import find_flags, holds_new, standing_flags
from services.intake.editions import wall_time
from services.intake.eligibility import RuleAnswer, encode_answers, evaluate, problems, verdict
from services.intake.forgetting import without_content, without_observations, without_texts
from services.intake.handlers.erasures import end, take_back_texts
from services.intake.lookups import application, application_if_known
from services.intake.rules.finding import Answer, Problem
from services.intake.store import Unit

_STATE_AFTER: Final[Mapping[Answer, ApplicationState]] = {
    "pass": "registered",
    "fail": "rejected",
    "unknown": "correction-requested",
}


@handles(ApplicationSubmitted, needs=lambda said: application_if_known(said.application_id))
def on_application_submitted(event: Event[ApplicationSubmitted], unit: Unit, application: Application | None) -> None:
    """Registers an application, rejects it or asks for what is missing; a second one corrects the first."""
    application = _as_it_was(event, unit, application)
    if _may_be_taken(event, unit, application):
        _examine(event, unit, application)


@handles(ApplicationCorrected, needs=lambda said: application_if_known(said.application_id))
def on_application_corrected(event: Event[ApplicationCorrected], unit: Unit, application: Application | None) -> None:
    """Judges the new version of an application; the first one, where no form before it could be taken."""
    application = _as_it_was(event, unit, application)
    if _may_be_taken(event, unit, application):
        _examine(event, unit, application)


@handles(ApplicationWithdrawalRequested, needs=lambda said: application(said.application_id))
def on_application_withdrawal_requested(
    event: Event[ApplicationWithdrawalRequested], unit: Unit, application: Application
) -> None:
    """Withdraws an application, whatever its state, and takes back its texts; does nothing the second time."""
    if problems := trespasses(event.source, application, None):
        unit.publish(announcements.refused(application.id, problems, unit.now))
        return
    application = application.as_forms_left_it()
    # A form may repeat itself under another id; a second event would look like a second decision.
    if application.state == "withdrawn":
        return
    withdrawn = application.withdrawn(at=unit.now)
    unit.store.keep(withdrawn)
    unit.store.record(withdrawn, event, payload=_payload(event), answers="[]")
    if application.is_withheld:
        # Nobody has to act on it any more.
        take_back_texts(application.id, application.said_at, unit.now, unit)
    # By what it says: it may have waited for its form, and then it has no number, and its lead may be forgotten by now.
    unit.publish_as_said(announcements.withdrawn(withdrawn, before=application.state), unit.now)


def _as_it_was(event: Event[ApplicationForm], unit: Unit, application: Application | None) -> Application | None:
    """The application that a form speaks of; as forms left it where an erasure ended it that was sent after this one.

    So each form makes the same version whether it is read before the erasure or after it, and is ended with the rest.
    """
    if application is None or application.ended_from is None or application.lead_id != event.data.lead.person_id:
        return application
    until = unit.store.leads[application.lead_id].withdrawn_until
    sent_before = until is not None and event.time <= until
    return application.as_forms_left_it() if sent_before else application


def _may_be_taken(event: Event[ApplicationForm], unit: Unit, application: Application | None) -> bool:
    """Whether a form has its say; where not, nothing of it is taken, and that is published with its reasons."""
    lead = unit.store.leads[event.data.lead.person_id]
    if problems := trespasses(event.source, application, lead):
        unit.publish(announcements.refused(event.data.application_id, problems, unit.now))
        return False
    if application is not None and application.state == "withdrawn":
        unit.publish(announcements.refused_as_withdrawn(application, unit.now))
        return False
    unit.store.leads.keep(lead._replace(source=source_of(event.source, application)))
    return True


def _examine(event: Event[ApplicationForm], unit: Unit, previous: Application | None) -> None:
    """Makes the next version of an application: judged, kept, announced, flagged."""
    store, entry = unit.store, unit.store.entries[event.source, event.id]
    application, answers = _judge(event, entry, previous)
    form = told = entry.form
    if (forgotten_at := store.forgotten_at(application.lead_id, event.time)) is not None:
        application, told, answers = without_content(application), without_texts(form), without_observations(answers)
    # Before what is said of the application: whoever writes to its lead because of that has the address by then. Only
    # with consent: else nobody said that we may write.
    if form.consent:
        _tell_how_to_reach_the_lead(event, unit, form.lead, forgotten_at)
    _tell_what_is_not_published(event, unit, form, previous, forgotten_at)
    store.keep(application, form.organisation_keys if forgotten_at is None else ())
    store.record(application, event, payload=_payload(event), answers=encode_answers(answers))
    _announce(application, told, answers, before=None if previous is None else previous.state, unit=unit)
    # Only what meets its rules is looked at by people; the rest is with its applicant.
    if application.state == "registered":
        was_registered = previous is not None and previous.state == "registered"
        _flag(application, form, amended=was_registered, unit=unit)
    if forgotten_at is not None:
        _end_what_was_forgotten(event, unit, forgotten_at, consent=form.consent)


def _judge(
    event: Event[ApplicationForm], entry: Entry, previous: Application | None
) -> tuple[Application, tuple[RuleAnswer, ...]]:
    form, edition = entry
    answers = (_outside_every_window(form.said),) if edition is None else evaluate(form, edition)
    state = _STATE_AFTER[verdict(answers)]
    source = source_of(event.source, previous)
    application = entry.application(previous, state=state, source=source, said_at=event.time)
    return application, answers


def _tell_how_to_reach_the_lead(
    event: Event[ApplicationForm], unit: Unit, said: ReadPerson | None, forgotten_at: datetime | None
) -> None:
    """Publishes the lead's contact; where they have asked since to be forgotten, that this form is forgotten too.

    Nothing where no address could be read: the last one that could stays.
    """
    form = event.data
    if forgotten_at is not None:
        erased = announcements.content_erased(form.application_id, form.lead.person_id, forgotten_at)
        unit.publish_instead(erased, forgotten_at)
        return
    if said is None:
        return
    lead = unit.store.leads[form.lead.person_id]
    unit.store.leads.keep(lead._replace(reached_at=max(event.time, lead.reached_at or event.time)))
    unit.publish_plain(announcements.contact(said))


def _tell_what_is_not_published(
    event: Event[ApplicationForm],
    unit: Unit,
    form: CleanedForm,
    previous: Application | None,
    forgotten_at: datetime | None,
) -> None:
    """Publishes for those who act what nobody else may read; takes it back where all may, or the lead is forgotten.

    With consent, as the contact: without it nobody is written to.
    """
    is_withheld = not form.texts_public
    if is_withheld and form.consent:
        described = announcements.described(form)
        if forgotten_at is None:
            unit.publish(described)
        else:
            unit.new_id()  # that of what would have been published, so that what follows keeps its own
    if is_withheld and forgotten_at is not None:
        take_back_texts(form.said.application_id, event.time, forgotten_at, unit)
    elif not is_withheld and previous is not None and previous.is_withheld:
        take_back_texts(previous.id, previous.said_at, unit.now, unit)


def _end_what_was_forgotten(
    event: Event[ApplicationForm], unit: Unit, forgotten_at: datetime, *, consent: bool
) -> None:
    """Says and does what the erasure would have, had this form been read before it."""
    form, lead_id = event.data, event.data.lead.person_id
    if not consent:
        erased = announcements.content_erased(form.application_id, lead_id, forgotten_at)
        unit.publish_instead(erased, forgotten_at)
    until = unit.store.leads[lead_id].withdrawn_until
    if until is not None and event.time <= until:
        end(unit.store.applications[form.application_id], until, unit)


def _announce(
    application: Application,
    form: CleanedForm,
    answers: Sequence[RuleAnswer],
    *,
    before: ApplicationState | None,
    unit: Unit,
) -> None:
    if application.state == "registered":
        if before == "registered":
            unit.publish_plain(announcements.amended(application, form))
        else:
            unit.publish_plain(announcements.registered(application, form, before=before))
        return
    asked = problems(answers, "unknown")
    if application.state == "rejected":
        unit.publish(announcements.rejected(application, problems(answers, "fail"), asked, before=before))
    else:
        unit.publish(announcements.correction_requested(application, asked, before=before))


def _flag(application: Application, form: CleanedForm, *, amended: bool, unit: Unit) -> None:
    """Flags what a person should see: all of it on registration, and again where an amendment adds to it."""
    store = unit.store
    flags = find_flags(
        form,
        same_organisation=store.organisations.others(application),
        same_project=store.of_same_project(application),
    )
    # Nothing stands and nothing stood: most often, and then nothing is written again.
    if not flags and not application.flags:
        return
    standing = standing_flags(flags)
    raised = flags and (not amended or holds_new(standing, known=application.flags))
    application = application._replace(flags=standing)
    store.keep(application)
    # Who else applies hangs on what was read before. So it makes no version, and is known by what it says.
    if raised:
        unit.publish_as_said(announcements.flagged(application, flags), unit.now)


def _payload(event: Event[EventData]) -> bytes:
    # As it was received: how a form wrote it is what an applicant can be held to.
    return event.payload or encode_data(event.data)


def _outside_every_window(form: ApplicationForm) -> RuleAnswer:
    """What is answered where no edition's rules can be: no edition was open when the form was sent."""
    sent_on = wall_time(form.submitted_at).date()
    problem = Problem("outside-every-window", "submitted_at", {"submitted_on": sent_on})
    return RuleAnswer("submitted-in-an-edition", NO_EDITION, "application", "fail", sent_on, (problem,))
