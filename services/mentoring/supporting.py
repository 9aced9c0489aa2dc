"""What follows from what is said of support plans: actions, introductions, and how they are announced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from contracts.support import (
    IntroductionRecorded,
    IntroductionReported,
    SupportActionChanged,
    SupportActionReported,
    SupportPlanOpened,
    SupportUpdateRefused,
)
from services.mentoring import support as states
from services.mentoring.lead import Lead
from services.mentoring.offers import Unit
from services.mentoring.pair import Refusal
from services.mentoring.rules import Happening
from services.mentoring.support import Action, Introduction
from services.mentoring.wording import reason as reason_of


def open_plan(unit: Unit, lead: Lead) -> None:
    """Opens the plan of a confirmed assignment, or what was dropped of it when the assignment had ended."""
    programme = unit.store.programme
    actor, version, opened = programme.pool.rules.actor, 1, list[str]()
    for code in programme.pool.settings.support.actions:
        known = programme.actions.get((lead.assignment_id, code))
        if known is None or known.state == "dropped":
            action = Action(lead.assignment_id, code) if known is None else states.reopen(known)
            programme.put_action(action)
            opened.append(code)
            version = max(version, action.version)
    if opened:
        facts = _facts(unit, lead, None, "planned", version=version, actor=actor)
        unit.publish(SupportPlanOpened(actions=tuple(opened), **facts))


def update_action(unit: Unit, lead: Lead, said: SupportActionReported) -> None:
    """Starts, finishes or drops an action; what it is already changes nothing and says nothing."""
    known = unit.store.programme.actions.get((lead.assignment_id, said.action))
    if known is None:
        _refuse(unit, lead, Refusal("support-action-unknown"), action=said.action)
        return
    _update(unit, lead, known, said.update, actor=said.reported_by, reason=said.reason)


def begin(unit: Unit, lead: Lead, happening: Happening, *, actor: str) -> None:
    """Starts the planned action that something which happened belongs to."""
    programme = unit.store.programme
    code = programme.pool.settings.support.begun_by.get(happening)
    known = programme.actions.get((lead.assignment_id, code)) if code else None
    if known is not None and known.state == "planned":
        _update(unit, lead, known, "start", actor=actor, reason=None)


def drop_all(unit: Unit, lead: Lead, *, actor: str, reason: str) -> None:
    """Drops what is still to be done for an assignment that ends."""
    programme = unit.store.programme
    for code in programme.pool.settings.support.actions:
        known = programme.actions.get((lead.assignment_id, code))
        if known is not None and known.open:
            _update(unit, lead, known, "drop", actor=actor, reason=reason)


def introduce(unit: Unit, lead: Lead, said: IntroductionReported) -> None:
    """Records an introduction, or what came of it; the same again changes nothing and says nothing."""
    programme = unit.store.programme
    known = programme.introductions.get(said.introduction_id)
    if lead.state == "released":
        _refuse(unit, lead, Refusal("support-ended"), introduction_id=said.introduction_id)
        return
    recorded = Introduction(
        said.introduction_id,
        lead.assignment_id,
        said.partner_kind,
        said.partner_name,
        said.made_on,
        said.outcome,
        known.version if known else 1,
    )
    if recorded == known:
        return
    if known is not None:
        recorded = replace(recorded, version=known.version + 1)
    programme.put_introduction(recorded)
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


def _update(unit: Unit, lead: Lead, known: Action, said: states.Update, *, actor: str, reason: str | None) -> None:
    updated = states.update(known, said, reason=reason)
    if isinstance(updated, Refusal):
        _refuse(unit, lead, updated, action=known.code)
    elif updated is not known:
        unit.store.programme.put_action(updated)
        facts = _facts(unit, lead, known.state, updated.state, version=updated.version, actor=actor, reason=reason)
        unit.publish(SupportActionChanged(action=updated.code, **facts))


def _refuse(
    unit: Unit, lead: Lead, refusal: Refusal, *, action: str | None = None, introduction_id: UUID | None = None
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
    """What every event of a support plan carries."""
    return {
        "from_state": before,
        "to_state": after,
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
