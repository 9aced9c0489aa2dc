"""Matters as the journal would tell of them, for tests of the pages behind links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libraries.links.holders import service_id
from libraries.links.seal import Link
from libraries.pages.asking import Fields
from services.desk.linked.asked import Asked, Kept
from services.desk.linked.given import Given
from services.desk.linked.matters import Matter, Thing, Told, matter_of
from services.desk.linked.standing import ENTITIES, TAKES_PART, LinkedPage
from services.journal.operations import Names
from services.mentoring.operations import Brought, Wishes

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
MATTER, APPLICATION, ASSIGNMENT, OBSTACLE, INTRODUCTION = (UUID(int=number) for number in (1, 2, 3, 4, 6))
LEAD, MENTOR, MENTOR_ID, OWNER = (UUID(int=number) for number in (11, 12, 13, 14))
SERVICE = "direction-habitat"
PEOPLE: Mapping[str, UUID] = {"lead": LEAD, "mentor": MENTOR, "owner": OWNER, "service": service_id(SERVICE)}

_FACTS: Mapping[LinkedPage, Mapping[str, Any]] = {
    "application": {
        "application_id": str(MATTER),
        "lead_id": str(LEAD),
        "track": "implantation",
        "project_title": "Jardins",
        "organisation": {"name": "L’Atelier", "siren": "732829320"},
        "members": 0,
    },
    "project": {"assignment_id": str(MATTER), "application_id": str(APPLICATION), "lead_id": str(LEAD)},
    "pair": {
        "pair_id": str(MATTER),
        "assignment_id": str(ASSIGNMENT),
        "application_id": str(APPLICATION),
        "lead_id": str(LEAD),
        "mentor_id": str(MENTOR_ID),
        "mentor_person_id": str(MENTOR),
        "owner_id": str(OWNER),
    },
    "mentor": {"mentor_id": str(MATTER), "mentor_person_id": str(MENTOR)},
    "obstacle": {
        "obstacle_id": str(MATTER),
        "assignment_id": str(ASSIGNMENT),
        "application_id": str(APPLICATION),
        "lead_id": str(LEAD),
        "owner_id": str(OWNER),
        "service": SERVICE,
        "kind": "premises",
    },
}
STATES: Mapping[LinkedPage, str] = {
    "application": "registered",
    "project": "confirmed",
    "pair": "active",
    "mentor": TAKES_PART,
    "obstacle": "opened",
}


def told(entity: str, happened: str, version: int, **data: object) -> Told:
    """An event of a matter, at a moment of its version."""
    at = NOW - timedelta(days=30) + timedelta(hours=version)
    return Told(f"engage.{entity}.{happened}.v1", at, {"version": version, **data})


def matter(page: LinkedPage, state: str | None = None, *more: Told, **facts: object) -> Matter:
    """A page's matter in a state, of which more was told since."""
    (entity,) = ENTITIES[page]
    said = told(entity, "happened", 1, **{"to": state or STATES[page], **_FACTS[page], **facts})
    found = matter_of(MATTER, ENTITIES[page], [said, *more])
    assert found is not None
    return found


def link(role: str, person_id: UUID | None = None) -> Link:
    """Somebody's link to the matter."""
    return Link(MATTER, person_id or PEOPLE[role], role)


BROUGHT: Final = Brought(
    mentor_id=MENTOR_ID,
    version=4,
    directorate="direction-emploi",
    skills=frozenset({"housing", "a-code-of-before"}),
    languages=frozenset({"fr"}),
    territories=frozenset({"13203"}),
    slots=frozenset(),
    capacity=2,
    paused_until=None,
    handled=frozenset({APPLICATION}),
    line_manager_id=UUID(int=15),
    is_authorised=True,
    authorised_until=date(2027, 1, 1),
)


def asked(page: LinkedPage, role: str, fields: Fields, *things: Thing, seen: str = "1.0", **facts: object) -> Asked:
    """What somebody sends from their page."""
    assignment_id = MATTER if page == "project" else ASSIGNMENT
    wishes = Wishes(assignment_id, frozenset(), frozenset(), frozenset())
    kept = Kept(BROUGHT, wishes, found={APPLICATION: Names("L’Atelier", "Jardins", APPLICATION)})
    return Asked(page, link(role), matter(page, None, **facts), things, Given(fields), NOW, seen, kept)


def obstacle(parent_id: UUID = ASSIGNMENT, identifier: UUID = OBSTACLE) -> Thing:
    """An obstacle in the way of an assignment."""
    return Thing(identifier, "obstacle", parent_id, "opened", {"kind": "premises", "service": SERVICE})


def introduction(parent_id: UUID = ASSIGNMENT) -> Thing:
    """An introduction of an assignment's project."""
    facts = {"partner": "Incubateur du port", "partner_kind": "incubator", "made_on": "2026-02-01"}
    return Thing(INTRODUCTION, "introduction", parent_id, "awaited", facts)
