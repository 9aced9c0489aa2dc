"""How far lanes are behind, in records and in seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contracts.catalogue import TOPIC_BY_NAME
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.lane import Flow, Lane, Reservoir
from libraries.chassis.lanes.ledger import Position
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.running.backlog import Backlog

NAME = LaneName("forms.applications.v1", 0)
NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
FLOW = Flow(pause=lambda: None, resume=lambda: None, seek=lambda _: None)


def lane(next_offset: int) -> Lane:
    topic = TOPIC_BY_NAME[NAME.topic]
    return Lane(NAME, topic, FLOW, Position(next_offset), HeldKeys(), Reservoir(most=100), partitions=4)


def record(offset: int, at: datetime) -> Received:
    return Received(TOPIC_BY_NAME[NAME.topic], 0, offset, int(at.timestamp() * 1000), b"key", b"{}", ())


def test_nothing_waits_where_the_log_ends_at_the_lane() -> None:
    assert Backlog().look([lane(7)], {NAME: 7}, NOW) == [(NAME, 0, 0.0)]


def test_the_oldest_record_says_since_when() -> None:
    behind = lane(7)
    behind.offer([record(7, NOW - timedelta(seconds=90)), record(8, NOW)])
    assert Backlog().look([behind], {NAME: 12}, NOW) == [(NAME, 5, 90.0)]


def test_what_is_at_hand_counts_where_kafka_says_nothing() -> None:
    behind = lane(7)
    behind.offer([record(7, NOW - timedelta(seconds=9)), record(8, NOW)])
    assert Backlog().look([behind], {}, NOW) == [(NAME, 2, 9.0)]


def test_a_lane_that_reads_nothing_grows_older_from_when_it_was_seen() -> None:
    backlog, stopped = Backlog(), lane(7)
    assert backlog.look([stopped], {NAME: 9}, NOW) == [(NAME, 2, 0.0)]
    assert backlog.look([stopped], {NAME: 10}, NOW + timedelta(minutes=5)) == [(NAME, 3, 300.0)]


def test_a_lane_that_moves_is_as_old_as_what_comes_next() -> None:
    backlog = Backlog()
    backlog.look([lane(7)], {NAME: 9}, NOW)
    assert backlog.look([lane(8)], {NAME: 9}, NOW + timedelta(minutes=5)) == [(NAME, 1, 0.0)]


def test_a_lane_that_was_away_begins_anew() -> None:
    backlog, stopped = Backlog(), lane(7)
    backlog.look([stopped], {NAME: 9}, NOW)
    backlog.look([], {}, NOW)
    assert backlog.look([stopped], {NAME: 9}, NOW + timedelta(minutes=5)) == [(NAME, 2, 0.0)]


def test_a_record_from_the_future_is_no_debt() -> None:
    behind = lane(7)
    behind.offer([record(7, NOW + timedelta(hours=1))])
    assert Backlog().look([behind], {NAME: 8}, NOW) == [(NAME, 1, 0.0)]
