"""What a lane passes over: records that say nothing to this service."""

from __future__ import annotations

from libraries.chassis.lanes.astray import refuse_astray
from libraries.chassis.lanes.lane import Part
from libraries.chassis.lanes.reading import read_once
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.watching import telling


def begun_with(around: Surroundings, part: Part) -> Part:
    """A part from the first record that concerns this service on; what comes before it is passed over.

    A topic carries events that only other services handle, often many in a row: they need no transaction.
    """
    records, at = part.records, around.programme_clock()
    for received in records:
        read_once(received, around.service, at)
    refuse_astray(part.lane, records)
    for place, received in enumerate(records):
        if received.event is not None or received.violation is not None:
            telling.count(part.lane.name.topic, records[:place])
            return Part(part.lane, records[place:])
        received.end("skipped")
        # In memory only: the next transaction of the lane writes it, and a crash before that skips them once more.
        part.lane.passed_to = received.following
    telling.count(part.lane.name.topic, records)
    return Part(part.lane, ())
