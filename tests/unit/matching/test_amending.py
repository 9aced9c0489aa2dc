"""What is said of live assignments when whoever leads, owns or decides changes, and confirmations taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from contracts.deputies import DeputyNamed
from services.matching.pool.deadlines import next_deadline
from services.matching.settings.days import midnight_of
from tests.forms import identifier, person
from tests.unit.matching.events import (
    OFFICER,
    START,
    PoolInMemory,
    amended,
    application_id,
    contest_decided,
    correction_requested,
    data_of,
    decided,
    declared,
    erased,
    named_deputy,
    need_id,
    placed,
    recused,
    registered,
    rejected,
    revised,
    types_of,
    undone,
    withdrawn,
)

NEXT = person("next")
DEPUTY = person("deputy")
OWNER = identifier("owner n")


def confirm(pool: PoolInMemory) -> UUID:
    assignment_id = pool.assignment_of("a")
    pool.on(decided(assignment_id, "confirm"))
    return assignment_id


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_new_lead_is_named_from_then_on(proposed: PoolInMemory, is_confirmed: bool) -> None:
    assignment_id = confirm(proposed) if is_confirmed else proposed.assignment_of("a")
    (said,) = map(data_of, proposed.on(amended("a", lead_id=NEXT.person_id)))
    assert said["lead_id"] == str(NEXT.person_id)
    assert said["assignment_id"] == str(assignment_id)
    assert said["from"] == said["to"] == ("confirmed" if is_confirmed else "proposed")
    assert said["version"] == (3 if is_confirmed else 2)
    (released,) = map(data_of, proposed.on(withdrawn("a")))
    assert (released["lead_id"], released["version"]) == (str(NEXT.person_id), said["version"] + 1)


def test_nothing_is_said_where_nothing_changed(proposed: PoolInMemory) -> None:
    assert proposed.on(amended("a")) == []
    assert types_of(proposed.on(revised("n"))) == ["need.published", "contact.published"]


def test_a_new_owner_is_named_and_decides(proposed: PoolInMemory) -> None:
    events = proposed.on(revised("n", owner=NEXT, title="Autre besoin"))
    (said,) = [data_of(row) for row in events if row.type == "engage.assignment.amended.v1"]
    assert said["owner_id"] == said["decider_id"] == str(NEXT.person_id)
    assert said["need_title"] == "Autre besoin"
    assert types_of(proposed.on(decided(proposed.assignment_of("a"), "confirm", by=NEXT.person_id))) == [
        "assignment.confirmed"
    ]


def test_what_is_released_by_the_same_event_says_all_itself(proposed: PoolInMemory) -> None:
    assert types_of(proposed.on(amended("a", lead_id=NEXT.person_id, territories=("13202",)))) == [
        "assignment.released"
    ]


def test_what_is_pinned_goes_to_the_deputy_of_an_owner_who_abstains(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(placed("a", "n", "pin"))
    (said,) = map(data_of, proposed.on(recused("n", "a")))
    assert (said["owner_id"], said["decider_id"]) == (str(OWNER), str(DEPUTY.person_id))


def test_a_deputy_named_later_is_to_decide_from_then_on(proposed: PoolInMemory) -> None:
    proposed.on(placed("a", "n", "pin"))
    (alone,) = map(data_of, proposed.on(recused("n", "a")))
    assert alone["decider_id"] is None, "only a head can"
    named = proposed.on(named_deputy("n", DEPUTY))
    assert types_of(named) == ["assignment.amended", "contact.published"]
    assert data_of(named[0])["decider_id"] == str(DEPUTY.person_id)


def test_what_is_proposed_to_an_owner_who_abstains_stays_and_goes_to_the_deputy(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    (row,) = proposed.on(recused("n", "a"))
    assert (row.type, data_of(row)["decider_id"]) == ("engage.assignment.amended.v1", str(DEPUTY.person_id))
    assert types_of(proposed.on(decided(proposed.assignment_of("a"), "confirm", by=OWNER))) == [
        "assignment.decision-refused"
    ]
    confirmed = proposed.on(decided(proposed.assignment_of("a"), "confirm", by=DEPUTY.person_id))
    assert types_of(confirmed) == ["assignment.confirmed"]


def test_a_deputy_opens_a_need_to_what_its_owner_keeps_out_of_and_their_end_shuts_it(proposed: PoolInMemory) -> None:
    assert types_of(proposed.on(recused("n", "a"))) == ["assignment.released"]
    until = START + timedelta(days=3)
    named = proposed.on(named_deputy("n", DEPUTY, until=until))
    assert types_of(named) == ["assignment.proposed", "contact.published"]
    assert data_of(named[0])["decider_id"] == str(DEPUTY.person_id)
    assert proposed.by_the_clock(until) == []
    (released,) = proposed.by_the_clock(until + timedelta(microseconds=1))
    assert (released.type, data_of(released)["reason"]) == ("engage.assignment.released.v1", "no-longer-meets")
    assert proposed.by_the_clock(until + timedelta(days=1)) == [], "once"


def test_when_a_deputys_time_is_over_what_waits_for_them_is_a_heads(proposed: PoolInMemory) -> None:
    until = START + timedelta(days=3)
    proposed.on(placed("a", "n", "pin"))
    proposed.on(recused("n", "a"))
    proposed.on(named_deputy("n", DEPUTY, until=until))
    assert next_deadline(proposed.pool) == until + timedelta(microseconds=1)
    (said,) = map(data_of, proposed.by_the_clock(until + timedelta(days=1)))
    assert said["decider_id"] is None
    assert next_deadline(proposed.pool) == midnight_of(date(2026, 1, 2)), "the need's review"
    # Made in time, and late on its way.
    late = proposed.on(decided(proposed.assignment_of("a"), "confirm", by=DEPUTY.person_id), at=until)
    assert types_of(late) == ["assignment.confirmed"]


def test_a_deputy_who_abstains_too_decides_nothing(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(recused("n", "a"))
    recusal = recused("n", "a").model_copy(update={"person_id": DEPUTY.person_id})
    assert types_of(proposed.on(recusal)) == ["assignment.released"]


def test_whoever_leads_and_owns_is_proposed_their_project_through_their_deputy(pool: PoolInMemory) -> None:
    pool.on(declared("n", owner=person("both")))
    pool.on(registered("a"))
    pool.on(amended("a", lead_id=person("both").person_id))
    assert pool.held_by("a") is None
    pool.on(DeputyNamed(owner_id=person("both").person_id, deputy=DEPUTY, named_at=START))
    assert pool.held_by("a") == need_id("n")


def test_a_deputy_who_is_forgotten_leaves_what_they_were_to_decide(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(recused("n", "a"))
    events = proposed.on(erased(DEPUTY.person_id))
    assert types_of(events)[0] == "assignment.released"
    proposed.on(placed("a", "n", "pin"))
    assert data_of(proposed.on(named_deputy("n", person("next")))[0])["decider_id"] == str(person("next").person_id)
    assert data_of(proposed.on(erased(person("next").person_id))[0])["decider_id"] is None


def test_the_deputy_is_named_in_the_place_of_an_owner_who_is_forgotten(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    events = proposed.on(erased(OWNER))
    assert types_of(events)[:2] == ["assignment.amended", "need.published"]
    assert data_of(events[0])["owner_id"] == data_of(events[0])["decider_id"] == str(DEPUTY.person_id)
    assert data_of(events[1])["owner_id"] == str(DEPUTY.person_id)


def test_a_head_who_is_forgotten_decides_no_more(proposed: PoolInMemory) -> None:
    proposed.on(erased(OFFICER))
    (refused,) = proposed.on(decided(proposed.assignment_of("a"), "confirm"))
    assert refused.type == "engage.assignment.decision-refused.v1"


def test_an_officer_is_not_proposed_their_own_project(pool: PoolInMemory) -> None:
    pool.on(declared("n", owner=person("both")))
    pool.on(registered("a"))
    assert pool.held_by("a") == need_id("n")
    (released,) = pool.on(amended("a", lead_id=person("both").person_id))
    assert data_of(released)["reason"] == "no-longer-meets"
    assert pool.pool.shut_gates(pool.pool.candidates[application_id("a")], pool.pool.needs[need_id("n")]) == [
        "own-project"
    ]
    pool.on(revised("n", owner=NEXT))
    assert pool.held_by("a") == need_id("n")


def test_an_officer_who_leads_a_confirmed_project_decides_nothing_of_it(proposed: PoolInMemory) -> None:
    assignment_id = confirm(proposed)
    (said,) = map(data_of, proposed.on(amended("a", lead_id=OWNER)))
    assert said["decider_id"] is None
    (refused,) = proposed.on(undone(assignment_id, by=OWNER))
    assert refused.type == "engage.assignment.undo-refused.v1"


def test_a_confirmation_is_taken_back_for_a_reason(proposed: PoolInMemory) -> None:
    proposed.on(registered("b"))
    assignment_id = confirm(proposed)
    released, other = map(data_of, proposed.on(undone(assignment_id, by=OWNER)))
    assert (released["from"], released["to"]) == ("confirmed", "released")
    assert (released["reason"], released["actor"]) == ("wrong-file", f"officer:{OWNER}")
    assert other["application_id"] == str(application_id("b")), "the place is free"
    proposed.on(withdrawn("b"))
    assert proposed.held_by("a") is None, "what a person took back is not proposed again"
    proposed.on(placed("a", "n", "lift"))
    assert proposed.held_by("a") == need_id("n"), "unless a person lifts that"


def test_only_what_is_confirmed_can_be_taken_back(proposed: PoolInMemory) -> None:
    assignment_id = proposed.assignment_of("a")

    def code() -> str:
        (refused,) = proposed.on(undone(assignment_id))
        assert refused.type == "engage.assignment.undo-refused.v1"
        return str(data_of(refused)["reasons"][0]["code"])

    assert code() == "not-confirmed"
    proposed.on(decided(assignment_id, "decline", "too-far"))
    assert code() == "already-declined"


@pytest.mark.parametrize("word", [rejected, withdrawn, correction_requested])
def test_who_decides_on_what_never_took_part_is_answered_at_once(pool: PoolInMemory, word: object) -> None:
    pool.on(declared("n"))
    pool.on(word("a"))  # type: ignore[operator]
    (refused,) = pool.on(placed("a", "n", "pin"))
    assert data_of(refused)["reasons"][0]["code"] == "no-candidate"
    (refused,) = pool.on(contest_decided("a", "laureate", publish_at=START))
    assert refused.type == "engage.contest.decision-refused.v1"
