"""A live optimum: units on the places of needs, exact after every change, with a price a need as its proof."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, KeysView, Mapping, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from services.engine.graph import Need, Unit
from services.engine.paths import NOWHERE, Way, way_in, way_out

UnitId = TypeVar("UnitId", bound=Hashable)
NeedId = TypeVar("NeedId", bound=Hashable)


class Optimum(Generic[UnitId, NeedId]):
    """Which unit is held by which need, so that the sum of all values is the greatest; values are packed levels.

    A unit takes at most its capacity of needs, each once; a need takes a unit a place, and its n-th unit adds the
    n-th of its places' values, which never rise. Every operation leaves an exact optimum, and prices that prove
    it: with u the least that a unit gains, value less price, where it is held (0 while it could take another
    need), no edge of it elsewhere gives more than u; a need's next place is worth no more than minus its price,
    its last one no less.
    """

    def __init__(self) -> None:
        self._units: dict[UnitId, Unit] = {}
        self._needs: dict[NeedId, Need] = {}
        self._serial = 0
        self.moved: dict[UnitId, None] = {}
        """Units whose needs may have changed since the caller last emptied it."""

    # Looking.

    @property
    def units(self) -> KeysView[UnitId]:
        """The ids of all units."""
        return self._units.keys()

    @property
    def needs(self) -> KeysView[NeedId]:
        """The ids of all needs."""
        return self._needs.keys()

    def needs_of(self, unit_id: UnitId) -> tuple[NeedId, ...]:
        """The needs that hold a unit; none where it is unknown."""
        unit = self._units.get(unit_id)
        return () if unit is None else tuple([need.id for need in unit.held])

    def price(self, need_id: NeedId) -> int:
        """What a unit must be worth to a need, beyond what it gains elsewhere, to be held by it."""
        return self._needs[need_id].price

    def assignment(self) -> Iterator[tuple[UnitId, NeedId]]:
        """Every unit with every need that holds it."""
        for unit in self._units.values():
            for need in unit.held:
                yield unit.id, need.id

    def worth(self) -> int:
        """The sum of all values: of every unit where it is held, and of every place that is taken.

        Beyond a million units its fields may reach each other; differences of two such sums stay right.
        """
        units = sum(sum(unit.held.values()) for unit in self._units.values())
        return units + sum(sum(need.places[: len(need.held)]) for need in self._needs.values())

    def cost_of_a_place(self, need_id: NeedId) -> int | None:
        """What all others lose, at least, when one more unit from outside is put on a need.

        None where the need has no place at all.
        """
        need = self._needs[need_id]
        way = way_out({need: 0})
        return None if way.end is None else way.length + need.price

    # Changing units.

    def put(self, unit_id: UnitId, edges: Mapping[NeedId, int], *, capacity: int = 1) -> None:
        """Adds a unit, or gives a known one other edges; raises KeyError for an edge to an unknown need."""
        unit = self._units.get(unit_id)
        known = {self._needs[need_id]: value for need_id, value in edges.items()}
        if unit is not None:
            if unit.capacity == capacity and unit.stays_under(known):
                unit.set_edges(known)
                return
            self.remove(unit_id)
        self._serial += 1
        unit = self._units[unit_id] = Unit(unit_id, self._serial, capacity)
        unit.set_edges(known)
        self._seat(unit)

    def remove(self, unit_id: UnitId) -> None:
        """Takes a unit out; its places go to whom they are worth most."""
        unit = self._units.pop(unit_id)
        freed = list(unit.held)
        unit.detach()
        for need in freed:
            del need.held[unit]
            self._fill(need)
            self.moved[unit_id] = None

    # Changing needs.

    def put_need(self, need_id: NeedId, places: Sequence[int], edges: Mapping[UnitId, int]) -> None:
        """Adds a need with the values of its places and of the units that it could hold.

        Raises ValueError where the places' values rise, KeyError where a unit is unknown.
        """
        _check(places)
        self._serial += 1
        need = self._needs[need_id] = Need(need_id, self._serial, [])
        for unit_id, value in edges.items():
            unit = self._units[unit_id]
            need.price = max(need.price, value - unit.utility)
            unit.edges[need] = value
            unit.know(need, value)
        # Nobody wants to come at this price: an optimum without a place. Then the places, one after the other.
        self.set_places(need_id, places)

    def remove_need(self, need_id: NeedId) -> None:
        """Takes a need out; its units go where they are worth most."""
        need = self._needs.pop(need_id)
        leaving = list(need.held)
        for unit in leaving:
            unit.leave(need)
        for unit in self._units.values():
            unit.edges.pop(need, None)
        for unit in leaving:
            self.moved[unit.id] = None
            self._seat(unit)

    def set_places(self, need_id: NeedId, places: Sequence[int]) -> None:
        """Gives a need other places; raises ValueError where their values rise."""
        _check(places)
        need = self._needs[need_id]
        before = need.places
        if list(places[1:]) == before and places:
            self._free_first(need, places[0])
        elif before[1:] == list(places) and before:
            self._take_first(need)
        elif before[: len(places)] == list(places[: len(before)]):
            self._lengthen(need, places)
        else:
            edges = {unit.id: unit.edges[need] for unit in self._units.values() if need in unit.edges}
            self.remove_need(need_id)
            self.put_need(need_id, places, edges)

    def fix(self, unit_id: UnitId, need_id: NeedId) -> None:
        """Takes out a unit that a need holds, together with the need's most valuable place: nobody else moves.

        A unit that can take several needs stays for the others.
        """
        need, unit = self._needs[need_id], self._units[unit_id]
        need.places.pop(0)
        unit.leave(need)
        del unit.edges[need]
        need.elsewhere.pop(unit, None)
        unit.capacity -= 1
        self.moved[unit_id] = None
        if not unit.capacity:
            unit.detach()
            del self._units[unit_id]

    # How it is done.

    def _seat(self, unit: Unit) -> None:
        """Finds needs for a unit, as many as it can take and are worth it; then it waits."""
        while len(unit.held) < unit.capacity:
            # How far each need is for it: the one where it gains most is nearest, staying out the farthest.
            gains = {
                need: value - need.price
                for need, value in unit.edges.items()
                if value > need.price and need not in unit.held
            }
            if not gains:
                unit.wait()
                return
            most = max(gains.values())
            way = way_out({need: most - gain for need, gain in gains.items()}, most)
            _raise_prices(way)
            if way.end is None:
                unit.wait()
                return
            unit.join(self._make_room(way, way.end))
            self.moved[unit.id] = None

    def _expel(self, need: Need, limit: int = NOWHERE) -> None:
        """One unit less on a need and its like, where that costs all others less than `limit`."""
        way = way_out({need: 0}, limit)
        _raise_prices(way)
        if way.end is not None:
            self._make_room(way, way.end)

    def _make_room(self, way: Way, end: Need) -> Need:
        """Moves units along a way out, its end first; returns its start, where there is room now."""
        need = end
        if way.unit is not None:
            way.unit.leave(need)
            way.unit.wait()
            self.moved[way.unit.id] = None
        while (step := way.steps.get(need)) is not None:
            unit, origin = step
            self._move(unit, origin, need)
            need = origin
        return need

    def _fill(self, need: Need) -> None:
        """Puts a place that became free to its best use."""
        way = way_in(need)
        for at, reached in way.distances.items():
            if reached < way.length:
                at.price -= way.length - reached
        assert way.end is not None
        moves, at = [], way.end
        while (step := way.steps.get(at)) is not None:
            unit, towards = step
            moves.append((unit, at, towards))
            at = towards
        for move in moves:
            self._move(*move)
        if way.unit is not None:
            way.unit.join(way.end)
            self.moved[way.unit.id] = None

    def _move(self, unit: Unit, origin: Need, towards: Need) -> None:
        unit.leave(origin)
        unit.join(towards)
        self.moved[unit.id] = None

    def _free_first(self, need: Need, value: int) -> None:
        need.places.insert(0, value)
        # Everybody moves down a place, so the next one is what was the last.
        self._fill(need)

    def _take_first(self, need: Need) -> None:
        need.places.pop(0)
        count = len(need.held)
        if count > len(need.places):
            self._expel(need)
        elif need.held and (lost := -need.price - need.places[count - 1]) > 0:
            # Everybody moves up a place, the last one to a place that may not be worth its price.
            free = need.places[count - 1 :]
            del need.places[count - 1 :]
            self._expel(need, lost)
            need.places += free

    def _lengthen(self, need: Need, places: Sequence[int]) -> None:
        """More places at the end, or fewer."""
        while len(need.places) > len(places):
            need.places.pop()
            if len(need.held) > len(need.places):
                self._expel(need)
        for value in places[len(need.places) :]:
            need.places.append(value)
            if len(need.held) == len(need.places) - 1:
                self._fill(need)


def _raise_prices(way: Way) -> None:
    for need, reached in way.distances.items():
        if reached < way.length:
            need.price += way.length - reached


def _check(places: Sequence[int]) -> None:
    if any(later > earlier for earlier, later in pairwise(places)):
        raise ValueError("a need's later places can't be worth more than its earlier ones")
