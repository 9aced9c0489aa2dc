"""The states of a pair: what each allows, and what can never happen in any order of answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.states import PairState
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.pair import (
    CLOSED,
    PENDING,
    Pair,
    Party,
    accept,
    activate,
    decline,
    end,
    expire,
)
from tests.unit.mentoring.examples import NOW, application_id, assignment_id, mentor_id, numbered

OFFERED = Pair(
    pair_id=numbered(8, 1),
    assignment_id=assignment_id(1),
    application_id=application_id(1),
    mentor_id=mentor_id(1),
    fit=800,
    rules_version="1",
    offered_at=NOW,
    expires_at=NOW + timedelta(days=7),
)


def pair_in(state: PairState) -> Pair:
    begun = state in ("accepted", "active")
    return replace(OFFERED, state=state, version=4, started_at=NOW if begun else None)


@pytest.mark.parametrize(
    ("state", "party", "becomes"),
    [
        ("offered", "mentor", "accepted-by-mentor"),
        ("offered", "lead", "accepted-by-lead"),
        ("accepted-by-mentor", "lead", "accepted"),
        ("accepted-by-lead", "mentor", "accepted"),
    ],
)
def test_an_acceptance_moves_the_pair_on(state: PairState, party: Party, becomes: PairState) -> None:
    accepted = accept(pair_in(state), party, at=NOW)
    assert isinstance(accepted, Pair)
    assert (accepted.state, accepted.version) == (becomes, 5)


@pytest.mark.parametrize(
    ("state", "party"),
    [
        ("accepted-by-mentor", "mentor"),
        ("accepted-by-lead", "lead"),
        ("accepted", "mentor"),
        ("accepted", "lead"),
        ("active", "mentor"),
        ("active", "lead"),
    ],
)
def test_accepting_twice_changes_nothing(state: PairState, party: Party) -> None:
    pair = pair_in(state)
    assert accept(pair, party, at=NOW) is pair


@pytest.mark.parametrize("state", get_args(PairState))
def test_a_pair_can_be_declined_until_it_is_active(state: PairState) -> None:
    declined = decline(pair_in(state))
    if state in PENDING or state == "accepted":
        assert isinstance(declined, Pair)
        assert (declined.state, declined.version) == ("declined", 5)
    else:
        assert declined == NotAllowed(f"pair-{state}")


@pytest.mark.parametrize("state", get_args(PairState))
def test_a_pair_can_be_ended_from_every_open_state(state: PairState) -> None:
    ended = end(pair_in(state))
    if state in CLOSED:
        assert ended == NotAllowed(f"pair-{state}")
    else:
        assert isinstance(ended, Pair)
        assert (ended.state, ended.version) == ("ended", 5)


@pytest.mark.parametrize("state", get_args(PairState))
@pytest.mark.parametrize("cleared", [True, False])
def test_only_an_accepted_pair_of_a_cleared_mentor_becomes_active(state: PairState, cleared: bool) -> None:
    pair = pair_in(state)
    active = activate(pair, cleared=cleared, at=NOW, ends_at=NOW)
    if state == "accepted" and cleared:
        assert (active.state, active.version, active.started_at) == ("active", 5, NOW)
    else:
        assert active is pair


class PairMachine(RuleBasedStateMachine):
    """Answers in any order, against a model of who has said yes."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = OFFERED
        self.yes: set[Party] = set()
        self.cleared_when_activated: bool | None = None
        self.closed = False
        self.now = NOW

    def took(self, result: Pair | NotAllowed) -> bool:
        self.now += timedelta(hours=1)
        if isinstance(result, NotAllowed):
            return False
        assert result.version == self.pair.version + (result is not self.pair)
        self.pair = result
        return True

    @rule(party=st.sampled_from(get_args(Party)))
    def accept(self, party: Party) -> None:
        assert self.took(accept(self.pair, party, at=self.now)) is not self.closed
        if not self.closed:
            self.yes.add(party)

    @rule(cleared=st.booleans())
    def activate(self, cleared: bool) -> None:
        was_active = self.pair.state == "active"
        self.took(activate(self.pair, cleared=cleared, at=NOW, ends_at=NOW))
        if self.pair.state == "active" and not was_active:
            self.cleared_when_activated = cleared

    @rule()
    def decline(self) -> None:
        refused = self.closed or self.pair.state == "active"
        assert self.took(decline(self.pair)) is not refused
        self.closed = self.closed or not refused

    @precondition(lambda self: self.pair.version > 2)
    @rule()
    def end(self) -> None:
        assert self.took(end(self.pair)) is not self.closed
        self.closed = True

    @invariant()
    def tells_who_has_accepted(self) -> None:
        assert self.pair.open is not self.closed
        assert self.pair.begun is (len(self.yes) == 2)
        if not self.closed:
            expected = {0: "offered", 1: f"accepted-by-{next(iter(self.yes), '')}"}.get(len(self.yes))
            assert self.pair.state in ((expected,) if expected else ("accepted", "active"))

    @invariant()
    def is_active_only_with_every_consent(self) -> None:
        if self.pair.state == "active":
            assert len(self.yes) == 2
            assert self.cleared_when_activated is True


TestPairMachine = PairMachine.TestCase


@pytest.mark.parametrize(
    ("state", "awaited"),
    [("offered", ("mentor", "lead")), ("accepted-by-mentor", ("lead",)), ("accepted-by-lead", ("mentor",))],
)
def test_an_offer_that_somebody_left_unanswered_expires_in_time(state: PairState, awaited: tuple[Party, ...]) -> None:
    pair = pair_in(state)
    assert pair.awaited == awaited
    assert expire(pair, at=pair.expires_at - timedelta(seconds=1)) is pair
    expired = expire(pair, at=pair.expires_at)
    assert (expired.state, expired.version, expired.open) == ("expired", 5, False)
    assert expire(expired, at=pair.expires_at) is expired
    assert accept(expired, "mentor", at=NOW) == decline(expired) == end(expired) == NotAllowed("pair-expired")


@pytest.mark.parametrize("state", ["accepted", "active", "declined", "ended"])
def test_what_was_answered_never_expires(state: PairState) -> None:
    pair = pair_in(state)
    assert expire(pair, at=pair.expires_at + timedelta(days=365)) is pair
