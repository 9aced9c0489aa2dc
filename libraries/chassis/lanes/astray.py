"""Records astray: on another partition than their key's, where their order among the others of the key is lost."""

from __future__ import annotations

from collections.abc import Sequence

from libraries.chassis.lanes.lane import Lane
from libraries.chassis.records.received import Received
from libraries.chassis.servers.partitioner import partitions_of


def astray(lane: Lane, records: Sequence[Received]) -> list[Received]:
    """Those of a form's records that a client with another partitioner has put here: nobody else can tell it.

    Our own services publish by the right one; records without a key have no order to lose.
    """
    if not lane.topic.is_form:
        return []
    # All at once, since keys of one length are hashed together.
    keyed = [received for received in records if received.key is not None]
    partitions = partitions_of([received.key or b"" for received in keyed], lane.partitions)
    return [received for received, partition in zip(keyed, partitions, strict=True) if partition != lane.name.partition]
