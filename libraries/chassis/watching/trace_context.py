"""Trace contexts as W3C has them: a story is one trace, and what a service does about one of its events one span.

Ids derive from what they stand for and are drawn from nowhere: so a replay, or another replica, means the same span.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID


def trace_of_story(traceparent: str | None, correlation_id: UUID) -> str:
    """The trace that a story is: the one that its form began, else the correlation id, in 32 hexadecimal digits."""
    return correlation_id.hex if traceparent is None else traceparent[3:35]


def span_before(traceparent: str | None) -> str | None:
    """The span that a trace context names, in 16 hexadecimal digits."""
    return None if traceparent is None else traceparent[36:52]


@lru_cache(maxsize=1_024)  # what one cause leads to is published together
def span_of_event(service: str, event_id: UUID) -> str:
    """The span of what a service does about an event, in 16 hexadecimal digits."""
    return blake2b(event_id.bytes, digest_size=8, person=service.encode()[:16]).hexdigest()
