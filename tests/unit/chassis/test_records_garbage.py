"""What can't be read leaves nothing behind: memory comes back at once, not when the collector looks."""

from __future__ import annotations

import gc
import random
import struct
from collections.abc import Iterator

import pytest
from aiokafka import TopicPartition

from contracts.codec import Record
from libraries.chassis.lanes.reading import read_once
from libraries.chassis.servers.batch import FetchedBytes
from libraries.chassis.servers.records import LIMITS, PartitionRecords
from services.intake.app import SERVICE
from tests.forms import START, application, sending
from tests.hostile import SPOILINGS, batches, broken_batches, spoilt

PLACE = TopicPartition("forms.applications.v1", 0)
FIRST = 27


@pytest.fixture(autouse=True, scope="module")
def frozen() -> Iterator[None]:
    # What was there before is not looked at again: each look costs a millisecond instead of hundreds.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def whole() -> Record:
    return sending(application("whole")).record


def left_behind(data: bytes) -> int:
    """How many objects the collector finds, once a batch was read and dropped."""
    gc.collect()
    gc.disable()
    try:
        fetched = FetchedBytes(struct.pack(">q", FIRST) + data[8:])
        for received in PartitionRecords(PLACE, fetched, None, FIRST, True, 1, LIMITS):
            read_once(received, SERVICE, START)
        del received, fetched
        return gc.collect()
    finally:
        gc.enable()


@pytest.mark.parametrize("kind", broken_batches(whole()))
def test_of_a_batch(kind: str) -> None:
    assert left_behind(broken_batches(whole())[kind]) == 0


@pytest.mark.parametrize("kind", SPOILINGS)
def test_of_a_record(kind: str) -> None:
    chance = random.Random(kind)
    [data] = batches([spoilt(whole(), kind, chance)], chance)
    assert left_behind(data) == 0
