"""A publication: what one transaction publishes, numbered, by the lane whose pages hold it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from libraries.chassis.outbox.pages import Numbered, Page, pages_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import OutboxRow


class Publication:
    """Collects events; where there is a `writer`, its name and number, all are of its lane and in its sequence."""

    def __init__(self, writer: tuple[LaneName, int] | None = None) -> None:
        self._writer = writer
        self._events: dict[LaneName, list[Numbered]] = {}
        self._last: dict[LaneName, int] = {}

    def add(self, lane: LaneName, rows: Sequence[OutboxRow], *, number: int | None) -> None:
        """Adds events that follow `number` in a lane's sequence; None for none: then readers keep their ids."""
        if not rows:
            return
        # A single writer publishes in one sequence whatever its events came from: readers need one number of it.
        if self._writer is not None:
            lane, number = self._writer
        events = self._events.setdefault(lane, [])
        if number is None:
            events.extend(Numbered(None, row) for row in rows)
            return
        # Records of one lane may be added with numbers that others' events have run past: it never goes back.
        last = max(self._last.get(lane, 0), number)
        self._last[lane] = last + len(rows)
        events.extend(
            Numbered(f"{lane}:{at:016x}" if row.numbered else None, row) for at, row in enumerate(rows, last + 1)
        )

    def pages(self, revisions: Mapping[LaneName, int]) -> Iterator[Page]:
        """The pages of all lanes, each under the revision that this transaction gives its lane."""
        for lane, events in self._events.items():
            yield from pages_of(lane, revisions[lane], events)

    def by_lane(self) -> Iterator[tuple[LaneName, Sequence[Numbered]]]:
        """Each lane with what was published for it."""
        yield from self._events.items()
