"""A live optimum: guests on the places of hosts, exact after every change, with a price a host as its proof."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, KeysView, Mapping, Sequence
from itertools import pairwise
from typing import Final, Generic, TypeVar

from libraries.engine.graph import Group, Guest, Host
from libraries.engine.paths import way_out
from libraries.engine.repairs import Repairs
from libraries.engine.worth import Worth, pack

GuestId = TypeVar("GuestId", bound=Hashable)
HostId = TypeVar("HostId", bound=Hashable)
_EQUITY: Final = pack(Worth(equity=1))
_UNBOUNDED: Final = 1 << 62


class Optimum(Generic[GuestId, HostId]):
    """Which guest is held by which host, so that the sum of all values is the greatest; values are packed levels.

    A guest takes at most its capacity of hosts, each once; a host takes a guest a place, and its n-th guest adds the
    n-th of its places' values, which never rise. Hosts may stand in a group, each in one, whose hosts hold no
    more than `at_most` guests together, and `at_least` so many wherever that is possible: equity comes before all
    other levels. Every operation leaves an exact optimum, and prices that prove it: with u the least that a guest
    gains, value less price, where it is held (0 while it could take another host), no edge of it elsewhere gives
    more than u; a host's next place is worth no more than its group's price (0 without a group) less its own, its
    last one no less; what a group's next place adds is no more than minus the group's price, its last one no less.
    """

    def __init__(self) -> None:
        self._guests: dict[GuestId, Guest] = {}
        self._hosts: dict[HostId, Host] = {}
        self._groups: dict[Hashable, Group] = {}
        self._serial = 0
        self._repairs = Repairs()
        self.moved: dict[GuestId, None] = self._repairs.moved
        """Guests whose hosts may have changed since the caller last emptied it."""

    # Looking.

    @property
    def guests(self) -> KeysView[GuestId]:
        """The ids of all guests."""
        return self._guests.keys()

    @property
    def hosts(self) -> KeysView[HostId]:
        """The ids of all hosts."""
        return self._hosts.keys()

    @property
    def groups(self) -> KeysView[Hashable]:
        """The ids of all groups."""
        return self._groups.keys()

    def hosts_of(self, guest_id: GuestId) -> tuple[HostId, ...]:
        """The hosts that hold a guest; none where it is unknown."""
        guest = self._guests.get(guest_id)
        return () if guest is None else tuple([host.id for host in guest.held])

    def edges_of(self, guest_id: GuestId) -> Mapping[HostId, int]:
        """A guest's value to each host that could hold it; nothing where it is unknown."""
        guest = self._guests.get(guest_id)
        return {} if guest is None else {host.id: value for host, value in guest.edges.items()}

    def value_held(self, guest_id: GuestId, host_id: HostId) -> int:
        """A guest's value to a host that holds it; raises KeyError where it does not."""
        return self._guests[guest_id].held[self._hosts[host_id]]

    def price(self, host_id: HostId) -> int:
        """What a guest must be worth to a host, beyond what it gains elsewhere, to be held by it."""
        return self._hosts[host_id].price

    def group_price(self, group_id: Hashable) -> int:
        """What a place of a group must be worth to one of its hosts."""
        return self._groups[group_id].price

    def assignment(self) -> Iterator[tuple[GuestId, HostId]]:
        """Every guest with every host that holds it."""
        for guest in self._guests.values():
            for host in guest.held:
                yield guest.id, host.id

    def worth(self) -> int:
        """The sum of all values: of every guest where it is held, and of every place of hosts and groups that is taken.

        Beyond a million guests its fields may reach each other; differences of two such sums stay right.
        """
        guests = sum(sum(guest.held.values()) for guest in self._guests.values())
        groups = sum(_EQUITY * min(group.taken, group.at_least) for group in self._groups.values())
        return guests + groups + sum(sum(host.places[: host.taken]) for host in self._hosts.values())

    def cost_of_a_place(self, host_id: HostId) -> int | None:
        """What all others lose, at least, when one more guest from outside is put on a host.

        None where the host has no place at all.
        """
        host = self._hosts[host_id]
        way = way_out({host: 0})
        return None if way.end is None else way.length + host.price

    # Changing guests.

    def put(self, guest_id: GuestId, edges: Mapping[HostId, int], *, capacity: int = 1) -> None:
        """Adds a guest, or gives a known one other edges; raises KeyError for an edge to an unknown host."""
        guest = self._guests.get(guest_id)
        known = {self._hosts[host_id]: value for host_id, value in edges.items()}
        if guest is not None:
            if guest.capacity == capacity and guest.stays_under(known):
                guest.set_edges(known)
                return
            self.remove(guest_id)
        self._serial += 1
        # Held by nobody and not waiting yet, it is nowhere to be told of its edges.
        guest = self._guests[guest_id] = Guest(guest_id, self._serial, capacity, known)
        self._repairs.seat(guest)

    def prefer(self, guest_id: GuestId, host_id: HostId, value: int) -> None:
        """Gives a guest a greater value to a host that holds it, which moves nobody; `put` would do the same.

        Raises KeyError where the host does not hold it, ValueError where the value is less than it was.
        """
        guest, host = self._guests[guest_id], self._hosts[host_id]
        if value < guest.held[host]:
            raise ValueError("a guest that loses value where it is held may have to move: put it anew")
        guest.edges[host] = guest.held[host] = host.held[guest] = value

    def remove(self, guest_id: GuestId) -> None:
        """Takes a guest out; its places go to whom they are worth most."""
        guest = self._guests.pop(guest_id)
        freed = list(guest.held)
        guest.detach()
        for host in freed:
            del host.held[guest]
            self._repairs.fill(host)
            self.moved[guest_id] = None

    # Changing hosts.

    def put_host(
        self, host_id: HostId, places: Sequence[int], edges: Mapping[GuestId, int], *, group: Hashable | None = None
    ) -> None:
        """Adds a host with the values of its places and of the guests that it could hold.

        Raises ValueError where the places' values rise, KeyError where a guest or the group is unknown.
        """
        _check(places)
        its_group = None if group is None else self._groups[group]
        self._serial += 1
        host = self._hosts[host_id] = Host(host_id, self._serial, [], its_group)
        if its_group is not None:
            its_group.hosts.append(host)
        for guest_id, value in edges.items():
            guest = self._guests[guest_id]
            host.price = max(host.price, value - guest.utility)
            guest.edges[host] = value
            guest.know(host, value)
        # Nobody wants to come at this price: an optimum without a place. Then the places, one after the other.
        self.set_places(host_id, places)

    def remove_host(self, host_id: HostId) -> None:
        """Takes a host out; its guests go where they are worth most."""
        host = self._hosts.pop(host_id)
        leaving = list(host.held)
        for guest in leaving:
            guest.leave(host)
        if host.group is not None:
            host.group.hosts.remove(host)
            for _ in leaving:
                self._repairs.fill(host.group)
        for guest in self._guests.values():
            guest.edges.pop(host, None)
        for guest in leaving:
            self.moved[guest.id] = None
            self._repairs.seat(guest)

    def set_places(self, host_id: HostId, places: Sequence[int]) -> None:
        """Gives a host other places; raises ValueError where their values rise."""
        _check(places)
        host = self._hosts[host_id]
        before = host.places
        if list(places[1:]) == before and places:
            self._repairs.free_first(host, places[0])
        elif before[1:] == list(places) and before:
            self._repairs.take_first(host)
        elif before[: len(places)] == list(places[: len(before)]):
            self._repairs.lengthen(host, places)
        else:
            self._repairs.lengthen(host, ())
            self._repairs.lengthen(host, places)

    def fix(self, guest_id: GuestId, host_id: HostId) -> None:
        """Takes out a guest that a host holds, together with the host's most valuable place: nobody else moves.

        Its group's most valuable place goes too. A guest that can take several hosts stays for the others.
        """
        host, guest = self._hosts[host_id], self._guests[guest_id]
        host.lose_first_place()
        host.taken -= 1
        if (group := host.group) is not None:
            group.taken -= 1
            group.at_least = max(0, group.at_least - 1)
            group.at_most -= 1
        guest.leave(host)
        del guest.edges[host]
        host.elsewhere.pop(guest, None)
        guest.capacity -= 1
        self.moved[guest_id] = None
        if not guest.capacity:
            guest.detach()
            del self._guests[guest_id]

    # Changing groups.

    def put_group(self, group_id: Hashable, *, at_least: int, at_most: int | None) -> None:
        """Adds a group without hosts, or gives a known one other bounds."""
        most = _UNBOUNDED if at_most is None else at_most
        group = self._groups.get(group_id)
        if group is None:
            self._serial += 1
            group = self._groups[group_id] = Group(group_id, self._serial, _EQUITY, 0, most)
        # One place at a time; what lies beyond the first free one changes nothing.
        while group.at_least != at_least:
            group.at_least += 1 if group.at_least < at_least else -1
            self._repairs.balance(group)
        while group.at_most < most and group.at_most == group.taken:
            group.at_most += 1
            self._repairs.balance(group)
        while group.taken > most:
            group.at_most = group.taken - 1
            self._repairs.balance(group)
        group.at_most = most


def _check(places: Sequence[int]) -> None:
    if any(later > earlier for earlier, later in pairwise(places)):
        raise ValueError("a host's later places can't be worth more than its earlier ones")
