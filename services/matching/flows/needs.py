"""What happens to a need whoever caused it: it is published, is due for its review, lets go of what was pinned."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from uuid import UUID

from contracts.needs import NeedPublished, NeedReviewDue
from contracts.states import NeedReason
from services.matching import codes
from services.matching.flows.proposals import release
from services.matching.flows.settling import settle
from services.matching.states.needs import Need
from services.matching.store import Unit


def review(need: Need, unit: Unit) -> None:
    """Announces that a need's review date has passed: it takes no project until it is declared again."""
    pool = unit.store.pool
    pool.set_state(need, "review-due")
    publish_need(pool.needs[need.need_id], "open", "review-date-passed", pool.rules.actor, unit)
    unit.publish(_review_due(pool.needs[need.need_id], unit))
    let_go_of_pins(need.need_id, codes.NEED_REVIEW_DUE, unit)
    settle(unit, because={need.need_id: codes.NEED_REVIEW_DUE})


def _review_due(need: Need, unit: Unit) -> NeedReviewDue:
    content = need.document.content
    return NeedReviewDue(
        need_id=need.need_id,
        owner_id=unit.store.pool.people.told_of(need),
        need_title=content.title,
        directorate=content.directorate,
        review_on=content.review_on,
        version=need.version,
        occurred_at=unit.now,
    )


def publish_need(need: Need, before: str | None, reason: NeedReason, actor: str, unit: Unit) -> None:
    """Publishes a need as it stands, with the state that it was in before."""
    change: dict[str, Any] = {"from": before, "to": need.state}
    unit.publish(
        NeedPublished(
            need_id=need.need_id,
            owner_id=unit.store.pool.people.told_of(need),
            need=need.document.content,
            actor=actor,
            reason=reason,
            occurred_at=unit.now,
            version=need.version,
            **change,
        )
    )


def let_go_of_pins(need_id: UUID, reason: str, unit: Unit) -> None:
    """What was only pinned ends with its need; its applications are considered elsewhere."""
    pool = unit.store.pool
    pinned = [held for held in pool.live if held.need_id == need_id and held.is_fixed and held.state == "proposed"]
    # By their ids, so that the same events publish in the same order.
    for assignment in sorted(pinned, key=attrgetter("assignment_id")):
        release(assignment, actor=pool.rules.actor, reason=reason, unit=unit)
        pool.place(pool.candidates[assignment.application_id])
