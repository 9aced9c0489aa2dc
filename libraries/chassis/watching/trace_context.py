"""Trace contexts as W3C has them: a story is one trace, and what a service does about one of its events one span.

Ids derive from what they stand for and are drawn from nowhere: so a replay, or another replica, means the same span.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from contracts.event import Event, Tombstone, canonical_uuid
from contracts.message import EventData

_SAMPLED: Final = 1


class Place(NamedTuple):
    """A span's place: its trace and itself, in 32 and 16 hexadecimal digits, and whether anybody wants to see it."""

    trace_id: str
    span_id: str
    is_sampled: bool = True

    @property
    def traceparent(self) -> str:
        """It as a header has it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.is_sampled:02x}"


def place_in(traceparent: str) -> Place:
    """The place that a header names, which is right: contracts drop any other."""
    _, trace_id, span_id, flags = traceparent.split("-")
    return Place(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))


def trace_of_story(traceparent: str | None, correlation_id: str) -> str:
    """The trace that a story is: the one in which its form was sent, else the correlation id, where that is a UUID."""
    return _trace_id(correlation_id) if traceparent is None else place_in(traceparent).trace_id


def place_of(service: str, event_id: str, *, traceparent: str | None, correlation_id: str) -> Place:
    """The span of what a service does about an event of a story."""
    is_sampled = traceparent is None or place_in(traceparent).is_sampled
    return Place(trace_of_story(traceparent, correlation_id), _span_id(service, event_id), is_sampled)


def span_before(event: Event[EventData] | Tombstone) -> str | None:
    """The span that an event came from: its publisher's, where that is of the same trace, else the story's first."""
    if event.traceparent is None:
        return None
    story, hop = place_in(event.traceparent), place_in(event.hop or event.traceparent)
    return hop.span_id if hop.trace_id == story.trace_id else story.span_id


@lru_cache(maxsize=1_024)  # what one cause leads to is published together
def _span_id(service: str, event_id: str) -> str:
    return blake2b(event_id.encode(), digest_size=8, person=service.encode()[:16]).hexdigest()


@lru_cache(maxsize=1_024)
def _trace_id(correlation_id: str) -> str:
    try:
        return canonical_uuid(correlation_id).hex
    except ValueError:  # any text may be an id
        return blake2b(correlation_id.encode(), digest_size=16).hexdigest()
