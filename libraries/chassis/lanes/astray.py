"""Records astray: on another partition than their key's, where nothing keeps their order among its others."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.violation import ContractViolation
from libraries.chassis.lanes.lane import Lane
from libraries.chassis.records.received import Received
from libraries.chassis.servers.partitioner import partitions_of


def refuse_astray(lane: Lane, records: Sequence[Received]) -> None:
    """Refuses those of a form's records that a client with another partitioner has put here: nobody else can tell it.

    An event may lie on both partitions, and lanes are read in no order between them. So only the one on its key's
    counts, whichever is read first: else a service that is built anew might take the other one, and say it again
    under a number that no reader has seen.
    """
    if not lane.topic.is_form:
        return
    # What can't be read is refused for that. All at once, since keys of one length are hashed together.
    read = [received for received in records if received.event is not None and received.violation is None]
    partitions = partitions_of([received.key or b"" for received in read], lane.partitions)
    for received, partition in zip(read, partitions, strict=True):
        if partition != lane.name.partition:
            right = f"must be {partition}, the key's own as Kafka's client for Java has it (murmur2)"
            received.violation = ContractViolation("astray", f"the record's partition {right}", [("partition", right)])
