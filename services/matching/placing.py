"""Making the optimum known: what it holds is proposed, what it let go is released, each with its event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    Levels,
)
from contracts.event import Event
from libraries.chassis.unit_of_work import Cause, UnitOfWork
from services.matching.fit import FitPoints, fit_of
from services.matching.gates import meet
from services.matching.pool import Pool
from services.matching.register import Assignment, Candidate, Need
from services.matching.store import MatchingStore
from services.matching.wording import parts_between

Unit = UnitOfWork[MatchingStore]

BEST_OPEN_NEED: Final = "best-open-need"
PLACE_FREE: Final = "place-free"
BETTER_FOR_ALL: Final = "better-for-all"
NO_LONGER_MEETS: Final = "no-longer-meets"
CAPACITY_REDUCED: Final = "capacity-reduced"
NEED_CLOSED: Final = "need-closed"
NEED_REVIEW_DUE: Final = "need-review-due"
WITHDRAWN: Final = "withdrawn"
REJECTED: Final = "rejected"
CORRECTION_REQUESTED: Final = "correction-requested"
PLACED_BY_DECISION: Final = "placed-by-decision"
PLACE_TAKEN: Final = "place-taken-by-decision"
RULES_CHANGED: Final = "rules-changed"


def settle(
    unit: Unit,
    *,
    newcomer: UUID | None = None,
    because: Mapping[UUID, str] | None = None,
    otherwise: str = BETTER_FOR_ALL,
    in_round: bool = False,
) -> None:
    """Publishes how what is held differs from what is proposed: first all releases, then all proposals.

    `because` gives the reason of a release by the application's or the need's id, `otherwise` that of any other
    move. `newcomer` is the application that the event is about. Under rules that propose in rounds, only what can't
    stay proposed until the next one is released; all else waits for it.
    """
    pool, because = unit.store.pool, because or {}
    moves = _to_publish(pool, because, in_round=in_round)
    for application_id, released, _ in moves:
        for live in released:
            reason = because.get(application_id) or because.get(live.need_id) or otherwise
            release(live, actor=pool.rules.actor, reason=reason, unit=unit)
    for application_id, released, proposed in moves:
        arrival = BEST_OPEN_NEED if application_id == newcomer else PLACE_FREE
        reason = otherwise if released and application_id != newcomer else arrival
        for need_id in proposed:
            propose(pool.candidates[application_id], pool.needs[need_id], reason=reason, unit=unit)
    # What is published now is worth keeping, what was released is not: the optimum stays, its values change.
    for application_id, released, proposed in moves:
        if released:
            pool.value_as_published(application_id)
        else:
            # Mostly a newcomer: to look at all its needs again costs 5 µs more.
            for need_id in proposed:
                pool.keep(application_id, need_id)
    pool.optimum.moved.clear()


class Moved(NamedTuple):
    """An application, what it is not to be held by any more, and the needs it is to be held by instead."""

    application_id: UUID
    released: tuple[Assignment, ...]
    proposed: tuple[UUID, ...]


def _to_publish(pool: Pool, because: Mapping[UUID, str], *, in_round: bool) -> list[Moved]:
    if in_round or pool.rules.publication == "rolling":
        return list(_moves(pool))
    return [Moved(it.application_id, (it,), ()) for it in _untenable(pool, because)]


def _moves(pool: Pool) -> Iterator[Moved]:
    """Who is to be held by other needs than those proposed, in the order of their ids."""
    for application_id in sorted(pool.optimum.moved):
        held, live = pool.optimum.hosts_of(application_id), pool.live_of(application_id)
        if not live:
            # A newcomer, as most are.
            if held:
                yield Moved(application_id, (), tuple(sorted(held)))
            continue
        released = [it for need_id, it in sorted(live.items()) if need_id not in held and not it.is_fixed]
        proposed = sorted(need_id for need_id in held if need_id not in live)
        if released or proposed:
            yield Moved(application_id, tuple(released), tuple(proposed))


def _untenable(pool: Pool, touched: Mapping[UUID, str]) -> Iterator[Assignment]:
    """Proposals that can't stay as they are: a gate shut, their need or their application lost the place."""
    suspects = {it for it in pool.optimum.moved if pool.live_of(it)}
    suspects |= {it.application_id for it in pool.live if it.need_id in touched or it.application_id in touched}
    counts = Counter(it.need_id for it in pool.live) if suspects else Counter()
    for application_id in sorted(suspects):
        candidate, held = pool.candidates[application_id], pool.optimum.hosts_of(application_id)
        proposed = [it for it in pool.live_of(application_id).values() if not it.is_fixed]
        too_many = len(proposed) - pool.room(candidate)
        for live in sorted(proposed, key=lambda it: (it.fit, it.need_id)):
            need = pool.needs[live.need_id]
            if live.need_id in held:
                continue
            if too_many > 0 or pool.edge(candidate, need) is None or counts[live.need_id] > need.capacity:
                counts[live.need_id] -= 1
                too_many -= 1
                yield live


