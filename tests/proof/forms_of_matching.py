"""What forms send of needs, applications and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, Final

from contracts.applications import ApplicationCorrected, ApplicationWithdrawalRequested
from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, OfficerRecused, PlacementDecided
from contracts.contest import ContestDecided
from contracts.deputies import DeputyNamed
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from contracts.rounds import RoundRequested
from libraries.work_days.city import CITY
from tests.proof import acts
from tests.proof.filling import Filling
from tests.proof.people import Need, below
from tests.proof.steps import Impossible


def _declare(act: acts.DeclareNeed, filling: Filling) -> EventData:
    filling.known.needs[act.need.title] = filling.given
    return NeedDeclared.model_validate({**_need(act.need), "need_id": filling.given, "declared_at": filling.at})


def _revise(act: acts.ReviseNeed, filling: Filling) -> EventData:
    need_id = filling.known.needs[act.need.title]
    return NeedRevised.model_validate({**_need(act.need), "need_id": need_id, "revised_at": filling.at})


def _close(act: acts.CloseNeed, filling: Filling) -> EventData:
    return NeedClosed(need_id=filling.known.needs[act.need], closed_at=filling.at, reason=act.reason)


def _deputy(act: acts.NameDeputy, filling: Filling) -> EventData:
    until = datetime.combine(act.until, time(23, 59, 59), CITY.zone)
    return DeputyNamed(owner_id=filling.by, deputy=act.deputy.declared, until=until, named_at=filling.at)


def _round(act: acts.AskRound, filling: Filling) -> EventData:
    by = filling.by
    return RoundRequested(round_id=filling.given, track=act.track, requested_by=by, requested_at=filling.at)


def _decide(act: acts.Decide, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, act.need)
    return AssignmentDecided(
        assignment_id=found.assignment_id,
        decision=act.decision,
        decided_by=filling.by,
        decided_at=filling.at,
        reason=act.reason,
    )


def _place(act: acts.Place, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, act.need)
    return PlacementDecided(
        application_id=found.application_id,
        need_id=found.need_id,
        decision=act.decision,
        decided_by=filling.by,
        decided_at=filling.at,
        reason=act.reason,
    )


def _undo(act: acts.Undo, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, act.need, "confirmed")
    by = filling.by
    return AssignmentUndoRequested(
        assignment_id=found.assignment_id, requested_by=by, requested_at=filling.at, reason=act.reason
    )


def _abstain(act: acts.Abstain, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, act.need)
    by = filling.by
    return OfficerRecused(person_id=by, application_id=found.application_id, declared_at=filling.at)


def _verdict(act: acts.PassVerdict, filling: Filling) -> EventData:
    project = filling.project(act.project)
    if filling.known.applications.get(project.id) != "registered":
        raise Impossible
    return ContestDecided.model_validate(
        {
            "application_id": project.id,
            "decision": act.decision,
            "scores": [{"criterion": name, "points": points, "maximum": 100} for name, points in act.points],
            "decided_by": filling.by,
            "decided_at": filling.at,
            "publish_at": act.publish_at.astimezone(CITY.zone),
        }
    )


def _correct(act: acts.Correct, filling: Filling) -> EventData:
    project = act.project
    filling.check_open(project.id)
    typed = project.typed if act.summary is None else {**project.typed, "project.summary": act.summary}
    return ApplicationCorrected.model_validate(
        {
            "application_id": project.id,
            "track": project.track,
            "submitted_at": project.applied_at,
            "organisation": below("organisation", typed),
            "project": below("project", typed),
            "lead": {"person_id": project.lead.id, **below("lead", typed)},
            "consent": True,
            "texts_public": True,
            "corrected_at": filling.at,
        }
    )


def _withdraw(act: acts.Withdraw, filling: Filling) -> EventData:
    project = filling.project(act.project)
    filling.check_open(project.id)
    return ApplicationWithdrawalRequested(application_id=project.id, requested_at=filling.at, reason=act.reason)


def _need(need: Need) -> dict[str, Any]:
    return {
        "title": need.title,
        "description": need.description,
        "themes": [need.theme],
        "publics": [need.public],
        "territories": [need.territory],
        "coverage": need.coverage,
        "salience": need.salience,
        "capacity": need.capacity,
        "directorate": need.directorate,
        "strategic_axis": None,
        "evidence": "",
        "review_on": need.review_on or None,
        "owner": need.owner.declared,
    }


OF_MATCHING: Final[Mapping[type, Callable[[Any, Filling], EventData]]] = {
    acts.DeclareNeed: _declare,
    acts.ReviseNeed: _revise,
    acts.CloseNeed: _close,
    acts.NameDeputy: _deputy,
    acts.AskRound: _round,
    acts.Decide: _decide,
    acts.Place: _place,
    acts.Undo: _undo,
    acts.Abstain: _abstain,
    acts.PassVerdict: _verdict,
    acts.Correct: _correct,
    acts.Withdraw: _withdraw,
}
