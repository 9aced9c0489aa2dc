"""What follows from what is said of support: actions, introductions, impact, and how they are announced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.erasures import ERASED
from contracts.support import (
    Figure,
    ImpactRecorded,
    ImpactReported,
    IntroductionRecorded,
    IntroductionReported,
    SupportActionChanged,
    SupportActionReported,
    SupportPlanOpened,
    SupportUpdateRefused,
)
from libraries.chassis.unit_of_work import PlainEvent
from services.mentoring.reporters import speakers
from services.mentoring.settings.rhythms import Happening
from services.mentoring.settings.sentences import reason_of
from services.mentoring.states import support as states
from services.mentoring.states.lead import Lead
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.support import Action, introduced, reported
from services.mentoring.store import Unit


def open_plan(unit: Unit, lead: Lead, before: Lead | None) -> None:
    """Opens the plan of a confirmed assignment, or takes up what was dropped of it when the assignment had ended."""
    # No row an action: what nothing has changed yet is planned, and this event is all that is kept of it.
    programme = unit.store.state
    actor, actions = programme.roster.rules.actor, programme.roster.settings.support.actions
    if before is None:
        facts = _facts(unit, lead, None, "planned", version=1, actor=actor)
        unit.publish_plain(PlainEvent(SupportPlanOpened, lead.assignment_id, {**facts, "actions": actions}))
        return
    for code in actions:
        known = programme.action(lead, code)
        if known is not None and known.state == "dropped":
            _announce(unit, lead, known, states.reopen(known), actor=actor, reason="assignment-confirmed")


def update_action(unit: Unit, lead: Lead, said: SupportActionReported) -> None:
    """Starts, finishes or drops an action; what it is already changes nothing and says nothing."""
    known = unit.store.state.action(lead, said.action)
    if known is None:
        _refuse(unit, lead, NotAllowed("support-action-unknown"), action=said.action)
        return
    _update(unit, lead, known, said.update, actor=said.reported_by, reason=said.reason)


def begin(unit: Unit, lead: Lead, happening: Happening, *, actor: str) -> None:
    """Starts the planned action that something which happened belongs to."""
    programme = unit.store.state
    code = programme.roster.settings.support.begun_by.get(happening)
    known = programme.action(lead, code) if code else None
    if known is not None and known.state == "planned":
        _update(unit, lead, known, "start", actor=actor, reason=None)


def drop_all(unit: Unit, lead: Lead, *, actor: str, reason: str) -> None:
    """Drops what is still to be done for an assignment that ends."""
    programme = unit.store.state
    for code in programme.roster.settings.support.actions:
        known = programme.action(lead, code)
        if known is not None and known.open:
            _update(unit, lead, known, "drop", actor=actor, reason=reason)


def introduce(unit: Unit, lead: Lead, said: IntroductionReported, *, forgotten: bool) -> None:
    """Records an introduction, or what came of it; the same again changes nothing and says nothing.

    Whoever reports it and was `forgotten` since leaves no name of a partner.
    """
    programme = unit.store.state
    if lead.state == "released":
        _refuse(unit, lead, NotAllowed("support-ended"), introduction_id=said.introduction_id)
        return
    known = programme.introductions.get(said.introduction_id)
    recorded = introduced(said, known, forgotten=forgotten)
    if recorded is known:
        return
    programme.introductions.put(recorded.introduction_id, recorded)
    before = known.outcome if known else None
    facts = _facts(unit, lead, before, recorded.outcome, version=recorded.version, actor=said.reported_by)
    unit.publish(
        IntroductionRecorded(
            introduction_id=recorded.introduction_id,
            partner_kind=said.partner_kind,
            partner_name=recorded.partner_name,
            made_on=recorded.made_on,
            **facts,
        )
    )
    begin(unit, lead, "introduction", actor=said.reported_by)


def record_impact(unit: Unit, lead: Lead, report: ImpactReported) -> None:
    """Records the figures of a year, or corrected ones; the same again changes nothing and says nothing."""
    programme = unit.store.state
    known = programme.impacts.get((lead.assignment_id, report.year))
    impact = reported(report, known)
    if isinstance(impact, NotAllowed):
        _refuse(unit, lead, impact)
        return
    if impact is known:
        return
    programme.impacts.put((lead.assignment_id, report.year), impact)
    # After `put`, so that the figures of the beginning are their own baseline.
    beginning = programme.impacts.get((lead.assignment_id, 0))
    baseline = beginning.by_code if beginning else {}
    before = "recorded" if known else None
    facts = _facts(unit, lead, before, "recorded", version=impact.version, actor=report.reported_by)
    figures = [Figure(code=code, value=value, baseline=baseline.get(code)) for code, value in impact.by_code.items()]
    unit.publish(ImpactRecorded(year=impact.year, figures=tuple(figures), **facts))


def _update(unit: Unit, lead: Lead, known: Action, said: states.Update, *, actor: str, reason: str | None) -> None:
    updated = states.update(known, said, reason=reason)
    if isinstance(updated, NotAllowed):
        _refuse(unit, lead, updated, action=known.code)
    elif updated is not known:
        _announce(unit, lead, known, updated, actor=actor, reason=reason)


def _announce(unit: Unit, lead: Lead, known: Action, changed: Action, *, actor: str, reason: str | None) -> None:
    unit.store.state.put_action(changed)
    facts = _facts(unit, lead, known.state, changed.state, version=changed.version, actor=actor, reason=reason)
    unit.publish(SupportActionChanged(action=changed.code, **facts))


def _refuse(
    unit: Unit, lead: Lead, refusal: NotAllowed, *, action: str | None = None, introduction_id: UUID | None = None
) -> None:
    unit.publish(
        SupportUpdateRefused(
            assignment_id=lead.assignment_id,
            action=action,
            introduction_id=introduction_id,
            occurred_at=unit.now,
            reasons=(reason_of(refusal.code),),
        )
    )


def _facts(
    unit: Unit, lead: Lead, before: str | None, after: str, *, version: int, actor: str, reason: str | None = None
) -> dict[str, Any]:
    """What every event of a support plan carries, by its names in JSON and in the contract's order."""
    return {
        "from": before,
        "to": after,
        "actor": actor,
        "reason": reason,
        "occurred_at": unit.now,
        "version": version,
        "assignment_id": lead.assignment_id,
        "application_id": lead.application_id,
        "lead_id": lead.lead_id,
        "owner_id": lead.owner_id,
        "organisation_name": lead.organisation_name,
        "project_title": lead.project_title,
    }


def empty_introductions(unit: Unit, person_id: UUID) -> int:
    """Empties the partners' names that a person wrote; returns how many."""
    introductions = unit.store.state.introductions
    theirs = [
        introduction
        for introduction in introductions.values()
        if introduction.partner_name != ERASED
        and person_id in speakers(unit.store.state, introduction.reported_by, introduction.assignment_id)
    ]
    for introduction in theirs:
        introductions.put(introduction.introduction_id, introduction.emptied())
    return len(theirs)
