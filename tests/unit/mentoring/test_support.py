"""Support plans: four actions, introductions with their outcome, and what ends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.message import EventData
from contracts.support import ImpactReported, Indicator, IntroductionReported, SupportActionReported
from libraries.chassis.handling import NotYet, Refused
from services.mentoring.settings.rhythms import SETTINGS, SupportSettings
from services.mentoring.settings.sentences import SENTENCES
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.support import Impact
from services.mentoring.states.support import introduced as introduction_told
from services.mentoring.states.support import reported as figures_reported
from tests.drawing import drawn
from tests.unit.mentoring.desk import Desk, all_published
from tests.unit.mentoring.examples import NOW, assignment_id, confirmed, enrolled, numbered, released
from tests.unit.mentoring.reports import reported

pytestmark = pytest.mark.drawn

ACTIONS = ("rooting", "networking", "deployment", "obstacle-lifting")


def said(action: str, update: str, assignment: int = 1, **changes: Any) -> SupportActionReported:
    fields = {"action": action, "update": update, "reported_by": "officer:o", "reported_at": NOW, **changes}
    return SupportActionReported.model_validate({"assignment_id": assignment_id(assignment), **fields})


def introduced(number: int = 1, assignment: int = 1, **changes: Any) -> IntroductionReported:
    fields = {
        "assignment_id": assignment_id(assignment),
        "introduction_id": numbered(12, number),
        "partner_kind": "incubator",
        "partner_name": "Incubateur fictif",
        "made_on": date(2025, 3, 3),
        "reported_by": "mentor:m",
        "reported_at": NOW,
        **changes,
    }
    return IntroductionReported.model_validate(fields)


class Office(Desk):
    """A desk with two confirmed projects."""

    def __init__(self) -> None:
        super().__init__()
        self.take_rows(confirmed(1), confirmed(2))

    def hear(self, *data: EventData) -> list[tuple[str, dict[str, Any]]]:
        """All that these events published."""
        return all_published(self.take_rows(*data))


@pytest.fixture
def office() -> Office:
    return Office()


def changes(happened: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[str, str, str]]:
    return [(data["action"], data["from"], data["to"]) for name, data in happened if name == "support.action-changed"]


def test_a_confirmed_project_has_a_plan_of_four_actions() -> None:
    desk = Desk()
    desk.take(enrolled(1))
    (name, plan), (other, _) = all_published(desk.take_rows(confirmed(1)))
    assert (name, other) == ("support.plan-opened", "pair.offered")
    assert plan["actions"] == list(ACTIONS)
    assert (plan["from"], plan["to"], plan["version"]) == (None, "planned", 1)
    assert all_published(desk.take_rows(confirmed(1))) == [], "a confirmation repeated opens nothing"


def test_an_action_is_started_then_finished(office: Office) -> None:
    happened = office.hear(said("rooting", "start"), said("rooting", "start"), said("rooting", "finish"))
    assert changes(happened) == [("rooting", "planned", "started"), ("rooting", "started", "finished")]
    assert [data["version"] for _, data in happened] == [2, 3]


def test_an_introduction_begins_networking_and_an_obstacle_its_lifting(office: Office) -> None:
    (name, made), *rest = office.hear(introduced())
    assert (name, made["partner_name"], made["from"], made["to"]) == (
        "introduction.recorded",
        "Incubateur fictif",
        None,
        "awaited",
    )
    assert changes(rest) == [("networking", "planned", "started")]
    assert office.hear(introduced()) == [], "the same again"
    ((_, outcome),) = office.hear(introduced(outcome="cooperation"))
    assert (outcome["from"], outcome["to"], outcome["version"]) == ("awaited", "cooperation", 2)
    assert changes(office.hear(reported())) == [("obstacle-lifting", "planned", "started")]
    assert changes(office.hear(reported(2))) == []


def test_an_assignment_that_ends_drops_what_is_open_and_one_confirmed_anew_takes_it_up(office: Office) -> None:
    office.hear(said("rooting", "finish"), said("deployment", "start"))
    happened = office.hear(released(1))
    assert changes(happened) == [
        ("networking", "planned", "dropped"),
        ("deployment", "started", "dropped"),
        ("obstacle-lifting", "planned", "dropped"),
    ]
    assert {data["reason"] for _, data in happened} == {"assignment-released"}
    ((name, refused),) = office.hear(introduced())
    assert (name, refused["reasons"][0]["code"]) == ("support.update-refused", "support-ended")
    assert changes(office.hear(confirmed(1))) == [
        (action, "dropped", "planned") for action in ("networking", "deployment", "obstacle-lifting")
    ]


@pytest.mark.parametrize(
    ("before", "then", "code"),
    [
        ((), said("dancing", "start"), "support-action-unknown"),
        ((), said("rooting", "drop"), "dropped-without-reason"),
        ((said("rooting", "finish"),), said("rooting", "start"), "support-action-closed"),
        ((said("rooting", "drop", reason="moved"),), said("rooting", "finish"), "support-action-closed"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(office: Office, before: Any, then: Any, code: str) -> None:
    office.hear(*before)
    ((name, refused),) = office.hear(then)
    assert (name, refused["action"]) == ("support.update-refused", then.action)
    assert [reason["code"] for reason in refused["reasons"]] == [code]
    assert code in SENTENCES.sentences


def test_what_is_not_known_yet_waits_and_what_does_not_belong_together_is_refused(office: Office) -> None:
    for data in (said("rooting", "start", 9), introduced(9, 9)):
        with pytest.raises(NotYet, match="confirmed assignment"):
            office.hear(data)
    office.hear(introduced(1, 1))
    with pytest.raises(Refused, match="do not belong together"):
        office.hear(introduced(1, 2))


def test_an_action_that_begins_by_itself_is_one_of_the_plan() -> None:
    with pytest.raises(ValueError, match="begun_by names dancing, which is none of the actions"):
        SupportSettings(actions=("rooting",), begun_by={"obstacle": "dancing"})
    assert SETTINGS.support.actions == ACTIONS


def test_what_is_told_again_is_the_very_same() -> None:
    first = introduction_told(introduced(), None)
    assert introduction_told(introduced(), first) is first
    later = introduction_told(introduced(outcome="cooperation"), first)
    assert (later.outcome, later.version) == ("cooperation", 2)
    figures = figures_reported(impact(1, jobs=7, volunteers=12), None)
    assert isinstance(figures, Impact)
    assert figures_reported(impact(1, volunteers=12, jobs=7), figures) is figures
    assert figures_reported(impact(1), figures) == NotAllowed("no-figures")


class Plan(RuleBasedStateMachine):
    """Any story of a plan: every action is in a state that the events alone give, dropped ones have a reason."""

    @initialize()
    def begin(self) -> None:
        self.office = Office()
        self.states = {(number, action): ("planned", 1) for number in (1, 2) for action in ACTIONS}
        self.introductions: dict[str, tuple[str, int]] = {}

    @rule(
        number=st.integers(1, 2),
        action=st.sampled_from(ACTIONS),
        update=st.sampled_from(["start", "finish", "drop"]),
        reason=st.sampled_from([None, "moved"]),
    )
    def report(self, number: int, action: str, update: str, reason: str | None) -> None:
        self.read(self.office.hear(said(action, update, number, reason=reason)))

    @rule(number=st.integers(1, 4), outcome=st.sampled_from(["awaited", "in-contact", "cooperation"]))
    def introduce(self, number: int, outcome: str) -> None:
        self.read(self.office.hear(introduced(number, 1 + number % 2, outcome=outcome)))

    @rule(number=st.integers(1, 2), event=st.sampled_from([confirmed, released]))
    def begins_or_ends(self, number: int, event: Any) -> None:
        self.read(self.office.hear(event(number)))

    def read(self, happened: Sequence[tuple[str, dict[str, Any]]]) -> None:
        for name, data in happened:
            number = 1 if data.get("assignment_id") == str(assignment_id(1)) else 2
            if name == "support.action-changed":
                state, version = self.states[number, data["action"]]
                assert (data["from"], data["version"]) == (state, version + 1)
                assert data["to"] != "dropped" or data["reason"]
                self.states[number, data["action"]] = data["to"], data["version"]
            elif name == "introduction.recorded":
                before = self.introductions.get(data["introduction_id"], (None, 0))
                assert (data["from"], data["version"]) == (before[0], before[1] + 1)
                self.introductions[data["introduction_id"]] = data["to"], data["version"]
            else:
                assert name in ("support.update-refused", "pair.no-mentor-found")

    @invariant()
    def events_alone_give_the_state(self) -> None:
        tables = self.office.store.tables
        assert {key: (it.state, it.version) for key, it in tables["actions"].items()} == {
            (assignment_id(number), action): its
            for (number, action), its in self.states.items()
            if its != ("planned", 1)
        }, "an action is kept from when something changed it"
        found = {str(key): (it.outcome, it.version) for key, it in tables["introductions"].items()}
        assert found == self.introductions


TestPlan = Plan.TestCase
TestPlan.settings = settings(max_examples=drawn(60), stateful_step_count=30, deadline=None)


def impact(year: int, assignment: int = 1, **figures: int) -> ImpactReported:
    return ImpactReported(
        assignment_id=assignment_id(assignment),
        year=year,
        indicators=tuple(Indicator(code=code, value=value) for code, value in figures.items()),
        reported_by="lead:l",
        reported_at=NOW,
    )


def test_figures_stand_beside_those_of_the_beginning(office: Office) -> None:
    ((name, data),) = office.hear(impact(0, jobs=3, places=1))
    assert (name, data["year"], data["from"], data["to"]) == ("impact.recorded", 0, None, "recorded")
    ((_, data),) = office.hear(impact(1, jobs=7, volunteers=12))
    assert data["figures"] == [
        {"code": "jobs", "value": 7, "baseline": 3},
        {"code": "volunteers", "value": 12, "baseline": None},
    ]
    assert office.hear(impact(1, volunteers=12, jobs=7)) == [], "the same again, in another order"
    ((_, data),) = office.hear(impact(1, jobs=8))
    assert (data["from"], data["version"]) == ("recorded", 2)


def test_figures_that_say_nothing_or_two_things_are_refused(office: Office) -> None:
    twice = impact(1, jobs=1).model_copy(update={"indicators": (Indicator(code="jobs", value=1),) * 2})
    for report, code in ((impact(1), "no-figures"), (twice, "figure-twice")):
        ((name, refused),) = office.hear(report)
        assert (name, refused["reasons"][0]["code"]) == ("support.update-refused", code)
