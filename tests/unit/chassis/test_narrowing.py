"""What fails unforeseen: tried in ever smaller parts, in order, until the one that fails stands alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from contracts.catalogue import TOPIC_BY_NAME
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.lane import Flow, Lane, Part, Reservoir
from libraries.chassis.lanes.ledger import Position
from libraries.chassis.lanes.narrowing import narrowed
from libraries.chassis.lanes.processing import HandlerFailed
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received

TOPIC = TOPIC_BY_NAME["forms.applications.v1"]


def part(partition: int, records: int) -> Part:
    flow = Flow(pause=lambda: None, resume=lambda: None, seek=lambda _: None)
    lane = Lane(LaneName(TOPIC.name, partition), TOPIC, flow, Position(0), HeldKeys(), Reservoir(1_000), 4)
    return Part(lane, [Received(TOPIC, partition, offset, 0, b"k", b"", ()) for offset in range(records)])


def carry(parts: Sequence[Part], fails: Callable[[Received], bool]) -> tuple[list[tuple[int, int]], int]:
    """Carries parts as the committer does; returns what was committed, in order, and the number of transactions."""
    waiting, committed, transactions = [parts], [], 0
    while waiting:
        tried, transactions = waiting.pop(), transactions + 1
        records = [received for piece in tried for received in piece.records]
        if any(received.violation is None and fails(received) for received in records):
            waiting += reversed(narrowed(tried, HandlerFailed("it")))
        else:
            committed += [(received.partition, received.offset) for received in records]
    return committed, transactions


def test_one_bad_record_among_many_is_found_in_few_transactions_and_order_is_kept() -> None:
    parts = [part(0, 500), part(1, 500), part(2, 500)]
    committed, transactions = carry(parts, lambda received: (received.partition, received.offset) == (1, 333))
    assert committed == [(partition, offset) for partition in range(3) for offset in range(500)]
    assert transactions < 25
    violations = [received for piece in parts for received in piece.records if received.violation is not None]
    assert [(received.partition, received.offset) for received in violations] == [(1, 333)]


def test_where_a_record_can_not_even_be_set_aside_the_error_is_nobody_elses() -> None:
    alone = part(0, 1)
    error = HandlerFailed("it")
    assert narrowed([alone], error) == [[alone]]
    (received,) = alone.records
    assert received.violation is not None
    received.end("dead", received.violation.code)
    with pytest.raises(HandlerFailed):
        narrowed([alone], error)
