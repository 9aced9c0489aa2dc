"""Obstacles: owners, time, escalation, and that no open one is ever without either."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from libraries.chassis.handling import NotYet, Refused
from services.mentoring.settings.rhythms import SETTINGS
from services.mentoring.settings.sentences import SENTENCES
from services.mentoring.states.obstacle import CLOSED
from tests.unit.mentoring.desk import names
from tests.unit.mentoring.examples import NOW, OWNER, assignment_id, confirmed, lead_person, released
from tests.unit.mentoring.reports import Programme, obstacle_id, reported, updated

KINDS = tuple(SETTINGS.obstacles.work_days)
LEVELS = SETTINGS.obstacles.levels


@pytest.fixture
def programme() -> Programme:
    programme = Programme()
    programme.take(confirmed(1), confirmed(2))
    return programme


def codes(data: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in data["reasons"]]


def test_an_obstacle_is_owned_by_the_needs_directorate_unless_a_service_is_named(programme: Programme) -> None:
    ((name, opened),) = programme.take(reported(1))
    assert name == "obstacle.opened"
    assert opened["service"] == "direction-education"
    assert opened["due_at"] == "2025-04-14T16:00:00Z", "thirty work days, at six in the evening of Paris"
    assert (opened["lead_id"], opened["owner_id"]) == (str(lead_person(1)), str(OWNER))
    ((_, named),) = programme.take(reported(2, service="direction-habitat", kind="authorisation"))
    assert named["service"] == "direction-habitat"


def test_an_obstacle_is_taken_then_lifted(programme: Programme) -> None:
    programme.take(reported())
    programme.now = NOW + timedelta(days=10)
    ((name, taken),) = programme.take(updated("take", service="patrimoine"))
    assert (name, taken["from"], taken["to"], taken["service"]) == ("obstacle.taken", "opened", "taken", "patrimoine")
    assert taken["due_at"] == "2025-04-25T16:00:00Z", "its time anew, past Easter Monday"
    assert programme.take(updated("take", service="patrimoine")) == [], "it works on it already"
    ((name, lifted),) = programme.take(updated("lift"))
    assert (name, lifted["version"]) == ("obstacle.lifted", 3)
    assert programme.take(updated("lift")) == []
    assert programme.pass_to(NOW + timedelta(days=400)) == [], "nothing is due any more"


def test_a_late_obstacle_climbs_every_level_once(programme: Programme) -> None:
    programme.take(reported())
    told = []
    for day in range(150):
        told += programme.pass_to(NOW + timedelta(days=day))
    assert names(told) == ["obstacle.escalated"] * 3
    assert [data["level"] for _, data in told] == list(LEVELS)
    assert [data["due_at"] is None for _, data in told] == [False, False, True]


def test_after_an_outage_each_obstacle_is_told_of_once_and_the_next_level_has_its_days(programme: Programme) -> None:
    programme.take(reported(1), reported(2, assignment=2))
    late = programme.pass_to(NOW + timedelta(days=365))
    assert [(name, data["level"]) for name, data in late] == [("obstacle.escalated", "service")] * 2
    assert programme.look() == []
    assert programme.pass_to(programme.now + timedelta(days=4)) == []
    assert [data["level"] for _, data in programme.pass_to(programme.now + timedelta(days=10))] == ["directorate"] * 2


def test_one_taken_after_it_was_escalated_has_its_time_anew(programme: Programme) -> None:
    programme.take(reported())
    programme.pass_to(NOW + timedelta(days=60))
    ((_, taken),) = programme.take(updated("take"))
    assert (taken["from"], taken["to"]) == ("escalated", "taken")
    assert programme.pass_to(programme.now + timedelta(days=20)) == []
    ((_, again),) = programme.pass_to(programme.now + timedelta(days=60))
    assert again["level"] == "directorate"


def test_the_highest_level_is_told_again_of_what_was_taken_and_is_late_once_more(programme: Programme) -> None:
    programme.take(reported())
    for _ in LEVELS:
        programme.pass_to(programme.now + timedelta(days=60))
    programme.take(updated("take"))
    ((_, again),) = programme.pass_to(programme.now + timedelta(days=60))
    assert (again["level"], again["due_at"]) == ("officer", None)


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        (reported(kind="weather"), None, "obstacle-kind-unknown"),
        (reported(), updated("abandon"), "abandoned-without-reason"),
        (updated("lift"), updated("take"), "obstacle-lifted"),
        (updated("lift"), updated("abandon", reason="moved"), "obstacle-lifted"),
        (updated("abandon", reason="moved"), updated("lift"), "obstacle-abandoned"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(programme: Programme, first: Any, then: Any, code: str) -> None:
    if type(first) is type(updated("lift")):
        programme.take(reported())
    told = programme.take(first) + (programme.take(then) if then else [])
    assert told[-1][0] == "obstacle.update-refused"
    assert codes(told[-1][1]) == [code]
    assert code in SENTENCES.sentences


def test_what_is_not_known_yet_waits(programme: Programme) -> None:
    with pytest.raises(NotYet, match="obstacle"):
        programme.take(updated("lift", number=9))
    with pytest.raises(NotYet, match="confirmed assignment"):
        programme.take(reported(assignment=9))


def test_an_obstacle_of_another_assignment_is_refused(programme: Programme) -> None:
    programme.take(reported())
    with pytest.raises(Refused, match="do not belong together"):
        programme.take(updated("lift", assignment=2))
    with pytest.raises(Refused, match="do not belong together"):
        programme.take(reported(assignment=2))


def test_obstacles_end_with_their_assignment(programme: Programme) -> None:
    programme.take(reported(1), reported(2), reported(3, assignment=2))
    ended = programme.take(released(1))
    assert names(ended) == ["obstacle.abandoned"] * 2
    assert {data["reason"] for _, data in ended} == {"assignment-released"}
    assert codes(programme.take(reported(4))[-1][1]) == ["assignment-released"]
    assert programme.store.tables["obstacles"][obstacle_id(3)].open


class Life(RuleBasedStateMachine):
    """Any story of obstacles: open ones have an owner and a time or every level told, abandoned ones a reason."""

    @initialize()
    def begin(self) -> None:
        self.programme = Programme()
        self.programme.take(confirmed(1), confirmed(2))
        self.events: list[tuple[str, dict[str, Any]]] = []

    def told(self, events: list[tuple[str, dict[str, Any]]]) -> None:
        self.events += events

    @rule(number=st.integers(1, 4), kind=st.sampled_from(KINDS))
    def report(self, number: int, kind: str) -> None:
        self.told(self.programme.take(reported(number, 1 + number % 2, kind=kind)))

    @rule(
        number=st.integers(1, 4),
        update=st.sampled_from(["take", "lift", "abandon"]),
        service=st.sampled_from([None, "patrimoine", "urbanisme"]),
        reason=st.sampled_from([None, "moved"]),
    )
    def update(self, number: int, update: str, service: str | None, reason: str | None) -> None:
        if obstacle_id(number) in self.programme.store.tables["obstacles"]:
            said = updated(update, number, 1 + number % 2, service=service, reason=reason)
            self.told(self.programme.take(said))

    @rule(days=st.integers(1, 90))
    def wait(self, days: int) -> None:
        self.told(self.programme.pass_to(self.programme.now + timedelta(days=days)))

    @invariant()
    def every_obstacle_has_an_owner_or_a_reason(self) -> None:
        for obstacle in self.programme.store.tables["obstacles"].values():
            assert obstacle.service
            assert (obstacle.state != "abandoned") or obstacle.reason
            assert obstacle.open == (obstacle.state not in CLOSED)
            if obstacle.open:
                assert obstacle.due_at is not None or obstacle.level >= len(LEVELS)
            else:
                assert obstacle.due_at is None

    @invariant()
    def events_alone_give_the_state(self) -> None:
        seen: dict[str, dict[str, Any]] = {}
        for name, data in self.events:
            if name == "obstacle.update-refused":
                continue
            before = seen.get(data["obstacle_id"])
            assert data["version"] == (before["version"] if before else 0) + 1
            assert data["from"] == (before["to"] if before else None)
            seen[data["obstacle_id"]] = data
        known = self.programme.store.tables["obstacles"]
        assert {str(it): (known[it].state, known[it].service, known[it].version) for it in known} == {
            key: (data["to"], data["service"], data["version"]) for key, data in seen.items()
        }
        assert {data["assignment_id"] for data in seen.values()} <= {str(assignment_id(1)), str(assignment_id(2))}


TestLife = Life.TestCase


def test_a_service_that_nobody_knows_is_kept_and_answered_with_the_nearest(programme: Programme) -> None:
    opened, flagged = programme.take(reported(service="direction-habitats"))[:2]
    assert (opened[0], opened[1]["service"]) == ("obstacle.opened", "direction-habitats")
    assert (flagged[0], flagged[1]["obstacle_id"]) == ("obstacle.flagged", str(obstacle_id(1)))
    assert [(flag["field"], flag["code"], flag["nearest"]) for flag in flagged[1]["flags"]] == [
        ("service", "service-unknown", "direction-habitat")
    ]
    known = programme.take(reported(2, service="direction-habitat"), reported(3))
    assert "obstacle.flagged" not in [name for name, _ in known]
