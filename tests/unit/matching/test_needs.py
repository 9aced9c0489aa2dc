"""What the writer of the pool makes of needs: declared, revised, closed, past their review date."""

from __future__ import annotations

from datetime import date

from tests.forms import identifier
from tests.unit.matching.events import (
    PoolInMemory,
    application_id,
    closed,
    data_of,
    decided,
    declared,
    need_id,
    placed,
    registered,
    revised,
    types_of,
    withdrawn,
)


def test_a_declared_need_is_published_with_its_owners_contact_apart(pool: PoolInMemory) -> None:
    public, contact = pool.on(declared("n", description="Cuisine", evidence="Une enquête"))
    data = data_of(public)
    assert (public.topic, data["from"], data["to"], data["version"]) == ("needs.v1", None, "open", 1)
    assert data["need"]["capacity"] == 1
    assert data["owner_id"] == str(identifier("owner n"))
    assert "Fictive" not in str(data)
    assert contact.topic == "contacts.v1"
    assert data_of(contact)["role"] == "owner"
    assert data_of(contact)["email"] == "personne@example.invalid"


def test_what_no_vocabulary_has_is_taken_as_it_is_and_said_with_the_nearest(pool: PoolInMemory) -> None:
    unknown = {"themes": ("youth-employement", "housing"), "publics": ("licornes",), "directorate": "direction-emplois"}
    public, flagged, _ = pool.on(declared("n", **unknown, strategic_axis="Marseille exclusive"))
    need = data_of(public)["need"]
    assert (need["themes"], need["directorate"]) == (["youth-employement", "housing"], "direction-emplois")
    said = data_of(flagged)
    assert (flagged.topic, said["need_id"], said["version"]) == ("assignments.v1", str(need_id("n")), 1)
    assert [(flag["field"], flag["code"], flag["nearest"]) for flag in said["flags"]] == [
        ("themes.0", "theme-unknown", "youth-employment"),
        ("publics.0", "public-unknown", None),
        ("directorate", "directorate-unknown", "direction-emploi"),
        ("strategic_axis", "strategic-axis-unknown", "inclusive"),
    ]
    assert "employement" not in flagged.payload.decode() if flagged.payload else False, "what was typed is not quoted"
    assert "need.flagged" not in str(types_of(pool.on(revised("n"))))


def test_closing_releases_proposals_and_keeps_what_is_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=2))
    pool.on(registered("a"))
    pool.on(registered("b"))
    pool.on(decided(pool.assignment_of("a"), "confirm"))
    published = pool.on(closed("n"))
    assert types_of(published) == ["-need.published", "assignment.released"]
    assert (published[0].topic, published[0].key) == ("needs.v1", str(need_id("n")))
    assert data_of(published[1])["reason"] == "need-closed"
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("n"), None)
    assert pool.on(closed("n")) == []
    pool.on(declared("later", coverage="covered"))
    assert pool.held_by("b") == need_id("later")


def test_a_closed_need_opens_again_with_its_next_version(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(closed("n"))
    pool.on(registered("a"))
    published, _, proposed = pool.on(revised("n"))
    data = data_of(published)
    assert (data["from"], data["to"], data["version"]) == ("closed", "open", 3)
    assert data_of(proposed)["application_id"] == str(application_id("a"))


def test_declaring_a_known_need_revises_it(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    data = data_of(pool.on(declared("n", capacity=3))[0])
    assert (data["from"], data["version"], data["need"]["capacity"]) == ("open", 2, 3)


def test_a_narrower_need_releases_what_it_no_longer_meets(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b", territories=("13202",)))
    published = pool.on(revised("n", territories=("13202",)))
    assert types_of(published)[2:] == ["assignment.released", "assignment.proposed"]
    assert (pool.held_by("a"), pool.held_by("b")) == (None, need_id("n"))


def test_a_proposal_already_takes_the_urgency_of_the_first_place(pool: PoolInMemory) -> None:
    pool.on(declared("urgent", capacity=5))
    pool.on(declared("other", capacity=5, coverage="covered", salience="ordinary"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("urgent"), need_id("other"))


def test_less_capacity_releases_as_many_proposals_and_nothing_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=4))
    for name in "abcd":
        pool.on(registered(name))
    pool.on(decided(pool.assignment_of("d"), "confirm"))
    published = pool.on(revised("n", capacity=2))
    released = [data_of(row) for row in published if row.type == "engage.assignment.released.v1"]
    assert {data["reason"] for data in released} == {"capacity-reduced"}
    (left,) = [name for name in "abc" if pool.held_by(name)]
    pool.on(decided(pool.assignment_of(left), "confirm"))
    assert types_of(pool.on(revised("n", capacity=0))) == ["need.published", "contact.published"]
    assert pool.pool.needs[need_id("n")].fixed == 2
    assert types_of(pool.on(withdrawn("d"))) == ["assignment.released"], "it is still over its capacity"


def test_a_need_whose_review_date_passed_is_announced_and_takes_nobody(pool: PoolInMemory) -> None:
    pool.on(declared("n", review_on=date(2025, 2, 1), capacity=3))
    pool.on(registered("a"))
    pool.on(registered("b"))
    pool.on(decided(pool.assignment_of("b"), "confirm"))
    assert pool.on_day(date(2025, 2, 1)) == [], "the date itself is in time"
    announced, told, released = pool.on_day(date(2025, 2, 2))
    assert types_of([told]) == ["need.review-due"]
    assert data_of(told)["owner_id"] == data_of(announced)["owner_id"]
    data = data_of(announced)
    assert (data["from"], data["to"], data["reason"]) == ("open", "review-due", "review-date-passed")
    assert data_of(released)["reason"] == "need-review-due"
    assert (pool.held_by("a"), pool.held_by("b")) == (None, need_id("n"))
    assert pool.on_day(date(2025, 2, 3)) == [], "it is announced once"
    assert pool.on(registered("late")) == []
    assert types_of(pool.on(revised("n", review_on=date(2026, 1, 1), capacity=3)))[2:] == ["assignment.proposed"] * 2


def test_a_need_declared_after_its_review_date_is_due_at_once(pool: PoolInMemory) -> None:
    pool.on(registered("a"))
    published = pool.on(declared("n", review_on=date(2024, 1, 1)))
    assert types_of(published) == ["need.published", "contact.published"]
    assert data_of(published[0])["to"] == "review-due"


def test_a_need_that_is_past_its_review_lets_go_of_pins_however_it_came_to_be(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=2))
    for name in ("pinned", "confirmed"):
        pool.on(registered(name))
        pool.on(placed(name, "n", "pin"))
    pool.on(decided(pool.assignment_of("confirmed"), "confirm"))
    published = pool.on(revised("n", capacity=2, review_on=date(2024, 1, 1)))
    assert [data_of(row)["reason"] for row in published[2:]] == ["need-review-due"]
    assert (pool.held_by("pinned"), pool.held_by("confirmed")) == (None, need_id("n"))


def test_a_more_urgent_need_is_covered_by_an_exchange(pool: PoolInMemory) -> None:
    pool.on(declared("first", coverage="poorly-covered"))
    pool.on(registered("able", territories=("13201", "13202")))
    pool.on(registered("only here"))
    pool.on(declared("urgent", territories=("13202",)))
    assert pool.held_by("able") == need_id("urgent")
    assert pool.held_by("only here") == need_id("first")
