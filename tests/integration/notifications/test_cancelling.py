"""Every rule of `kinds.toml` that settles a follow-up before it leaves, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from contracts.event import Event
from services.notifications.kinds import KINDS
from tests.integration.notifications.happenings import (
    activated,
    amended,
    confirmed,
    contest_decided,
    correction_requested,
    declined,
    ended,
    idle,
    impact_recorded,
    meeting_held,
    no_mentor_found,
    nominated,
    obstacle_abandoned,
    obstacle_escalated,
    obstacle_lifted,
    obstacle_opened,
    obstacle_taken,
    offer_declined,
    offer_expired,
    offered,
    proposed,
    registered,
    rejected,
    released,
    renewed,
    review_due,
    unplaced,
    withdrawn,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

Maker = Callable[[str], Event[Any]]

LATER = 9
PLANS: Mapping[str, Maker] = {
    "application-registered": registered,
    "application-rejected": rejected,
    "application-correction-requested": correction_requested,
    "contest-decision-published": lambda name: contest_decided(name, "laureate"),
    "application-unplaced": unplaced,
    "nomination-proposed": nominated,
    "assignment-proposed": proposed,
    "assignment-confirmed": confirmed,
    "pair-offered": offered,
    "pair-activated": lambda name: activated(name, first_contact_by=date(2025, 3, 17)),
    "pair-meeting-held": lambda name: meeting_held(name, 5),
    "pair-review-due": lambda name: review_due(name, 5),
    "pair-renewed": lambda name: renewed(name, 5),
    "pair-no-mentor-found": no_mentor_found,
    "obstacle-opened": obstacle_opened,
    "obstacle-escalated": lambda name: obstacle_escalated(name, 2),
}
SETTLES: Mapping[str, Maker] = {
    "application-registered": lambda name: registered(name, LATER),
    "application-amended": lambda name: amended(name, LATER),
    "application-rejected": lambda name: rejected(name, LATER),
    "application-correction-requested": lambda name: correction_requested(name, LATER),
    "application-withdrawn": lambda name: withdrawn(name, LATER),
    "assignment-confirmed": lambda name: confirmed(name, LATER),
    "assignment-declined": lambda name: declined(name, "off-topic", LATER),
    "assignment-released": lambda name: released(name, LATER),
    "pair-offered": offered,
    "pair-declined": lambda name: offer_declined(name, LATER),
    "pair-expired": lambda name: offer_expired(name, LATER),
    "pair-activated": activated,
    "pair-meeting-held": lambda name: meeting_held(name, LATER, number=2),
    "pair-renewed": lambda name: renewed(name, LATER),
    "pair-ended": lambda name: ended(name, "active", LATER),
    "obstacle-taken": lambda name: obstacle_taken(name, LATER),
    "obstacle-lifted": lambda name: obstacle_lifted(name, LATER),
    "obstacle-abandoned": lambda name: obstacle_abandoned(name, LATER),
}


def planning(kind: str, planned_by: str) -> Maker:
    if planned_by == "pair-idle":
        return lambda name: idle(name, "referent" if kind == "pair-not-meeting" else "nudge", 5)
    return PLANS[planned_by]


def settling(kind: str, code: str) -> Maker:
    if code == "impact-recorded":
        year = 0 if kind == "impact-baseline" else int(kind.rpartition("-")[2])
        return lambda name: impact_recorded(name, year)
    return SETTLES[code]


async def test_every_rule_that_settles_cancels_what_has_not_left_and_nothing_else(office: Office) -> None:
    desk = office.desk
    # What a change of address plans and settles is of no matter beside it, nor is a clearance, and services are always
    # known: test_addresses.py, test_clearance_mails.py, test_city_services.py.
    apart = [kind for kind in KINDS.all if kind.confirms_address or kind.clears or kind.to == "service"]
    rules = [(kind, code) for kind in KINDS.all if kind not in apart for code in kind.settled_by]
    assert len(rules) > 50
    for kind, code in rules:
        name, other = f"{kind.kind} {code}", f"{kind.kind} {code} of another"
        plan = planning(kind.kind, kind.planned_by[0])
        await desk.handle(plan(name), plan(other))
        said = await desk.handle(settling(kind.kind, code)(name))
        before = {it["follow_up_id"] for it in office.said if it["event"] == "cancelled"}
        await office.send()
        said += [it for it in office.said if it["follow_up_id"] not in before]
        cancelled = [it for it in said if it["event"] == "cancelled" and it["kind"] == kind.kind]
        assert [it["reason"] for it in cancelled] == [code], f"{kind.kind} by {code}"
        (matter,) = {it["matter_id"] for it in cancelled}
        kept = await desk.pool.fetch(
            "SELECT state FROM follow_up WHERE kind = $1 AND matter_id <> $2 AND parameters LIKE '%' || $3 || '%' "
            "UNION ALL SELECT 'scheduled' FROM series "
            "WHERE matter_id <> $2 AND parameters LIKE '%' || $3 || '%' AND occasions LIKE '%' || $1 || '%'",
            kind.kind,
            matter,
            other,
        )
        assert {row["state"] for row in kept} == {"scheduled"}, f"{kind.kind} of another, by {code}"
