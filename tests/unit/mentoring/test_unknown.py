"""An event that can't be handled changes nothing: what its handler raises comes before all it does."""

from __future__ import annotations

import copy

import pytest

from contracts.message import EventData
from libraries.chassis.handling import NotYet, Refused
from libraries.chassis.unit_of_work import UnitOfWork
from services.mentoring.app import SERVICE
from services.mentoring.memory.tracked import NotNamed
from tests.events import example
from tests.unit.mentoring.desk import Desk, handle, values_of
from tests.unit.mentoring.examples import (
    NOW,
    amended,
    answered,
    cleared,
    confirmed,
    end_requested,
    enrolled,
    erasure_of,
    event,
    numbered,
    recused,
    released,
    revised,
    wished,
    withdrawn,
)
from tests.unit.mentoring.reports import met, reported, rested, reviewed, updated
from tests.unit.mentoring.test_rounds import whole
from tests.unit.mentoring.test_support import impact, introduced, said

NOBODY = numbered(8, 404)
WAITING = [
    withdrawn(9),
    recused(9, application=1),
    wished(9, skills=("law",)),
    cleared({"clearance_id": str(NOBODY), "mentor_id": str(NOBODY), "asked_of": str(NOBODY)}),
    answered(NOBODY, "lead", "accept"),
    end_requested(NOBODY, "officer:7"),
    met(NOBODY, NOW.date()),
    rested(NOBODY, NOW.date()),
    reviewed(NOBODY, "lead", "go-on"),
    reported(9, 9),
    updated("take", 9, 9),
    said("rooting", "start", 9),
    introduced(9, 9),
    impact(1, 9, jobs=3),
]
REFUSED = [updated("take", 1, 2), introduced(1, 2), introduced(1, 9)]
WHATEVER_IS_KNOWN = [enrolled(9), revised(9), confirmed(9), amended(9), released(9), erasure_of(NOBODY), whole()]
_OWN = {type(data) for data in (*WAITING, *WHATEVER_IS_KNOWN)}
# Of an event that nothing special has to be said of, the example names what nobody knows, so it waits. One that is
# taken whatever is known belongs into WHATEVER_IS_KNOWN.
ALL_WAITING = [*WAITING, *(example(model) for model in SERVICE.handlers if model not in _OWN)]


@pytest.mark.parametrize("data", [*ALL_WAITING, *REFUSED], ids=lambda data: data.event_type)
def test_what_cannot_be_handled_leaves_no_trace(data: EventData) -> None:
    desk = Desk()
    desk.offer()
    desk.take(confirmed(2), reported(1), introduced(1))
    events = [event(data)]
    desk.store.begin(events)
    before, known = values_of(desk.store.state), copy.deepcopy(vars(desk.store.state.roster))
    unit = UnitOfWork("mentoring", desk.store)
    with pytest.raises(NotYet if data in ALL_WAITING else Refused):
        handle(unit, events)
    assert unit.published == []
    assert values_of(desk.store.state) == before
    after = vars(desk.store.state.roster)
    for name in ("gained", "before", "_now", "_free"):
        assert after[name] == known[name]


@pytest.mark.parametrize(
    "data",
    [data for data in (*ALL_WAITING, confirmed(9), released(1)) if SERVICE.handlers.named([event(data)])],
    ids=lambda data: data.event_type,
)
def test_a_handler_without_its_need_fails_instead_of_waiting(data: EventData) -> None:
    desk = Desk()
    desk.take(confirmed(1))
    # Nothing is asked for first, as if the handler were registered without what it needs.
    with pytest.raises(NotNamed, match="no need of this event's handler names it"):
        handle(UnitOfWork("mentoring", desk.store), [event(data)])
