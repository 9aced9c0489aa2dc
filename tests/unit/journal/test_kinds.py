"""The word after `engage.` is the thing whose state an event tells: the journal goes by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contracts.catalogue import EVENT_BY_TYPE
from contracts.message import StateChange
from services.journal.kinds import KINDS
from tests.conftest import enumerated


def entity_of(event: type[StateChange[str, str]]) -> str:
    return event.event_type.split(".")[1]


def state_changes() -> Iterator[type[StateChange[str, str]]]:
    """The events whose `to` the journal takes for the state of what they are about."""
    for event in EVENT_BY_TYPE.values():
        if issubclass(event, StateChange) and KINDS.entities[entity_of(event)].states:
            yield event


@pytest.mark.parametrize("entity", sorted({entity_of(event) for event in state_changes()}))
def test_events_named_after_one_thing_tell_its_states_and_no_other_s(entity: str) -> None:
    # A pair's event under a mentor's name would leave the mentor `active`, in a list that nobody compares.
    states = {
        event.event_type: enumerated(event)["to_state"] for event in state_changes() if entity_of(event) == entity
    }
    assert len(set(states.values())) == 1, states
