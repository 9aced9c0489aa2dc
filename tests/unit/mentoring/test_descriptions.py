"""What people write of obstacles: told to who is to lift them, and taken back once it has served, or on request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from libraries.chassis.unit_of_work import UnitOfWork
from tests.unit.mentoring.desk import handle, names, published
from tests.unit.mentoring.examples import (
    NOW,
    confirmed,
    enrolled,
    erasure_of,
    event,
    lead_person,
    mentor_id,
    person_of_mentor,
    released,
)
from tests.unit.mentoring.reports import Programme, obstacle_id, reported, updated

WORDS = "Camille attend l’accord de la mairie."
RETRACTED = ("obstacle.retracted", {"obstacle_id": str(obstacle_id(1))})


@pytest.fixture
def programme() -> Programme:
    programme = Programme()
    programme.take(enrolled(1), confirmed(1), confirmed(2))
    return programme


def described(**changes: Any) -> Any:
    return reported(**{"comment": WORDS, "reported_by": f"lead:{lead_person(1)}", **changes})


def test_what_is_written_goes_to_the_restricted_topic_alone(programme: Programme) -> None:
    (first, (name, opened)) = programme.take(described())
    assert first == (
        "obstacle.described",
        {"obstacle_id": str(obstacle_id(1)), "authors": [str(lead_person(1))], "comment": WORDS},
    )
    assert (name, opened["is_described"]) == ("obstacle.opened", True)
    assert WORDS not in str(opened)
    assert programme.take(described()) == [], "a report that comes again tells nothing again"


def test_where_nobody_wrote_anything_nothing_is_described(programme: Programme) -> None:
    ((name, opened),) = programme.take(reported())
    assert (name, opened["is_described"]) == ("obstacle.opened", False)
    assert names(programme.take(updated("lift"))) == ["obstacle.lifted"]


def test_what_somebody_unknown_wrote_is_shown_to_nobody(programme: Programme) -> None:
    # A lead's report is always its lead's; an officer is known by the id alone.
    ((_, opened),) = programme.take(described(reported_by="officer:desk"))
    assert opened["is_described"] is False


def test_a_mentor_goes_by_their_own_id_or_the_persons(programme: Programme) -> None:
    (first, *_) = programme.take(described(reported_by=f"mentor:{mentor_id(1)}"))
    assert first[1]["authors"] == [str(mentor_id(1)), str(person_of_mentor(1))]


@pytest.mark.parametrize("over", ["lift", "abandon"])
def test_it_is_taken_back_once_the_obstacle_is_over(programme: Programme, over: str) -> None:
    programme.take(described())
    ((_, taken),) = programme.take(updated("take", service="patrimoine"))
    assert taken["is_described"] is True, "whoever it is handed to is to see it too"
    first, (name, _) = programme.take(updated(over, reason="no-budget"))
    assert (first, name.partition(".")[0]) == (RETRACTED, "obstacle")
    assert names(programme.take(updated("take"))) == ["obstacle.update-refused"]


def test_it_is_taken_back_with_the_assignment(programme: Programme) -> None:
    programme.take(described())
    assert RETRACTED in programme.take(released(1))


def test_whoever_wrote_it_has_it_taken_back(programme: Programme) -> None:
    programme.take(described(), described(number=2, assignment=2, reported_by=f"lead:{lead_person(2)}"))
    happened = programme.take(erasure_of(lead_person(1)))
    assert [each for each in happened if each[0] == "obstacle.retracted"] == [RETRACTED]
    (told,) = (data for name, data in happened if name == "person.forgotten")
    assert {"what": "description", "count": 1} in told["removed"]
    assert [each for each in programme.take(updated("lift")) if each == RETRACTED] == [], "it is gone already"
    programme.store.reload()
    assert programme.store.state.obstacles[obstacle_id(2)].is_described, "what somebody else wrote stays"


def test_what_was_written_before_the_request_and_is_read_later_is_not_shown(programme: Programme) -> None:
    programme.take(erasure_of(lead_person(1)))
    report = event(described(), NOW - timedelta(hours=1))
    unit = UnitOfWork("mentoring", programme.store)
    programme.store.begin([report])
    handle(unit, [report])
    ((name, opened),) = published(unit.published)
    assert (name, opened["is_described"]) == ("obstacle.opened", False)
