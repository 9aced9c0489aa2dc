"""What forms send of pairs, obstacles and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.clearances import MentorClearanceAnswered
from contracts.message import EventData
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.offers import PairAnswered
from contracts.pairs import MeetingReported, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.support import ImpactReported
from libraries.links.holders import service_id
from libraries.work_days.city import CITY
from tests.proof import acts
from tests.proof.filling import Filling
from tests.proof.steps import Impossible


def _answer(act: acts.AnswerOffer, filling: Filling) -> EventData:
    waiting = ("offered", "accepted-by-lead" if act.party == "mentor" else "accepted-by-mentor")
    mentor = filling.step.who if act.party == "mentor" else None
    pair = filling.known.pair(act.project, *waiting, mentor=mentor)
    return PairAnswered(
        pair_id=pair.pair_id, party=act.party, answer=act.answer, answered_at=filling.at, reason=act.reason
    )


def _clear(act: acts.Clear, filling: Filling) -> EventData:
    asked = filling.known.clearance(act.mentor, act.kind)
    until = act.until or asked.proposed_until
    return MentorClearanceAnswered(
        clearance_id=asked.clearance_id,
        mentor_id=asked.mentor_id,
        answered_by=asked.asked_of,
        answer=act.answer,
        until=until if (act.kind, act.answer) == ("line-manager", "give") else None,
        answered_at=filling.at,
    )


def _meet(act: acts.Meet, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    return MeetingReported(
        pair_id=pair_id,
        meeting_id=filling.given,
        held_on=CITY.day_of(filling.at),
        minutes=act.minutes,
        next_step=act.next_step,
        reported_by=by,
        reported_at=filling.at,
    )


def _review(act: acts.Review, filling: Filling) -> EventData:
    pair_id, _ = filling.pair(act.project, act.party)
    return PairReviewed(pair_id=pair_id, party=act.party, wish=act.wish, goals=act.goals, reviewed_at=filling.at)


def _pause(act: acts.Pause, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    if filling.known.rests(pair_id, CITY.day_of(filling.at)):
        raise Impossible
    return PairPauseRequested(
        pair_id=pair_id, until=act.until, reason=act.reason, requested_by=by, requested_at=filling.at
    )


def _resume(act: acts.Resume, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    today = CITY.day_of(filling.at)
    if not filling.known.rests(pair_id, today):
        raise Impossible
    return PairPauseRequested(pair_id=pair_id, until=today, reason="resumed", requested_by=by, requested_at=filling.at)


def _end(act: acts.EndPair, filling: Filling) -> EventData:
    pair_id, by = filling.pair(act.project, act.party)
    reason = act.reason or "another-pair"
    return PairEndRequested(pair_id=pair_id, requested_by=by, requested_at=filling.at, reason=reason)


def _obstacle(act: acts.ReportObstacle, filling: Filling) -> EventData:
    pair = filling.known.pair(act.project, "active")
    return ObstacleReported(
        assignment_id=pair.assignment_id,
        obstacle_id=filling.given,
        kind=act.kind,
        service=act.service,
        reported_by=filling.pair(act.project, act.party)[1],
        reported_at=filling.at,
        comment=act.comment,
    )


def _update(act: acts.UpdateObstacle, filling: Filling) -> EventData:
    # A lead sees them all on the page of their pair; others have the link of the mail that they got last.
    found = filling.known.obstacle(act.project, None if act.party == "lead" else filling.step.who)
    if act.party == "service":
        if service_id(found.service) != filling.service:
            raise Impossible
        by = f"officer:{filling.service}"
    else:
        by = f"{'lead' if act.party == 'lead' else 'officer'}:{filling.by}"
    return ObstacleUpdated.model_validate(
        {
            "assignment_id": found.assignment_id,
            "obstacle_id": found.obstacle_id,
            "update": "take" if act.update == "hand-on" else act.update,
            "service": act.service,
            "updated_by": by,
            "updated_at": filling.at,
            "reason": act.reason,
        }
    )


def _impact(act: acts.ReportImpact, filling: Filling) -> EventData:
    found = filling.known.assignment(act.project, state="confirmed")
    return ImpactReported.model_validate(
        {
            "assignment_id": found.assignment_id,
            "year": act.year,
            "indicators": [{"code": code, "value": value} for code, value in act.figures],
            "reported_by": f"lead:{filling.by}",
            "reported_at": filling.at,
        }
    )


OF_MENTORING: Final[Mapping[type, Callable[[Any, Filling], EventData]]] = {
    acts.AnswerOffer: _answer,
    acts.Clear: _clear,
    acts.Meet: _meet,
    acts.Review: _review,
    acts.Pause: _pause,
    acts.Resume: _resume,
    acts.EndPair: _end,
    acts.ReportObstacle: _obstacle,
    acts.UpdateObstacle: _update,
    acts.ReportImpact: _impact,
}
