"""A whole problem solved by a live optimum, one guest after the other: slower from nothing, and shared with nobody."""

from __future__ import annotations

from itertools import groupby

from libraries.engine.instance import GuestId, HostId, Instance
from libraries.engine.optimum import Optimum
from libraries.engine.solution import Solution
from libraries.engine.worth import Worth, pack, unpack


def optimum_of(instance: Instance[GuestId, HostId]) -> Optimum[GuestId, HostId]:
    """The live optimum of an instance."""
    optimum: Optimum[GuestId, HostId] = Optimum()
    # Groups, then hosts, then guests: each names those before it.
    for group, bounds in instance.groups.items():
        optimum.put_group(group, at_least=bounds.at_least, at_most=bounds.at_most)
    group_of = {host: group for group, bounds in instance.groups.items() for host in bounds.hosts}
    for host, places in zip(instance.hosts, instance.places, strict=True):
        optimum.put_host(host, [pack(Worth(coverage=it)) for it in places], {}, group=group_of.get(host))
    columns = [column.tolist() for column in (instance.guest, instance.host, *instance.levels)]
    edges = {
        guest: {instance.hosts[host]: pack(Worth(*levels)) for _, host, *levels in pairs}
        for guest, pairs in groupby(zip(*columns, strict=True), key=lambda pair: pair[0])
    }
    for at, (guest, room) in enumerate(zip(instance.guests, instance.rooms.tolist(), strict=True)):
        if room > 0:
            optimum.put(guest, edges.get(at, {}), capacity=room)
    return optimum


def solution_of(optimum: Optimum[GuestId, HostId]) -> Solution[GuestId, HostId]:
    """What a live optimum holds, and at what prices."""
    return Solution(
        frozenset(optimum.assignment()),
        {host: unpack(optimum.price(host)) for host in optimum.hosts},
        {group: unpack(optimum.group_price(group)) for group in optimum.groups},
    )