def rules_moved(pool: Pool) -> bool:
    """Whether a pool that was read anew differs from its optimum: only where the rules are not those it was left by."""
    if not pool.settled:
        _look_at_all(pool)
        if not _to_publish(pool, {}, in_round=False):
            pool.settled = True
            pool.optimum.moved.clear()
    return not pool.settled


def settle_under_rules(unit: Unit, *, at: datetime) -> None:
    """Publishes what new rules move, at a moment and for a cause of its own; nothing where they move nothing."""
    pool = unit.store.pool
    if rules_moved(pool):
        pool.count_settlement()
        # The number tells apart rules that were left and came back, which may move the same again.
        unit.because_of(Cause.named(f"engage matching rules {pool.rules.version}, settlement {pool.settlements}", at))
        settle(unit, otherwise=RULES_CHANGED)


def settle_first(event: Event[Any], unit: Unit) -> None:
    """Before each event: decisions build on what is published, so what new rules move comes first."""
    if not unit.store.pool.settled:
        settle_under_rules(unit, at=unit.now)
        unit.because_of(event)


def settle_in_round(unit: Unit) -> None:
    """Publishes all that the optimum decides."""
    _look_at_all(unit.store.pool)
    settle(unit, otherwise=BETTER_FOR_ALL, in_round=True)


def _look_at_all(pool: Pool) -> None:
    pool.optimum.moved.update(dict.fromkeys(pool.optimum.guests))


def propose(candidate: Candidate, need: Need, *, reason: str, unit: Unit) -> None:
    """Proposes what the optimum holds."""
    actor = unit.store.pool.rules.actor
    fit = _fit(candidate, need, unit)
    assignment = _assignment(candidate, need, fit, actor=actor, reason=reason, pinned=False, unit=unit)
    unit.store.pool.hold(assignment)
    _publish_proposal(assignment, fit, before=None, cost=None, unit=unit)


def pin(candidate: Candidate, need: Need, *, actor: str, reason: str, unit: Unit) -> None:
    """Holds an application against a need because a person says so, with what that costs all others."""
    pool = unit.store.pool
    live, fit = pool.live_at(candidate.application_id, need.need_id), _fit(candidate, need, unit)
    if live is not None:
        pool.pin(live, actor=actor, reason=reason)
        _publish_proposal(live, fit, before=live.state, cost=Levels(coverage=0, kept=0, fit=0), unit=unit)
        return
    before, published = pool.objective(), len(unit.published)
    if not pool.room(candidate):
        # Whoever is held by people's word as often as it may be: the newest word takes the place of the oldest.
        pinned = [it for it in pool.live_of(candidate.application_id).values() if it.state == "proposed"]
        release(min(pinned, key=lambda it: it.assignment_id), actor=actor, reason=PLACED_BY_DECISION, unit=unit)
    assignment = _assignment(candidate, need, fit, actor=actor, reason=reason, pinned=True, unit=unit)
    pool.hold(assignment)
    settle(unit, because={candidate.application_id: PLACED_BY_DECISION, need.need_id: PLACE_TAKEN})
    after = pool.objective()
    let_go = sum(row.type == AssignmentReleased.event_type for row in unit.published[published:])
    lost = before.plus(after, -1)
    cost = Levels(equity=lost.equity, coverage=lost.coverage, kept=let_go, fit=lost.fit)
    _publish_proposal(assignment, fit, before=None, cost=cost, unit=unit)


