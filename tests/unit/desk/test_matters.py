"""Matters as events leave them, and what is true of a link when it is opened."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest

from libraries.links.seal import Link
from services.desk.linked.acts import ACTS
from services.desk.linked.matters import matter_of
from services.desk.linked.standing import LinkedPage, standing_of
from tests.unit.desk.matters import MATTER, PEOPLE, SERVICE, STATES, link, matter, told

EVERY_ROLE = sorted(ACTS)
SOMEBODY_ELSE = UUID(int=99)


def test_the_last_version_decides_in_whatever_order_topics_are_read() -> None:
    said = [
        told("pair", "offered", 1, to="offered", lead_id="a", project_title="Jardins"),
        told("pair", "activated", 2, to="active", lead_id="a", ends_on=None),
        told("pair", "amended", 3, to="active", lead_id="b", ends_on="2026-09-01"),
        told("follow-up", "planned", 9, to="scheduled", lead_id="c"),
    ]
    for order in permutations(said):
        known = matter_of(MATTER, ("pair",), order)
        assert known is not None
        assert (known.state, known.version) == ("active", 3)
        assert known.facts["lead_id"] == "b"
        assert known.facts["project_title"] == "Jardins", "what an event does not say stays"
        assert known.facts["ends_on"] == "2026-09-01"


def test_what_only_others_speak_of_is_not_known_yet() -> None:
    assert matter_of(MATTER, ("pair",), [told("follow-up", "planned", 1, to="scheduled")]) is None
    assert standing_of("pair", link("lead"), None) == "unknown"


@pytest.mark.parametrize(("page", "role"), EVERY_ROLE)
def test_who_holds_the_role_is_let_in_and_nobody_else(page: LinkedPage, role: str) -> None:
    assert standing_of(page, link(role), matter(page)) == "open"
    assert standing_of(page, link(role, SOMEBODY_ELSE), matter(page)) == "handed-over"
    assert standing_of(page, Link(MATTER, PEOPLE[role], "line-manager"), matter(page)) == "handed-over"
    for other, person_id in PEOPLE.items():
        if other != role:
            assert standing_of(page, link(role, person_id), matter(page)) == "handed-over"


@pytest.mark.parametrize(
    ("page", "role", "fact"),
    [("application", "lead", "lead_id"), ("pair", "mentor", "mentor_person_id"), ("obstacle", "owner", "owner_id")],
)
def test_a_role_that_was_taken_over_is_somebody_else_s(page: LinkedPage, role: str, fact: str) -> None:
    (entity,) = {"application": "application", "pair": "pair", "obstacle": "obstacle"}[page].split()
    amended = told(entity, "amended", 2, **{"to": STATES[page], fact: str(SOMEBODY_ELSE)})
    assert standing_of(page, link(role), matter(page, None, amended)) == "handed-over"
    assert standing_of(page, link(role, SOMEBODY_ELSE), matter(page, None, amended)) == "open"


def test_an_obstacle_that_is_another_service_s_is_not_this_one_s() -> None:
    handed_on = told("obstacle", "taken", 2, to="taken", service="direction-emploi")
    assert matter("obstacle").facts["service"] == SERVICE
    assert standing_of("obstacle", link("service"), matter("obstacle", None, handed_on)) == "handed-over"


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("application", "withdrawn"),
        ("project", "released"),
        ("project", "declined"),
        ("pair", "ended"),
        ("pair", "declined"),
        ("pair", "expired"),
        ("mentor", "withdrawn"),
        ("obstacle", "lifted"),
        ("obstacle", "abandoned"),
    ],
)
def test_a_link_ends_with_its_matter(page: LinkedPage, state: str) -> None:
    role = {"obstacle": "service", "mentor": "mentor"}.get(page, "lead")
    assert standing_of(page, link(role), matter(page, state)) == "over"


@pytest.mark.parametrize("state", ["lifted", "abandoned"])
def test_who_leads_a_project_may_still_report_the_next_obstacle(state: str) -> None:
    assert standing_of("obstacle", link("lead"), matter("obstacle", state)) == "open"


def test_of_what_was_erased_nothing_is_shown_to_anybody() -> None:
    said = [told("pair", "activated", 1, to="active", lead_id=str(PEOPLE["lead"]))]
    erased = matter_of(MATTER, ("pair",), said, is_erased=True)
    assert standing_of("pair", link("lead"), erased) == "over"
    assert standing_of("pair", link("mentor"), erased) == "over"
