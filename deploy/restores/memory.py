"""What a restored database remembers of what its services published: told by the numbers of events.

The number of an event comes from the offset of the record that caused it, or from the count of a lane of the service's
own, and both stand in the service's ledger: what is beyond was published by transactions that the database has lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.catalogue import TOPIC_BY_NAME
from libraries.chassis.lanes.processing import number_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received

_SOURCE: Final = b"urn:engage:"


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the lanes of each service stand in the restored database, and the moment that it was restored to."""

    positions: Mapping[str, Mapping[LaneName, int]]
    restored_to: datetime

    def has(self, record: Received) -> bool:
        """Whether what published a record is in the database.

        What has no number is told by its time: Kafka's record is later than the transaction that it comes from.
        """
        headers = dict(record.headers)
        sequence, source = headers.get("ce_sequence"), headers.get("ce_source") or b""
        if sequence is None:
            return record.recorded_at <= self.restored_to
        lane, number = _read(sequence)
        position = self.positions[source.removeprefix(_SOURCE).decode()].get(lane)
        if position is None:
            return False
        # A partition's next record has caused nothing yet; a lane of a service's own counts its last unit of work.
        return number < number_of(position if lane.topic in TOPIC_BY_NAME else position + 1)

    def first_forgotten(self, records: Iterable[Received]) -> int | None:
        """The offset of the first of a partition's records that the database has forgotten; None for none."""
        return next((record.offset for record in records if not self.has(record)), None)


def _read(sequence: bytes) -> tuple[LaneName, int]:
    lane, _, number = sequence.decode().rpartition(":")
    topic, _, partition = lane.rpartition("/")
    return LaneName(topic, int(partition)), int(number, 16)
