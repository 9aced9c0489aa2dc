"""Steps are told by their times, and never before what caused them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.journal.journeys.causes import Caused, in_causal_order

START = datetime(2026, 1, 1, tzinfo=UTC)
IDS = st.integers(0, 12)
EVENTS = st.lists(
    st.builds(
        lambda at, recorded, identifier, cause: Caused(
            START + timedelta(seconds=at), START + timedelta(seconds=recorded), "", identifier, cause
        ),
        st.integers(0, 5),
        st.integers(0, 5),
        IDS,
        st.none() | IDS,
    ),
    max_size=12,
    unique_by=lambda event: event.id,
)


@given(EVENTS)
def test_each_comes_once_and_no_effect_before_its_cause(events: list[Caused]) -> None:
    ordered = in_causal_order(events)
    assert sorted(map(str, ordered)) == sorted(str(event.id) for event in events)
    places = {identifier: place for place, identifier in enumerate(ordered)}
    for event in events:
        if event.caused_by in places and not _is_in_a_circle(event, events):
            assert places[event.caused_by] < places[event.id]


@given(EVENTS, st.data())
def test_the_order_of_reading_changes_nothing(events: list[Caused], data: st.DataObject) -> None:
    assert in_causal_order(data.draw(st.permutations(events))) == in_causal_order(events)


def test_without_causes_time_decides_and_then_the_record() -> None:
    def at(second: int, recorded: int, name: str) -> Caused:
        return Caused(START + timedelta(seconds=second), START + timedelta(seconds=recorded), "", name, None)

    assert in_causal_order([at(2, 2, "c"), at(1, 3, "b"), at(1, 1, "a")]) == ["a", "b", "c"]


def _is_in_a_circle(event: Caused, events: Sequence[Caused]) -> bool:
    causes = {each.id: each.caused_by for each in events}
    seen = set()
    following = event.id
    while following in causes and following not in seen:
        seen.add(following)
        following = causes[following]
    return following in seen
