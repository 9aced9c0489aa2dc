"""Whoever asks to be forgotten is, in whatever order what they said and what they ask is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.applications import ApplicationContentErased
from contracts.contacts import contact_id_of
from contracts.erasures import ERASED
from libraries.chassis.records.published import OutboxRow
from tests.forms import identifier, person
from tests.unit.matching.events import (
    START,
    PoolInMemory,
    amended,
    application_id,
    contest_decided,
    data_of,
    decided,
    declared,
    erased,
    named_deputy,
    need_id,
    registered,
    revised,
    round_requested,
    types_of,
)

OWNER = identifier("owner n")
LEAD = identifier("lead a")
DEPUTY = person("deputy")
BEFORE, ASKED, AFTER = (START + timedelta(days=day) for day in (1, 2, 3))


def removed(row: OutboxRow) -> dict[str, int]:
    data = data_of(row)
    assert (row.topic, data["service"]) == ("erasures.v1", "matching")
    return {each["what"]: each["count"] for each in data["removed"]}


def test_who_is_unknown_is_forgotten_too(pool: PoolInMemory) -> None:
    (row,) = pool.on(erased(identifier("anybody")))
    assert removed(row) == {}
    assert (row.key, data_of(row)["requested_at"]) == (str(identifier("anybody")), "2025-01-10T09:00:00Z")
    assert types_of(pool.on(erased(identifier("anybody")))) == ["person.forgotten"], "each request is answered"


def test_an_owners_contact_is_retracted_and_the_need_stays(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    tombstone, row = pool.on(erased(OWNER))
    assert types_of([tombstone]) == ["-contact.published"]
    assert tombstone.key == str(contact_id_of("owner", OWNER))
    assert removed(row) == {"contact": 1}
    assert types_of(pool.on(registered("a"))) == ["assignment.proposed"]
    assert removed(pool.on(erased(OWNER))[0]) == {}


@pytest.mark.parametrize("form", [declared, revised])
def test_a_need_form_that_is_read_late_publishes_no_contact(pool: PoolInMemory, form: Any) -> None:
    if form is revised:
        pool.on(declared("n", owner=person("former")), at=BEFORE)
    pool.on(erased(OWNER), at=ASKED)
    assert types_of(pool.on(form("n"), at=BEFORE)) == ["need.published"]
    assert pool.pool.people.owner_of(pool.pool.needs[need_id("n")]) is None


def test_what_is_said_after_they_asked_is_taken_as_any_other(pool: PoolInMemory) -> None:
    pool.on(declared("n"), at=BEFORE)
    pool.on(erased(OWNER), at=ASKED)
    assert types_of(pool.on(revised("n"), at=AFTER)) == ["need.published", "contact.published"]
    assert pool.pool.people.owner_of(pool.pool.needs[need_id("n")]) == OWNER


def test_a_request_that_is_read_late_leaves_what_was_said_since(pool: PoolInMemory) -> None:
    pool.on(declared("n"), at=AFTER)
    pool.on(named_deputy("n", DEPUTY), at=AFTER)
    pool.on(registered("a"), at=AFTER)
    for person_id in (OWNER, DEPUTY.person_id, LEAD):
        (row,) = pool.on(erased(person_id), at=ASKED)
        assert removed(row) == {}
    assert pool.pool.people.owner_of(pool.pool.needs[need_id("n")]) == OWNER
    assert pool.pool.people.deputies
    assert pool.pool.candidates[application_id("a")].project_title == "Projet a"


def test_requests_come_in_any_order_and_the_latest_counts(pool: PoolInMemory) -> None:
    pool.on(erased(OWNER), at=AFTER)
    pool.on(erased(OWNER), at=BEFORE)
    assert types_of(pool.on(declared("n"), at=ASKED)) == ["need.published"]


def test_an_erased_deputy_stands_in_for_nobody(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(named_deputy("n", DEPUTY))
    _, row = pool.on(erased(DEPUTY.person_id))
    assert removed(row) == {"contact": 1, "deputy": 1}
    assert not pool.pool.people.deputies


def test_a_deputy_who_is_named_in_a_form_that_is_read_late_ends_the_one_before_and_is_none(pool: PoolInMemory) -> None:
    pool.on(declared("n"), at=BEFORE)
    pool.on(named_deputy("n", person("former")), at=BEFORE)
    pool.on(erased(DEPUTY.person_id), at=ASKED)
    assert pool.on(named_deputy("n", DEPUTY), at=BEFORE) == []
    assert not pool.pool.people.deputies


def test_an_id_stays_its_forms_when_its_person_is_forgotten(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(erased(OWNER))
    taken = person("attacker").model_copy(update={"person_id": OWNER})
    (refused,) = pool.on(declared("m", owner=taken), source="urn:form:another")
    assert data_of(refused)["reasons"][0]["code"] == "person-of-another-source"


def test_what_a_lead_wrote_is_emptied_and_nothing_moves(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a", title="Potager", summary="Cuisine et Wolframdurand"))
    fit = pool.pool.edge(pool.pool.candidates[application_id("a")], pool.pool.needs[need_id("n")])
    (row,) = pool.on(erased(LEAD))
    assert removed(row) == {"application-text": 1}
    emptied = pool.pool.candidates[application_id("a")]
    assert (emptied.organisation_name, emptied.project_title) == (ERASED, ERASED)
    assert emptied.profile.words == {"cuisin"}, "which the need's own text has"
    assert pool.pool.edge(emptied, pool.pool.needs[need_id("n")]) == fit
    assert pool.held_by("a") == need_id("n")
    (confirmed,) = pool.on(decided(pool.assignment_of("a"), "confirm"))
    assert data_of(confirmed)["project_title"] == ERASED


def test_an_application_that_is_read_late_is_taken_without_its_texts(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(erased(LEAD), at=ASKED)
    (proposed,) = pool.on(registered("a", summary="Cuisine et Wolframdurand"), at=BEFORE)
    assert (data_of(proposed)["organisation_name"], data_of(proposed)["project_title"]) == (ERASED, ERASED)
    assert pool.pool.candidates[application_id("a")].profile.words == {"cuisin"}
    pool.on(amended("a"), at=AFTER)
    assert pool.pool.candidates[application_id("a")].project_title == "Projet a"


def test_intakes_word_that_an_application_was_emptied_is_enough(pool: PoolInMemory) -> None:
    told = ApplicationContentErased(application_id=application_id("a"), lead_id=LEAD, occurred_at=START)
    assert pool.on(told) == [], "it may have left"
    pool.on(registered("a"))
    assert pool.on(told, at=START) == []
    assert pool.pool.candidates[application_id("a")].project_title == "Projet a", "said since"
    assert pool.on(told) == []
    assert pool.pool.candidates[application_id("a")].project_title == ERASED


def test_a_forgotten_application_is_nominated_and_decided_without_its_texts(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a", track="contest"))
    pool.on(erased(LEAD))
    nominated, *_ = pool.on(round_requested("contest"))
    assert data_of(nominated)["project_title"] == ERASED
    pool.on(contest_decided("a", "laureate", publish_at=AFTER))
    told, proposed = pool.by_the_clock(AFTER)
    assert data_of(told)["organisation_name"] == data_of(proposed)["organisation_name"] == ERASED


def test_events_name_whoever_decides_in_the_place_of_a_forgotten_owner(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=2))
    pool.on(named_deputy("n", DEPUTY, until=START + timedelta(days=30)))
    pool.on(erased(OWNER))
    (proposed,) = pool.on(registered("a"))
    assert data_of(proposed)["owner_id"] == str(DEPUTY.person_id)
    amended, published = pool.by_the_clock(START + timedelta(days=31))
    assert data_of(amended)["owner_id"] == data_of(published)["owner_id"] == str(OWNER), "nobody does any more"
    (proposed,) = pool.on(registered("b"), at=START + timedelta(days=31))
    assert data_of(proposed)["owner_id"] == str(OWNER)
