"""Which batches count: not those of a transaction that was taken back, and none of the broker's own marks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from aiokafka.record.control_record import COMMIT_MARKER, ControlRecord

from libraries.chassis.servers.batch import CONTROL, TRANSACTIONAL, Batch, Header, Limits, body
from libraries.chassis.servers.batch_records import read_records


class Transactions:
    """Follows the transactions in one answer; the batches that are of one must be asked about in their order.

    `aborted` has a pair of a producer and the first offset that it wrote for each transaction that was taken back,
    as the broker tells it to who reads only what is committed; None for who reads everything.
    """

    def __init__(self, aborted: Sequence[tuple[int, int]] | None) -> None:
        self._aborted = sorted(aborted or (), key=lambda pair: pair[1], reverse=True)  # the earliest last
        self._aborting: set[int] = set()

    def leave_out(self, batch: Batch, header: Header) -> bool:
        """Whether a batch is nothing at all to a reader."""
        while self._aborted and self._aborted[-1][1] <= header.base_offset:
            self._aborting.add(self._aborted.pop()[0])
        producer = header.producer_id
        if header.attributes & CONTROL:
            if producer in self._aborting and not _is_commit(batch, header):
                self._aborting.discard(producer)
            return True
        return bool(header.attributes & TRANSACTIONAL) and producer in self._aborting


def _is_commit(batch: Batch, header: Header) -> bool:
    with suppress(Exception):
        limits = Limits()
        plain = batch.decompressed(header, limits.record_bytes) if header.codec else batch.raw
        mark = next(read_records(header, body(plain), header.base_offset, limits))
        return bool(ControlRecord.parse(mark.key) == COMMIT_MARKER)
    # Whatever stands in it, it ends a transaction that was taken back.
    return False
