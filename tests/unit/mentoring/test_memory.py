"""What is kept in memory: values with their changes, moments in order, and what memory may forget."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mentoring.memory.agenda import Agenda
from services.mentoring.memory.index import Index
from services.mentoring.memory.memo import Memo
from services.mentoring.memory.tracked import NotNamed, Tracked
from tests.unit.mentoring.desk import Desk, names
from tests.unit.mentoring.examples import NOW, assignment_id, confirmed, released
from tests.unit.mentoring.reports import Programme, met, obstacle_id, reported, updated

_ids = st.integers(1, 8).map(lambda number: UUID(int=number))
A, B, C, D, E = (UUID(int=number) for number in range(5))
_moments = st.none() | st.integers(0, 9).map(lambda days: NOW + timedelta(days=days))


@given(st.lists(st.tuples(_ids, _moments), max_size=40), st.integers(0, 9))
def test_an_agenda_names_what_is_due_the_earliest_first(changes: list[tuple[UUID, datetime | None]], days: int) -> None:
    agenda, known = Agenda(), dict(changes)
    for identifier, moment in changes:
        agenda.put(identifier, moment)
    now = NOW + timedelta(days=days)
    left = {identifier: moment for identifier, moment in known.items() if moment is not None}
    in_order = sorted(left, key=lambda it: (left[it], it))
    assert agenda == Agenda(left)
    assert agenda.due(now) == [it for it in in_order if left[it] <= now]
    assert agenda.next() == min(left.values(), default=None)
    assert agenda.next(after=now) == min((moment for moment in left.values() if moment > now), default=None)


def test_new_and_changed_values_are_told_apart_until_they_are_written() -> None:
    values = Tracked("thing", [(A, 1), (B, 2)])
    values.ask([B, C, D])
    values.fetch(C, 3)
    values.put(B, 20)
    values.fetch(B, 2)
    values.put(D, 4)
    values.put(D, 5)
    values.add(E, 6)
    assert (values.new, values.changed, values.touched) == ({D, E}, {B}, {B, C, D, E})
    assert sorted(values.written(over=lambda value: value in (1, 3, 5))) == [3, 5], "of what was touched"
    assert values == {A: 1, B: 20, E: 6}
    assert not values.touched


def test_what_memory_lacks_is_unknown_only_where_a_need_named_it() -> None:
    values = Tracked("thing", [(A, 1)])
    assert values.lacking([A, B]) == {B}
    values.ask([B])
    assert (values.get(B), B in values, values.get(A)) == (None, False, 1)
    with pytest.raises(KeyError):
        values[B]
    for look in (values.get, values.__getitem__, values.__contains__, lambda key: values.put(key, 3)):
        with pytest.raises(
            NotNamed, match=rf"thing {C} is not in memory, and no need of this event's handler names it"
        ):
            look(C)
    assert values.held(C) is None, "who asks for what is alive asks for nothing else"
    values.written(over=lambda _: False)
    with pytest.raises(NotNamed):
        values.get(B)


def test_parts_of_a_thing_are_named_by_the_thing() -> None:
    values: Tracked[tuple[UUID, str], int] = Tracked("plan", id_of=lambda key: key[0])
    values.ask([A])
    assert values.get((A, "rooting")) is None
    with pytest.raises(NotNamed, match=r'lacks \("plan", …\)'):
        values.get((B, "rooting"))


def test_an_index_forgets_the_key_of_nothing() -> None:
    index, key, first, second = Index(), *(UUID(int=number) for number in range(3))
    index.enter(key, first)
    index.enter(key, first)
    index.enter(key, second)
    index.leave(key, first)
    assert index == {key: (second,)}
    index.leave(key, second)
    index.leave(key, second)
    assert index == {}


def test_a_memo_does_not_grow_without_end() -> None:
    memo: Memo[int, int] = Memo()
    for number in range(10_000):
        assert memo.keep(number, -number) == -number
    assert len(memo) <= 1_000
    assert memo[9_999] == -9_999


def test_what_is_over_is_forgotten_and_known_again_when_it_is_named() -> None:
    desk = Programme()
    pair = desk.active_pair()
    desk.take(reported(1))
    desk.take(met(pair, NOW.date()))
    kept = desk.store.state
    assert (len(kept.leads), len(kept.pairs), len(kept.obstacles), len(kept.meetings)) == (1, 1, 1, 0)
    desk.take(released(1))
    assert not any((kept.leads, kept.pairs, kept.obstacles, kept.actions))
    assert names(desk.take(met(pair, NOW.date(), number=2))) == ["pair.answer-refused"]
    assert names(desk.take(updated("lift"))) == ["obstacle.update-refused"]
    assert not any((kept.leads, kept.pairs, kept.obstacles))
    assert names(desk.take(confirmed(1))) == ["pair.offered"]
    assert kept.leads.held(assignment_id(1))
    assert not kept.obstacles.held(obstacle_id(1))


def test_thousands_who_wait_are_not_looked_up_for_one_place() -> None:
    desk = Desk()
    desk.take(*(confirmed(number) for number in range(1, 40)))
    desk.store.state.roster.gained.add(assignment_id(1))
    line = desk.store.state.turns()
    assert len(line) == 39
    assert [lead.assignment_id for lead in line] == [assignment_id(number) for number in range(1, 40)]
    assert [lead.assignment_id for lead in line[3:5]] == [assignment_id(4), assignment_id(5)]
