"""Proof that an assignment is optimal, checked by arithmetic that shares nothing with those who found it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

import numpy as np

from libraries.engine.instance import GuestId, HostId, Instance, Numbers
from libraries.engine.solution import Solution
from libraries.engine.worth import Worth

_NOTHING = Worth()


def violations(instance: Instance[GuestId, HostId], solution: Solution[GuestId, HostId]) -> list[str]:
    """What is wrong with an assignment, or with the prices that should prove it; empty where it is optimal.

    The conditions are those of complementary slackness, level by level: every guest is where it gains most at
    these prices, or nowhere where it would gain nothing; a host's last place is worth its price and its next one
    is not, where a group of hosts has its own price for every place; so is the group's last place, and not its next
    one. They are sufficient in any ordered group, so for levels that are compared one after the other.
    """
    pairs, prices, group_prices = list(solution.assignment), solution.prices, solution.group_prices
    held = instance.positions(pairs)
    if impossible := [
        f"{guest} can't be held by {host}" for (guest, host), at in zip(pairs, held, strict=True) if at < 0
    ]:
        return impossible
    counts: list[int] = np.bincount(instance.host[held], minlength=len(instance.hosts)).tolist()
    return [
        *_too_many(instance, held, counts),
        *_guests(instance, held, prices),
        *_hosts(instance, counts, prices, group_prices),
        *_groups(instance, counts, group_prices),
    ]


def gaining(instance: Instance[GuestId, HostId], held: Numbers, prices: Numbers) -> Numbers:
    """The pairs, by position, that are not held and whose guest would gain more there than where it is.

    `prices` has a row for each level and a column for each host.
    """
    guest, gains = instance.guest[held], _gains(instance, held, prices)
    count = np.bincount(guest, minlength=len(instance.guests))
    # Whoever could take another host gains nothing at least; else it is what it gains where it gains least.
    least = np.zeros((len(prices), len(instance.guests)), dtype=np.int64)
    order = np.lexsort((*gains[::-1], guest))
    first, at = np.unique(guest[order], return_index=True)
    is_full = count[first] >= instance.rooms[first]
    least[:, first[is_full]] = gains[:, order[at[is_full]]]
    found = []
    tied = None if (instance.rooms > 0).all() else np.flatnonzero(instance.rooms[instance.guest] > 0)
    for values, price, gained in zip(instance.levels, prices, least, strict=True):
        if not (values.any() or price.any() or gained.any()):
            continue
        among = slice(None) if tied is None else tied
        more = values[among] - price[instance.host[among]] - gained[instance.guest[among]]
        better, equal = np.flatnonzero(more > 0), np.flatnonzero(more == 0)
        found.append(better if tied is None else tied[better])
        tied = equal if tied is None else tied[equal]
    return np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *found]), held)


def _gains(instance: Instance[GuestId, HostId], pairs: Numbers, prices: Numbers) -> Numbers:
    return np.array([it[pairs] for it in instance.levels], dtype=np.int64) - prices[:, instance.host[pairs]]


def _too_many(instance: Instance[GuestId, HostId], held: Numbers, counts: list[int]) -> Iterator[str]:
    taken = np.bincount(instance.guest[held], minlength=len(instance.guests))
    for at in np.flatnonzero(taken > np.maximum(instance.rooms, 0)).tolist():
        yield f"{instance.guests[at]} is held by {taken[at]} hosts, and takes {instance.rooms[at]}"
    for host, count, places in zip(instance.hosts, counts, instance.places, strict=True):
        if count > len(places):
            yield f"{host} holds {count}, and has {len(places)} places"
    for group, bounds in instance.groups.items():
        count = _together(instance, bounds.hosts, counts)
        if bounds.at_most is not None and count > bounds.at_most:
            yield f"the hosts of {group} hold {count}, and may hold {bounds.at_most}"


def _guests(instance: Instance[GuestId, HostId], held: Numbers, prices: Mapping[HostId, Worth]) -> Iterator[str]:
    table = np.array([prices[host] for host in instance.hosts], dtype=np.int64).reshape(-1, len(Worth._fields)).T
    for at, gain in zip(held, _gains(instance, held, table).T.tolist(), strict=True):
        if Worth(*gain) < _NOTHING:
            yield f"{instance.guests[instance.guest[at]]} loses {_NOTHING.plus(Worth(*gain), -1)} where it is"
    for at in gaining(instance, held, table):
        yield f"{instance.guests[instance.guest[at]]} would gain more at {instance.hosts[instance.host[at]]}"


def _hosts(
    instance: Instance[GuestId, HostId],
    counts: list[int],
    prices: Mapping[HostId, Worth],
    group_prices: Mapping[Hashable, Worth],
) -> Iterator[str]:
    price_of_group = {host: group_prices[group] for group, bounds in instance.groups.items() for host in bounds.hosts}
    for host, count, places in zip(instance.hosts, counts, instance.places, strict=True):
        owed = price_of_group.get(host, _NOTHING)
        if count < len(places) and prices[host].plus(Worth(coverage=places[count])) > owed:
            yield f"{host} has a free place that is worth more than its price says"
        if 0 < count <= len(places) and prices[host].plus(Worth(coverage=places[count - 1])) < owed:
            yield f"the last place of {host} is worth less than its price says"


def _groups(
    instance: Instance[GuestId, HostId], counts: list[int], group_prices: Mapping[Hashable, Worth]
) -> Iterator[str]:
    for group, bounds in instance.groups.items():
        count, price = _together(instance, bounds.hosts, counts), group_prices[group]
        is_full = bounds.at_most is not None and count >= bounds.at_most
        if not is_full and price.plus(Worth(equity=count < bounds.at_least)) > _NOTHING:
            yield f"{group} has a free place that is worth more than its price says"
        if count and price.plus(Worth(equity=count <= bounds.at_least)) < _NOTHING:
            yield f"the last place of {group} is worth less than its price says"


def _together(instance: Instance[GuestId, HostId], hosts: Iterable[HostId], counts: list[int]) -> int:
    return sum(counts[instance.position_of_host[host]] for host in hosts)
