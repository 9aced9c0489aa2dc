"""Whose word on needs and officers counts: that of the form which introduced them."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.contacts import contact_id_of
from contracts.message import EventData
from contracts.sources import DESK
from libraries.chassis.handling import NotYet
from libraries.chassis.records.published import OutboxRow
from tests.forms import identifier, person
from tests.unit.matching.events import (
    PoolInMemory,
    closed,
    data_of,
    declared,
    named_deputy,
    need_id,
    registered,
    revised,
    types_of,
)

ANOTHER = "urn:form:another"


def reasons_of(row: OutboxRow) -> list[str]:
    return [reason["code"] for reason in data_of(row)["reasons"]]


@pytest.mark.parametrize("form", [declared("n", capacity=9), revised("n", capacity=9), closed("n")])
def test_another_forms_word_on_a_need_changes_nothing(pool: PoolInMemory, form: EventData) -> None:
    pool.on(declared("n"))
    before = pool.pool.needs[need_id("n")]
    (refused,) = pool.on(form, source=ANOTHER)
    assert (refused.topic, refused.key) == ("assignments.v1", str(need_id("n")))
    assert types_of([refused]) == ["need.form-refused"]
    assert reasons_of(refused) == ["another-source"]
    assert pool.pool.needs[need_id("n")] is before
    assert types_of(pool.on(revised("n", capacity=9))) == ["need.published", "contact.published"]


def test_a_need_belongs_to_its_form_also_once_it_was_closed(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(closed("n"))
    assert reasons_of(pool.on(declared("n"), source=ANOTHER)[0]) == ["another-source"]


@pytest.mark.parametrize("form", [declared, revised])
def test_a_form_that_names_another_forms_officer_is_not_taken(pool: PoolInMemory, form: Any) -> None:
    pool.on(declared("n"))
    pool.on(declared("m"), source=ANOTHER)
    taken = person("attacker").model_copy(update={"person_id": identifier("owner n")})
    (refused,) = pool.on(form("m", owner=taken, capacity=9), source=ANOTHER)
    assert reasons_of(refused) == ["person-of-another-source"]
    assert pool.pool.needs[need_id("m")].capacity == 1
    assert pool.pool.needs[need_id("m")].owner_id == identifier("owner m")


def test_a_refused_form_introduces_nobody_and_reaches_nobody(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(revised("n", owner=person("stranger")), source=ANOTHER)
    assert person("stranger").person_id not in pool.pool.people.officers
    pool.on(registered("a"))
    assert pool.held_by("a") == need_id("n")


def test_a_contact_is_that_of_an_owner_and_of_nobody_elses_role(pool: PoolInMemory) -> None:
    _, contact = pool.on(declared("n", owner=person("o")))
    data = data_of(contact)
    assert contact.key == data["contact_id"] == str(contact_id_of("owner", person("o").person_id))
    assert (data["person_id"], data["role"]) == (str(person("o").person_id), "owner")


def test_a_deputy_is_named_by_the_form_of_the_owner_alone(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    (refused,) = pool.on(named_deputy("n", person("d")), source=ANOTHER)
    assert (refused.topic, refused.key) == ("assignments.v1", str(identifier("owner n")))
    assert types_of([refused]) == ["deputy.refused"]
    assert reasons_of(refused) == ["another-source"]
    assert not pool.pool.people.deputies
    (contact,) = pool.on(named_deputy("n", person("d")))
    assert (data_of(contact)["role"], data_of(contact)["email"]) == ("owner", "d@example.invalid")
    (refused,) = pool.on(named_deputy("n", None), source=ANOTHER)
    assert pool.pool.people.deputies


def test_a_deputy_is_no_other_forms_person(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(declared("m", owner=person("o")), source=ANOTHER)
    (refused,) = pool.on(named_deputy("n", person("o")))
    assert reasons_of(refused) == ["person-of-another-source"]
    assert not pool.pool.people.deputies


def test_nobody_stands_in_for_who_owns_nothing(pool: PoolInMemory) -> None:
    with pytest.raises(NotYet):
        pool.on(named_deputy("n", person("d")))
    pool.on(declared("n"))
    pool.on(named_deputy("n", person("d")))
    by_the_deputy = named_deputy("n", person("e")).model_copy(update={"owner_id": person("d").person_id})
    (refused,) = pool.on(by_the_deputy)
    assert reasons_of(refused) == ["owns-nothing"]


def test_the_desk_speaks_of_a_need_and_of_people_that_stay_their_forms(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    form = pool.pool.needs[need_id("n")].source
    assert types_of(pool.on(revised("n", capacity=9), source=DESK)) == ["need.published", "contact.published"]
    assert types_of(pool.on(named_deputy("n", person("d")), source=DESK)) == ["contact.published"]
    assert pool.pool.people.deputies
    need = pool.pool.needs[need_id("n")]
    assert (need.capacity, need.source, pool.pool.people.officers[need.owner_id].source) == (9, form, form)
    assert reasons_of(pool.on(closed("n"), source=ANOTHER)[0]) == ["another-source"]
    pool.on(closed("n"), source=DESK)
    assert pool.pool.needs[need_id("n")].state == "closed"


def test_an_owner_at_the_desk_says_nothing_of_how_another_officer_is_reached(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(declared("m"))
    colleague = person("thief").model_copy(update={"person_id": identifier("owner m")})
    assert pool.on(named_deputy("n", colleague), source=DESK) == []
    assert pool.pool.people.deputy_of(identifier("owner n")) == identifier("owner m")
    assert types_of(pool.on(named_deputy("n", colleague))) == ["contact.published"], "their own form may"


def test_no_form_speaks_of_what_the_desk_introduced(pool: PoolInMemory) -> None:
    pool.on(declared("n"), source=DESK)
    assert reasons_of(pool.on(revised("n", capacity=9))[0]) == ["another-source"]
