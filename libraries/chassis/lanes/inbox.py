"""The inbox: what was processed before, whoever sends it again, and however often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

from contracts.event import Event
from libraries.chassis.lanes.lane import Lane
from libraries.chassis.lanes.ledger import QUERIES
from libraries.chassis.records.received import Received
from libraries.chassis.store import Connection

_LANE: Final = -17
_NUMBER: Final = slice(-16, None)
"""Where a sequence, `<lane>:<16 hexadecimal digits>`, is divided: slices cost a third of splitting it."""


def pass_over_what_was_seen(lane: Lane, records: Sequence[Received]) -> dict[str, int]:
    """Marks the events of our own services that came before; returns the last number of each producer's lane after.

    A producer numbers what it publishes in each of its lanes, and a relay sends nothing out of that order; so one
    number a lane is all that needs to be kept, and nothing is asked of the database.
    """
    # Forms have no numbers, or none that can be trusted: their events are told apart by their ids.
    if lane.topic.is_form:
        return dict(lane.position.seen)
    seen = dict(lane.position.seen)
    for received in records:
        event = received.event
        if event is None or event.sequence is None:
            continue
        producer, number = _producer(event.source, event.sequence[:_LANE]), int(event.sequence[_NUMBER], 16)
        # Numbers leave gaps, since all topics of a producer's lane share them; they never go back.
        if number <= seen.get(producer, -1):
            received.end("duplicate")
        else:
            seen[producer] = number
    return seen


async def claim(connection: Connection, records: Sequence[Received]) -> None:
    """Keeps the identities of forms' events for ever; marks those that were there before, or twice among these.

    An identity that comes again with other content is a mistake that its sender has to hear of.
    """
    forms = [received for received in records if not _is_numbered(received)]
    if not forms:
        return
    wanted: dict[tuple[UUID, str], int] = {}
    for received in forms:
        wanted.setdefault(_identity(received), _digest(received))  # the first of a batch is the one that counts
    ids, sources = zip(*wanted, strict=True)
    rows = await connection.fetch(QUERIES["claim_inbox"], ids, sources, list(wanted.values()))
    fresh = {(row[0], row[1]) for row in rows}
    # What this batch itself claims is known by its own digest, and what was there before by the table's.
    known = wanted | await _known(connection, wanted.keys() - fresh)
    for received in forms:
        identity = _identity(received)
        if identity in fresh:
            # So that the next of the same identity in this batch is a duplicate of this one.
            fresh.remove(identity)
        elif known[identity] == _digest(received):
            received.end("duplicate")
        else:
            detail = "ce_id was used before for other content: every event needs an id of its own"
            received.end("dead", "id-used-again", detail)


async def release(connection: Connection, records: Iterable[Received]) -> None:
    """Lets go of the identities of records that are held after all, so that they are no duplicates of themselves."""
    events = [received.event for received in records if received.event is not None and not _is_numbered(received)]
    if events:
        ids, sources = [event.identity for event in events], [event.source for event in events]
        await connection.execute(QUERIES["release_inbox"], ids, sources)


async def _known(connection: Connection, identities: set[tuple[UUID, str]]) -> dict[tuple[UUID, str], int]:
    if not identities:
        return {}
    ids, sources = zip(*identities, strict=True)
    rows = await connection.fetch(QUERIES["read_inbox"], ids, sources)
    return {(row[0], row[1]): row[2] for row in rows}


def _identity(received: Received) -> tuple[UUID, str]:
    assert received.event is not None
    return received.event.identity, received.event.source


def _is_numbered(received: Received) -> bool:
    return not received.topic.is_form and received.event is not None and received.event.sequence is not None


@lru_cache(maxsize=4_096)  # producers have some dozens of lanes
def _producer(source: str, lane: str) -> str:
    return f"{source.rpartition(':')[2]} {lane}"


def _digest(received: Received) -> int:
    """Eight bytes of a digest of what an event says; not of its time, which some clients set anew at each attempt."""
    event = received.event
    assert event is not None
    content = event.payload if isinstance(event, Event) else None
    said = blake2b(event.type.encode() + b"\n" + event.subject.encode() + b"\n" + (content or b""), digest_size=8)
    return int.from_bytes(said.digest(), "big", signed=True)