def confirm(assignment: Assignment, *, actor: str, reason: str | None, unit: Unit) -> None:
    """Confirms a proposed assignment: from now on no change of the need or the application's gates ends it."""
    before = assignment.state
    unit.store.pool.move(assignment, "confirmed", actor=actor, reason=reason)
    unit.publish(AssignmentConfirmed.model_validate(_described(assignment, before, unit)))


def decline(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> None:
    """Ends a proposed assignment by a person's word."""
    before = assignment.state
    unit.store.pool.move(assignment, "declined", actor=actor, reason=reason)
    unit.publish(AssignmentDeclined(**_described(assignment, before, unit)))


def release(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> None:
    """Ends a live assignment for another reason than a person's decision on it."""
    before = assignment.state
    unit.store.pool.move(assignment, "released", actor=actor, reason=reason)
    unit.publish(AssignmentReleased(**_described(assignment, before, unit)))


def _assignment(
    candidate: Candidate, need: Need, fit: FitPoints, *, actor: str, reason: str, pinned: bool, unit: Unit
) -> Assignment:
    return Assignment(
        unit.new_id(),
        candidate.application_id,
        need.need_id,
        "proposed",
        1,
        fit.total,
        _points(fit),
        unit.store.pool.rules.version,
        actor,
        reason,
        pinned,
    )


def _fit(candidate: Candidate, need: Need, unit: Unit) -> FitPoints:
    project, wanted = candidate.profile, need.document.profile
    fit = fit_of(project, wanted, meet(project, wanted), unit.store.pool.rules)
    assert fit is not None  # no least fit is asked for
    return fit


def _publish_proposal(
    assignment: Assignment, fit: FitPoints, *, before: str | None, cost: Levels | None, unit: Unit
) -> None:
    pool = unit.store.pool
    rules = pool.rules
    candidate, need = pool.candidates[assignment.application_id], pool.needs[assignment.need_id]
    facts = _described(assignment, before, unit)
    facts["fit"] = assignment.fit
    facts["parts"] = parts_between(candidate, need, fit, rules)
    facts["rules_version"] = rules.version
    facts["pinned"] = assignment.pinned
    facts["cost"] = cost
    unit.publish(AssignmentProposed.model_validate(facts))


def _described(assignment: Assignment, before: str | None, unit: Unit) -> dict[str, Any]:
    """What every event of an assignment says, with the names that its application and need bear now."""
    pool = unit.store.pool
    candidate = pool.candidates[assignment.application_id]
    need = pool.needs[assignment.need_id]
    content = need.document.content
    return {
        "assignment_id": assignment.assignment_id,
        "application_id": assignment.application_id,
        "need_id": assignment.need_id,
        "lead_id": candidate.lead_id,
        "owner_id": need.owner_id,
        "directorate": content.directorate,
        "organisation_name": candidate.organisation_name,
        "project_title": candidate.project_title,
        "need_title": content.title,
        "themes": candidate.themes,
        "territories": candidate.territories,
        "from_state": before,
        "to_state": assignment.state,
        "actor": assignment.actor,
        "reason": assignment.reason,
        "occurred_at": unit.now,
        "version": assignment.version,
    }


def _points(fit: FitPoints) -> str:
    # Numbers and fixed names need no escaping; `json.dumps` costs ten times as much.
    return (
        f'{{"theme": {fit.theme}, "public": {fit.public}, "territory": {fit.territory}, '
        f'"readiness": {fit.readiness}, "text": {fit.text}}}'
    )
