"""A confirmed project whose people have links: what the journal has of it, and the paths of the links."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from libraries.links.desk import DeskLinks, DeskPage
from libraries.links.holders import service_id
from libraries.links.seal import Link, Seal
from tests.integration.desk.told import event, thing, written

LINK_KEY = "a link key of more than sixteen"
LINKS = DeskLinks("http://desk.example", Seal([LINK_KEY.encode()]))
PAIR, ASSIGNMENT, APPLICATION, OBSTACLE = (UUID(int=number) for number in (201, 202, 203, 204))
LEAD, MENTOR, MENTOR_ID, OWNER, OTHER = (UUID(int=number) for number in (211, 212, 213, 214, 215))
HABITAT = service_id("direction-habitat")
WHOSE: dict[str, UUID] = {"lead": LEAD, "mentor": MENTOR, "owner": OWNER, "service": HABITAT}
MATTERS: dict[DeskPage, UUID] = {
    "application": APPLICATION,
    "project": ASSIGNMENT,
    "pair": PAIR,
    "mentor": MENTOR,
    "obstacle": OBSTACLE,
}


async def tell(database_url: str) -> None:
    """A confirmed project with a pair and an obstacle, as the journal has it."""
    people = {"lead_id": str(LEAD), "owner_id": str(OWNER)}
    names = {"organisation_name": "Maison", "project_title": "Un toit", "application_id": str(APPLICATION)}
    own = {"version": 1, **people, **names, "assignment_id": str(ASSIGNMENT)}
    async with written(database_url) as connection:
        await event(
            connection, "engage.application.registered.v1", APPLICATION,
            {**own, "to": "registered", "track": "implantation", "organisation": {"name": "Maison"}, "members": 0,
             "project": {"title": "Un toit", "summary": "Loger.", "themes": ["housing"], "publics": []}},
        )  # fmt: skip
        await event(
            connection,
            "engage.assignment.confirmed.v1",
            ASSIGNMENT,
            {**own, "to": "confirmed", "need_title": "Loger"},
        )
        await event(
            connection,
            "engage.pair.activated.v1",
            PAIR,
            {**own, "to": "active", "pair_id": str(PAIR), "mentor_id": str(MENTOR_ID), "mentor_person_id": str(MENTOR)},
        )
        await event(
            connection,
            "engage.obstacle.opened.v1",
            OBSTACLE,
            {**own, "to": "opened", "obstacle_id": str(OBSTACLE), "kind": "premises", "service": "direction-habitat"},
        )
        await thing(connection, APPLICATION, "application", "registered", {})


def path(page: DeskPage, role: str, person_id: UUID | None = None, at: datetime | None = None) -> str:
    link = Link(MATTERS[page], person_id or WHOSE[role], role)
    return urlsplit(LINKS.to(page, link, at or datetime.now(UTC))).path
