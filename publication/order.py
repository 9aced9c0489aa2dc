"""In which order services are upgraded: whoever reads what is new comes before whoever writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import Final

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from publication.versions import Version, versions

FORMS: Final = "forms"
"""They come last, in their own time, of what they write."""


@dataclass(frozen=True, slots=True)
class New:
    """A version of an event that a release brings: its name, the topics it is on, who reads it and who writes it."""

    version: str
    topics: tuple[str, ...]
    readers: tuple[str, ...]
    writers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What a release brings, and the steps in which those whom it concerns are upgraded; all others at any time.

    A step of several is done at once: each of them reads what another of them writes, so all stop before one starts.
    """

    new: tuple[New, ...]
    steps: tuple[tuple[str, ...], ...]


def upgrade_order(before: Set[str], after: Iterable[str] | None = None, topics: Iterable[Topic] = TOPICS) -> Order:
    """The order for a release that adds to the versions `before`, by their names, those of `after`.

    Without `after` those that the contracts have now. An older reader tells a type that it does not know as a dead
    letter, and overlooks a field that it does not know: neither comes about where readers are upgraded first.
    """
    topics = tuple(topics)
    wanted = None if after is None else set(after)
    found = tuple(
        _new(version, topics)
        for version in versions(topics)
        if version.written and version.name not in before and (wanted is None or version.name in wanted)
    )
    return Order(found, tuple(_steps(found)))


def _new(version: Version, topics: Sequence[Topic]) -> New:
    carried = [topic for topic in topics if version.model in topic.events]
    readers = dict.fromkeys(reader for topic in carried for reader in topic.consumers)
    writers = dict.fromkeys(writer for topic in carried for writer in topic.producers)
    return New(version.name, tuple(topic.name for topic in carried), tuple(readers), tuple(writers))


def _steps(new: Sequence[New]) -> Iterator[tuple[str, ...]]:
    waits_for = _waits_for(new)
    left = dict.fromkeys(waits_for)
    while left:
        # Of those that are left somebody waits only for those that wait for them in turn, since there are so few.
        ready = next(name for name in left if all(name in waits_for[other] for other in waits_for[name] & left.keys()))
        step = tuple(name for name in left if name == ready or name in waits_for[ready])
        yield step
        for name in step:
            del left[name]


def _waits_for(new: Sequence[New]) -> Mapping[str, Set[str]]:
    """For each that is concerned all who come before it: who reads what it writes, and who these wait for."""
    parties = dict.fromkeys(party for each in new for party in (*each.readers, *each.writers) if each.readers)
    found: dict[str, set[str]] = {party: set() for party in parties}
    for each in new:
        for reader, writer in product(each.readers, each.writers):
            if reader != writer:
                found[writer].add(reader)
    for between, late, early in product(parties, repeat=3):
        if between in found[late] and early in found[between] and early != late:
            found[late].add(early)
    return found
