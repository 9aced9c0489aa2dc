"""A live optimum: units on the places of needs, exact after every change, with a price a need as its proof."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, KeysView, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Final, Generic, TypeVar

from libraries.engine.graph import Group, Need, Node, Unit
from libraries.engine.levels import Levels, pack
from libraries.engine.paths import Way, way_in, way_out

UnitId = TypeVar("UnitId", bound=Hashable)
NeedId = TypeVar("NeedId", bound=Hashable)
_serial = attrgetter("serial")
_EQUITY: Final = pack(Levels(equity=1))
_UNBOUNDED: Final = 1 << 62


class Optimum(Generic[UnitId, NeedId]):
    """Which unit is held by which need, so that the sum of all values is the greatest; values are packed levels.

    A unit takes at most its capacity of needs, each once; a need takes a unit a place, and its n-th unit adds the
    n-th of its places' values, which never rise. Needs may stand in a group, each in one, whose needs hold no
    more than `at_most` units together, and `at_least` so many wherever that is possible: equity comes before all
    other levels. Every operation leaves an exact optimum, and prices that prove it: with u the least that a unit
    gains, value less price, where it is held (0 while it could take another need), no edge of it elsewhere gives
    more than u; a need's next place is worth no more than its group's price (0 without a group) less its own, its
    last one no less; what a group's next place adds is no more than minus the group's price, its last one no less.
    """

    def __init__(self) -> None:
        self._units: dict[UnitId, Unit] = {}
        self._needs: dict[NeedId, Need] = {}
        self._groups: dict[Hashable, Group] = {}
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

    @property
    def groups(self) -> KeysView[Hashable]:
        """The ids of all groups."""
        return self._groups.keys()

    def needs_of(self, unit_id: UnitId) -> tuple[NeedId, ...]:
        """The needs that hold a unit; none where it is unknown."""
        unit = self._units.get(unit_id)
        return () if unit is None else tuple([need.id for need in unit.held])

    def edges_of(self, unit_id: UnitId) -> Mapping[NeedId, int]:
        """A unit's value to each need that could hold it; nothing where it is unknown."""
        unit = self._units.get(unit_id)
        return {} if unit is None else {need.id: value for need, value in unit.edges.items()}

    def value_held(self, unit_id: UnitId, need_id: NeedId) -> int:
        """A unit's value to a need that holds it; raises KeyError where it does not."""
        return self._units[unit_id].held[self._needs[need_id]]

    def price(self, need_id: NeedId) -> int:
        """What a unit must be worth to a need, beyond what it gains elsewhere, to be held by it."""
        return self._needs[need_id].price

    def group_price(self, group_id: Hashable) -> int:
        """What a place of a group must be worth to one of its needs."""
        return self._groups[group_id].price

    def assignment(self) -> Iterator[tuple[UnitId, NeedId]]:
        """Every unit with every need that holds it."""
        for unit in self._units.values():
            for need in unit.held:
                yield unit.id, need.id

    def worth(self) -> int:
        """The sum of all values: of every unit where it is held, and of every place of needs and groups that is taken.

        Beyond a million units its fields may reach each other; differences of two such sums stay right.
        """
        units = sum(sum(unit.held.values()) for unit in self._units.values())
        groups = sum(_EQUITY * min(group.taken, group.at_least) for group in self._groups.values())
        return units + groups + sum(sum(need.places[: need.taken]) for need in self._needs.values())

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
        # Held by nobody and not waiting yet, it is nowhere to be told of its edges.
        unit = self._units[unit_id] = Unit(unit_id, self._serial, capacity, known)
        self._seat(unit)

    def prefer(self, unit_id: UnitId, need_id: NeedId, value: int) -> None:
        """Gives a unit a greater value to a need that holds it, which moves nobody; `put` would do the same.

        Raises KeyError where the need does not hold it, ValueError where the value is less than it was.
        """
        unit, need = self._units[unit_id], self._needs[need_id]
        if value < unit.held[need]:
            raise ValueError("a unit that loses value where it is held may have to move: put it anew")
        unit.edges[need] = unit.held[need] = need.held[unit] = value

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

    def put_need(
        self, need_id: NeedId, places: Sequence[int], edges: Mapping[UnitId, int], *, group: Hashable | None = None
    ) -> None:
        """Adds a need with the values of its places and of the units that it could hold.

        Raises ValueError where the places' values rise, KeyError where a unit or the group is unknown.
        """
        _check(places)
        its_group = None if group is None else self._groups[group]
        self._serial += 1
        need = self._needs[need_id] = Need(need_id, self._serial, [], its_group)
        if its_group is not None:
            its_group.needs.append(need)
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
        if need.group is not None:
            need.group.needs.remove(need)
            for _ in leaving:
                self._fill(need.group)
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
            self._lengthen(need, ())
            self._lengthen(need, places)

    def fix(self, unit_id: UnitId, need_id: NeedId) -> None:
        """Takes out a unit that a need holds, together with the need's most valuable place: nobody else moves.

        Its group's most valuable place goes too. A unit that can take several needs stays for the others.
        """
        need, unit = self._needs[need_id], self._units[unit_id]
        need.lose_first_place()
        need.taken -= 1
        if (group := need.group) is not None:
            group.taken -= 1
            group.at_least = max(0, group.at_least - 1)
            group.at_most -= 1
        unit.leave(need)
        del unit.edges[need]
        need.elsewhere.pop(unit, None)
        unit.capacity -= 1
        self.moved[unit_id] = None
        if not unit.capacity:
            unit.detach()
            del self._units[unit_id]

    # Changing groups.

    def put_group(self, group_id: Hashable, *, at_least: int, at_most: int | None) -> None:
        """Adds a group without needs, or gives a known one other bounds."""
        most = _UNBOUNDED if at_most is None else at_most
        group = self._groups.get(group_id)
        if group is None:
            self._serial += 1
            group = self._groups[group_id] = Group(group_id, self._serial, _EQUITY, 0, most)
        # One place at a time; what lies beyond the first free one changes nothing.
        while group.at_least != at_least:
            group.at_least += 1 if group.at_least < at_least else -1
            self._balance(group)
        while group.at_most < most and group.at_most == group.taken:
            group.at_most += 1
            self._balance(group)
        while group.taken > most:
            group.at_most = group.taken - 1
            self._balance(group)
        group.at_most = most

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
            if self._sit_down(unit, gains, most):
                continue
            way = way_out({need: most - gain for need, gain in gains.items()}, most)
            _raise_prices(way)
            if way.end is None:
                unit.wait()
                return
            start = self._make_room(way, way.end)
            assert isinstance(start, Need)
            unit.join(start)
            self.moved[unit.id] = None

    def _sit_down(self, unit: Unit, gains: Mapping[Need, int], most: int) -> bool:
        """Puts a unit where it gains most, if a place is free there that costs nobody anything.

        That is the way without a step, of length 0, that `way_out` finds first: found here, it costs a third.
        """
        tied = [need for need, gain in gains.items() if gain == most]
        nearest = tied[0] if len(tied) == 1 else min(tied, key=_serial)
        if nearest.group is not None or nearest.taken == len(nearest.places):
            return False
        if nearest.price + nearest.places[nearest.taken] != 0:
            return False
        nearest.taken += 1
        unit.join(nearest)
        self.moved[unit.id] = None
        return True

    def _expel(self, node: Node) -> None:
        """One unit less on a node that has one more than places taken, or on another."""
        way = way_out({node: 0})
        _raise_prices(way)
        assert way.end is not None
        self._make_room(way, way.end)

    def _make_room(self, way: Way, end: Node) -> Node:
        """Moves units along a way out, its end first; returns its start, where there is room now."""
        node = end
        if way.unit is None:
            end.taken += 1
        else:
            assert isinstance(node, Need)
            way.unit.leave(node)
            way.unit.wait()
            self.moved[way.unit.id] = None
        while (step := way.steps.get(node)) is not None:
            unit, origin = step
            if unit is not None:
                self._move(unit, origin, node)
            elif isinstance(origin, Need):
                origin.taken += 1
            else:
                node.taken -= 1
            node = origin
        return node

    def _fill(self, node: Node) -> None:
        """Puts a place that became free to its best use."""
        way = way_in(node)
        for at, reached in way.distances.items():
            if reached < way.length:
                at.price -= way.length - reached
        assert way.end is not None
        moves, at = [], way.end
        while (step := way.steps.get(at)) is not None:
            unit, towards = step
            moves.append((unit, at, towards))
            at = towards
        for unit, origin, towards in moves:
            if unit is not None:
                self._move(unit, origin, towards)
            elif isinstance(towards, Need):
                towards.taken -= 1
            else:
                origin.taken += 1
        if way.unit is None:
            way.end.taken -= 1
        else:
            assert isinstance(way.end, Need)
            way.unit.join(way.end)
            self.moved[way.unit.id] = None

    def _move(self, unit: Unit, origin: Node, towards: Node) -> None:
        assert isinstance(origin, Need)
        assert isinstance(towards, Need)
        unit.leave(origin)
        unit.join(towards)
        self.moved[unit.id] = None

    def _free_first(self, need: Need, value: int) -> None:
        need.places.insert(0, value)
        # Everybody moves down a place, so the next one is what was the last.
        self._open(need)

    def _take_first(self, need: Need) -> None:
        need.lose_first_place()
        # Everybody moves up a place, the last one to a place that may not be worth its price.
        if need.taken > len(need.places) or (need.taken and need.price + need.places[need.taken - 1] < need.due):
            self._shut(need)

    def _lengthen(self, need: Need, places: Sequence[int]) -> None:
        """More places at the end, or fewer."""
        while len(need.places) > len(places):
            need.places.pop()
            if need.taken > len(need.places):
                self._shut(need)
        for value in places[len(need.places) :]:
            need.places.append(value)
            if need.taken == len(need.places) - 1:
                self._open(need)

    def _open(self, need: Need) -> None:
        """Takes a need's next place, which is new, where it is worth its price."""
        if need.price + need.places[need.taken] <= need.due:
            return
        if (group := need.group) is not None and not group.at_most:
            # A group that may hold nobody has room for no price either.
            group.price = need.price + need.places[need.taken]
            return
        need.taken += 1
        if group is not None:
            self._expel(group)
        self._fill(need)

    def _shut(self, need: Need) -> None:
        """Gives a need's last place up."""
        need.taken -= 1
        self._expel(need)
        if need.group is not None:
            self._fill(need.group)

    def _balance(self, group: Group) -> None:
        """Takes a group's next place where it is worth the price by now, or gives up its last one where it is not."""
        following = group.place(group.taken)
        last = group.place(group.taken - 1)
        if following is not None and group.price + following > 0:
            group.taken += 1
            self._fill(group)
        elif group.taken and (last is None or group.price + last < 0):
            group.taken -= 1
            self._expel(group)


def _raise_prices(way: Way) -> None:
    for need, reached in way.distances.items():
        if reached < way.length:
            need.price += way.length - reached


def _check(places: Sequence[int]) -> None:
    if any(later > earlier for earlier, later in pairwise(places)):
        raise ValueError("a need's later places can't be worth more than its earlier ones")
