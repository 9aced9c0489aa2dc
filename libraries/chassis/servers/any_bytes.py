"""Puts our reading of batches in the place of aiokafka's, for the consumers that are marked as ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from libraries.chassis.servers.batch import FetchedBytes, Limits
from libraries.chassis.servers.records import LIMITS, PartitionRecords

_LIBRARY_PARTITION_RECORDS: Final = fetcher.PartitionRecords


def receive_any_bytes(limits: Limits = LIMITS) -> None:
    """Lets consumers give a Received for each record, in place of a ConsumerRecord: those that are marked as ours.

    aiokafka reads batches inside its poll: there, a header's name that is not UTF-8, an unknown codec or a wrong
    checksum raises for all partitions, again at each poll, and a batch is decompressed whole, whatever becomes of it.
    It has no setting for that, and its fetcher finds the two classes by their names in its module when it needs them.
    So that is where ours are put, once, before a consumer starts. Ours has `as_received` for its keys; any other
    consumer in this process gets what aiokafka has for it.
    """
    fetcher.MemoryRecords = FetchedBytes
    fetcher.PartitionRecords = partial(_partition_records, limits)


def as_received(key: bytes | None) -> bytes | None:
    """The mark of our consumers: aiokafka hands their way of reading keys to whatever reads their batches."""
    return key


def _partition_records(
    limits: Limits,
    partition: TopicPartition,
    fetched: FetchedBytes,
    aborted_transactions: Sequence[tuple[int, int]] | None,
    fetch_offset: int,
    key_deserializer: Any,
    value_deserializer: Any,
    check_crcs: bool,
    isolation_level: int,
) -> Iterator[Any]:
    if key_deserializer is as_received:
        return PartitionRecords(
            partition, fetched, aborted_transactions, fetch_offset, check_crcs, isolation_level, limits
        )
    theirs: Iterator[Any] = _LIBRARY_PARTITION_RECORDS(
        partition,
        MemoryRecords(fetched.data),
        aborted_transactions,
        fetch_offset,
        key_deserializer,
        value_deserializer,
        check_crcs,
        isolation_level,
    )
    return theirs
