"""Line managers and the ethics officer: who is asked, when, and what follows from what they answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.clearances import ETHICS_OFFICER
from contracts.contacts import contact_id_of
from contracts.sources import MAIL_LINKS
from contracts.typed import DeclaredPerson
from tests.unit.mentoring.desk import Desk, codes, names
from tests.unit.mentoring.examples import (
    FORM,
    NOW,
    cleared,
    confirmed,
    enrolled,
    erasure_of,
    line_manager,
    manager_id,
    mentor_id,
    person_of_mentor,
    revised,
    withdrawn,
)

MANAGED: dict[str, Any] = {"line_manager_authorised": False, "line_manager": line_manager(1)}
LACKING: dict[str, Any] = {**MANAGED, "ethics_check_done": False}
TODAY = NOW.date()
NEXT_YEAR = date(2026, 3, 3)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def asked_in(happened: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [data for name, data in happened if name == "mentor.clearance-asked"]


def asked_once(happened: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    (asked,) = asked_in(happened)
    return asked


def test_both_are_asked_once_for_what_a_form_does_not_claim(desk: Desk) -> None:
    happened = desk.take(enrolled(1, **LACKING))
    assert names(happened) == ["contact.published"] * 2 + ["mentor.clearance-asked"] * 2
    _, (_, contact), (_, manager), (_, ethics) = happened
    assert (contact["contact_id"], contact["role"]) == (
        str(contact_id_of("line-manager", manager_id(1))),
        "line-manager",
    )
    assert (manager["clearance"], manager["asked_of"], manager["held_until"], manager["proposed_until"]) == (
        "line-manager",
        str(manager_id(1)),
        None,
        "2026-03-03",
    )
    assert (ethics["clearance"], ethics["asked_of"], ethics["proposed_until"]) == ("ethics", str(ETHICS_OFFICER), None)
    for asked in (manager, ethics):
        assert (asked["from"], asked["to"], asked["version"]) == (None, "asked", 1)
        assert (asked["mentor_id"], asked["mentor_person_id"]) == (str(mentor_id(1)), str(person_of_mentor(1)))
    assert asked_in(desk.take(revised(1, **LACKING), enrolled(1, **LACKING))) == [], "once"
    assert desk.look() == []
    desk.store.reload()
    assert desk.look() == []


def test_where_no_line_manager_is_named_nobody_is_asked(desk: Desk) -> None:
    assert names(desk.take(enrolled(1, line_manager_authorised=False))) == ["contact.published"]
    empty = DeclaredPerson(person_id=manager_id(1), name=" ", email="néant")
    assert names(desk.take(revised(1, line_manager_authorised=False, line_manager=empty))) == ["contact.published"]


def test_a_form_that_claims_both_has_nobody_asked(desk: Desk) -> None:
    happened = desk.take(enrolled(1, line_manager=line_manager(1)))
    assert names(happened) == ["contact.published"] * 2


def test_who_is_asked_gives_it_and_the_pairs_that_lacked_it_begin(desk: Desk) -> None:
    manager, ethics = asked_in(desk.take(enrolled(1, **LACKING)))
    ((_, offer),) = desk.take(confirmed(1))
    desk.accept_both(UUID(offer["pair_id"]))
    ((name, given),) = desk.take(cleared(manager, until=NEXT_YEAR), source=MAIL_LINKS)
    assert (name, given["until"], given["version"]) == ("mentor.clearance-given", "2026-03-03", 2)
    assert (given["from"], given["to"], given["actor"]) == ("asked", "given", f"officer:{manager_id(1)}")
    (_, given), (name, _) = desk.take(cleared(ethics, until=NEXT_YEAR), source=MAIL_LINKS)
    assert (given["until"], name) == (None, "pair.activated"), "an ethics check has no end"
    assert desk.take(cleared(ethics), source=MAIL_LINKS) == [], "the same answer again"


def test_an_answer_holds_though_a_later_form_says_nothing_of_it(desk: Desk) -> None:
    asked = asked_once(desk.take(enrolled(1, **MANAGED)))
    desk.take(cleared(asked, until=NEXT_YEAR))
    assert names(desk.take(revised(1, **MANAGED, capacity=7))) == ["contact.published"] * 2
    mentor = desk.store.state.roster[mentor_id(1)]
    assert (mentor.capacity, mentor.line_manager_authorised, mentor.authorised_until) == (7, True, NEXT_YEAR)
    desk.take(revised(1, line_manager=line_manager(1), line_manager_authorised_until=date(2025, 12, 31)))
    assert desk.store.state.roster[mentor_id(1)].authorised_until == date(2025, 12, 31), "a later word of the City"
    desk.take(withdrawn(1), enrolled(1, line_manager=line_manager(1), line_manager_authorised_until=date(2025, 12, 31)))
    assert desk.store.state.roster[mentor_id(1)].authorised_until == date(2025, 12, 31)


def test_the_next_authorisation_is_asked_for_in_good_time_and_once(desk: Desk) -> None:
    until = date(2025, 6, 30)
    desk.take(enrolled(1, line_manager=line_manager(1), line_manager_authorised_until=until))
    deadline = desk.store.state.next_deadline(after=NOW)
    assert deadline == datetime.fromisoformat("2025-05-16T00:00:00+02:00"), "45 days before"
    desk.now = deadline - timedelta(seconds=1)
    assert desk.look() == []
    desk.now = deadline
    asked = asked_once(desk.look())
    assert (asked["held_until"], asked["proposed_until"]) == ("2025-06-30", "2026-06-30")
    assert desk.look() == []
    assert asked_in(desk.take(revised(1, line_manager=line_manager(1), line_manager_authorised_until=until))) == []
    desk.take(cleared(asked, until=date(2026, 6, 30)))
    following = desk.store.state.next_deadline(after=desk.now)
    assert following == datetime.fromisoformat("2026-05-16T00:00:00+02:00")
    desk.now = following
    assert asked_once(desk.look())["held_until"] == "2026-06-30"


def test_who_gives_it_for_a_short_time_is_asked_again_once_it_is_over(desk: Desk) -> None:
    asked = asked_once(desk.take(enrolled(1, **MANAGED)))
    assert asked_in(desk.take(cleared(asked, until=TODAY + timedelta(days=10)))) == []
    desk.now = NOW + timedelta(days=10)
    assert desk.look() == []
    desk.now = NOW + timedelta(days=11)
    assert asked_once(desk.look())["held_until"] == "2025-03-13"


@pytest.mark.parametrize("number", [0, 1])
def test_a_refusal_hands_over_whom_it_keeps_waiting_and_bars_the_mentor(desk: Desk, number: int) -> None:
    asked = asked_in(desk.take(enrolled(1, **LACKING)))[number]
    ((_, offer),) = desk.take(confirmed(1))
    desk.accept_both(UUID(offer["pair_id"]))
    (name, refused), (ended, pair), (none, found) = desk.take(cleared(asked, "refuse"), source=MAIL_LINKS)
    assert (name, refused["to"], refused["clearance"]) == ("mentor.clearance-refused", "refused", asked["clearance"])
    assert (ended, pair["reason"]) == ("pair.ended", "mentor-not-cleared")
    assert pair["actor"] == refused["actor"] == f"officer:{asked['asked_of']}"
    assert (none, codes(found)) == ("pair.no-mentor-found", ["mentors-refused"])
    assert asked_in(desk.take(revised(1, **LACKING))) == [], "who refused is not asked again"
    desk.store.reload()
    assert "pair.offered" not in names(desk.take(revised(1, **LACKING)))
    dropped, let_go, offered = desk.take(revised(1))[1:]
    assert let_go[0] == "contact.retracted", "of a line manager whom nobody names any more"
    assert (dropped[0], offered[0]) == ("mentor.clearance-dropped", "pair.offered"), "a form that has it claims it"


def test_a_refused_renewal_lets_the_present_one_run_out(desk: Desk) -> None:
    form = {"line_manager": line_manager(1), "line_manager_authorised_until": date(2025, 3, 31), "capacity": 5}
    asked = asked_once(desk.take(enrolled(1, **form)))
    desk.take(confirmed(1))
    assert names(desk.take(cleared(asked, "refuse"))) == ["mentor.clearance-refused"]
    assert names(desk.take(confirmed(2))) == ["pair.offered"], "until its last day"
    desk.now = NOW + timedelta(days=29)
    ((_, found),) = desk.take(confirmed(3))
    assert codes(found) == ["mentors-unauthorised"]
    assert asked_in(desk.look()) == []


@pytest.mark.parametrize(
    ("changes", "source", "code"),
    [
        ({"answered_by": manager_id(2)}, MAIL_LINKS, "clearance-not-asked"),
        ({"answered_by": ETHICS_OFFICER}, MAIL_LINKS, "clearance-not-asked"),
        ({"clearance_id": manager_id(9)}, MAIL_LINKS, "clearance-not-asked"),
        ({"until": TODAY - timedelta(days=1)}, MAIL_LINKS, "authorisation-in-the-past"),
        ({}, "urn:form:stranger", "another-source"),
    ],
)
def test_an_answer_is_taken_of_who_was_asked_alone(desk: Desk, changes: Any, source: str, code: str) -> None:
    asked = asked_once(desk.take(enrolled(1, **MANAGED)))
    before = desk.store.state.roster[mentor_id(1)]
    ((name, refused),) = desk.take(cleared(asked, **changes), source=source)
    assert (name, codes(refused)) == ("mentor.clearance-answer-refused", [code])
    assert desk.store.state.roster[mentor_id(1)] == before
    assert names(desk.take(cleared(asked, until=TODAY), source=FORM)) == ["mentor.clearance-given"]
    ((name, refused),) = desk.take(cleared(asked, "refuse"), source=FORM)
    assert (name, codes(refused)) == ("mentor.clearance-answer-refused", ["clearance-answered"])


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (revised(1, line_manager=line_manager(1)), "said-by-form"),
        (revised(1, line_manager_authorised=False), "line-manager-changed"),
        (revised(1, **MANAGED | {"line_manager": line_manager(2)}), "line-manager-changed"),
        (withdrawn(1), "mentor-withdrawn"),
        (erasure_of(person_of_mentor(1)), "mentor-withdrawn"),
        (erasure_of(manager_id(1)), "person-forgotten"),
    ],
)
def test_a_question_ends_with_its_matter(desk: Desk, happens: Any, reason: str) -> None:
    asked = asked_once(desk.take(enrolled(1, **MANAGED)))
    happened = desk.take(happens)
    ((_, dropped),) = [it for it in happened if it[0] == "mentor.clearance-dropped"]
    assert (dropped["clearance_id"], dropped["reason"], dropped["to"]) == (asked["clearance_id"], reason, "dropped")
    assert len(asked_in(happened)) == (happens.event_type == revised(1).event_type and "2" in str(happens.line_manager))
    ((name, refused),) = desk.take(cleared(asked, until=NEXT_YEAR))
    assert (name, codes(refused)) == ("mentor.clearance-answer-refused", ["clearance-not-asked"])


@pytest.mark.parametrize(
    "happens",
    [
        revised(1, **MANAGED | {"line_manager": line_manager(2)}),
        revised(1, line_manager_authorised=False),
        withdrawn(1),
        erasure_of(person_of_mentor(1)),
    ],
)
def test_a_former_line_manager_is_reached_no_longer_once_nobody_names_them(desk: Desk, happens: Any) -> None:
    desk.take(enrolled(1, **MANAGED), enrolled(2, **MANAGED))
    assert LET_GO not in retracted_in(desk.take(happens)), "another mentor's form names them still"
    desk.store.reload()
    happened = desk.take(withdrawn(2))
    assert retracted_in(happened) == [LET_GO]
    assert names(happened)[-1] == "contact.retracted", "after what they were asked is dropped"
    assert retracted_in(desk.take(withdrawn(2))) == [], "once"
    back = desk.take(enrolled(2, **MANAGED))
    assert LET_GO in [data["contact_id"] for name, data in back if name == "contact.published"]


def test_a_line_manager_who_gave_it_is_let_go_with_the_mentor(desk: Desk) -> None:
    asked = asked_once(desk.take(enrolled(1, **MANAGED)))
    desk.take(cleared(asked, until=NEXT_YEAR))
    assert retracted_in(desk.take(revised(1, **MANAGED))) == [], "they are asked again in a year"
    assert retracted_in(desk.take(withdrawn(1))) == [LET_GO]


LET_GO = str(contact_id_of("line-manager", manager_id(1)))


def retracted_in(happened: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [data["contact_id"] for name, data in happened if name == "contact.retracted"]


def test_who_comes_back_is_asked_for_anew(desk: Desk) -> None:
    first = asked_once(desk.take(enrolled(1, **MANAGED)))
    desk.take(cleared(first, "refuse"), withdrawn(1))
    assert asked_once(desk.take(enrolled(1, **MANAGED)))["clearance_id"] != first["clearance_id"]


@pytest.mark.parametrize("same", [{"person_id": person_of_mentor(1)}, {"email": "Mentor1@Marseille.example"}])
def test_nobody_authorises_themselves(desk: Desk, same: dict[str, Any]) -> None:
    manager = line_manager(1).model_copy(update=same)
    ((name, refused),) = desk.take(enrolled(1, **MANAGED | {"line_manager": manager}))
    assert (name, codes(refused)) == ("mentor.form-refused", ["line-manager-is-the-mentor"])


def test_a_line_manager_belongs_to_the_source_that_named_them(desk: Desk) -> None:
    desk.take(enrolled(1, **MANAGED))
    ((name, refused),) = desk.take(enrolled(2, **MANAGED), source="urn:form:stranger")
    assert (name, codes(refused)) == ("mentor.form-refused", ["line-manager-of-another-source"])
    assert "mentor.clearance-asked" in names(desk.take(enrolled(3, **MANAGED)))


def test_of_a_line_manager_who_is_forgotten_ids_are_left_and_what_they_gave(desk: Desk) -> None:
    given, open_ = (asked_once(desk.take(enrolled(number, **MANAGED))) for number in (1, 2))
    desk.take(cleared(given, until=NEXT_YEAR))
    happened = desk.take(erasure_of(manager_id(1)))
    contacts = [data["contact_id"] for name, data in happened if name == "contact.retracted"]
    assert str(contact_id_of("line-manager", manager_id(1))) in contacts
    ((_, told),) = [it for it in happened if it[0] == "person.forgotten"]
    assert told["removed"] == [{"what": "contact", "count": 1}]
    ((_, dropped),) = [it for it in happened if it[0] == "mentor.clearance-dropped"]
    assert dropped["clearance_id"] == open_["clearance_id"]
    assert desk.store.state.roster[mentor_id(1)].authorised_until == NEXT_YEAR
    desk.store.reload()
    assert desk.look() == []
    # At the same moment is before: the form is taken, but nothing that it says of who was forgotten.
    assert names(desk.take(revised(2, **MANAGED))) == ["contact.published"]
    desk.now = NOW + timedelta(hours=1)
    assert len(asked_in(desk.take(revised(2, **MANAGED)))) == 1, "what was said later stays"
