"""What forms send of who takes part, and of what the City and partners do for a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.erasures import ErasureRequested
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData
from contracts.support import IntroductionReported, SupportActionReported
from libraries.work_days.city import CITY
from tests.proof import acts
from tests.proof.filling import Filling
from tests.proof.steps import Impossible


def _wishes(act: acts.GiveWishes, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, state="confirmed")
    said = {"assignment_id": found.assignment_id, "skills": [act.skill], "slots": [act.slot]}
    return LeadWishesGiven.model_validate({**said, "given_by": f"lead:{filling.by}", "given_at": filling.at})


def _revise(act: acts.ReviseMentor, filling: Filling) -> EventData:
    filling.pair(act.project, "mentor")
    kept = act.mentor.form.model_dump(exclude={"person", "line_manager", "enrolled_at", "capacity", "slots"})
    return MentorRevised.model_validate(
        {
            **kept,
            "person": act.mentor.person.declared,
            "capacity": int(act.capacity),
            "slots": [act.slot],
            "line_manager": {"person_id": act.mentor.manager.id},
            "revised_at": filling.at,
        }
    )


def _abstain(act: acts.AbstainFromFile, filling: Filling) -> EventData:
    pair_id, _ = filling.pair(act.project, "mentor")
    other = filling.project(act.other)
    if filling.known.applications.get(other.id) != "registered":
        raise Impossible
    mentor_id = filling.known.pairs[pair_id].mentor_id
    return RecusalDeclared(mentor_id=mentor_id, application_id=other.id, declared_at=filling.at)


def _leave(act: acts.Leave, filling: Filling) -> EventData:
    mentor = filling.step.who if act.party == "mentor" else None
    mentor_id = filling.known.pair(act.project, "active", mentor=mentor).mentor_id
    filling.known.left.add(mentor_id)
    return MentorWithdrawn(mentor_id=mentor_id, withdrawn_at=filling.at, reason=act.reason)


def _introduce(act: acts.Introduce, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    return IntroductionReported.model_validate(
        {
            "assignment_id": filling.known.pairs[pair_id].assignment_id,
            "introduction_id": filling.given,
            "partner_kind": act.kind,
            "partner_name": act.partner,
            "made_on": CITY.day_of(filling.at),
            "outcome": "awaited",
            "reported_by": by,
            "reported_at": filling.at,
        }
    )


def _outcome(act: acts.TellOutcome, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    made = filling.known.introduction(filling.known.pairs[pair_id].assignment_id)
    return IntroductionReported.model_validate(
        {
            "assignment_id": made.assignment_id,
            "introduction_id": made.introduction_id,
            "partner_kind": made.partner_kind,
            "partner_name": made.partner_name,
            "made_on": made.made_on,
            "outcome": act.outcome,
            "reported_by": by,
            "reported_at": filling.at,
        }
    )


def _support(act: acts.SupportProject, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, act.need, "confirmed")
    if filling.known.actions.get((found.assignment_id, act.action), "planned") not in ("planned", "started"):
        raise Impossible
    return SupportActionReported(
        assignment_id=found.assignment_id,
        action=act.action,
        update=act.update,
        reason=act.reason,
        reported_by=f"officer:{filling.by}",
        reported_at=filling.at,
    )


def _be_forgotten(act: acts.BeForgotten, filling: Filling) -> EventData:
    if act.party == "lead":
        filling.check_open(filling.project(act.project).id)
    else:
        mentor = next(each for each in filling.edition.mentors if each.person.email == filling.step.who)
        if mentor.form.mentor_id in filling.known.left:
            raise Impossible
        filling.known.left.add(mentor.form.mentor_id)
    return ErasureRequested(person_id=filling.by, applications=act.applications, requested_at=filling.at)


OF_PEOPLE: Final[Mapping[type, Callable[[Any, Filling], EventData]]] = {
    acts.GiveWishes: _wishes,
    acts.ReviseMentor: _revise,
    acts.AbstainFromFile: _abstain,
    acts.Leave: _leave,
    acts.Introduce: _introduce,
    acts.TellOutcome: _outcome,
    acts.SupportProject: _support,
    acts.BeForgotten: _be_forgotten,
}
