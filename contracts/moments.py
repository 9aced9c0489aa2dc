"""Times, as every message takes them: aware, brought to UTC, and of years that every reader can count with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
"""Of times in UTC. Whatever is counted on from them (years of follow-ups, milliseconds in an id of 48 bits) stays
far from where Python (9999), Kafka and PostgreSQL end, so that no handler can fail at a time that was accepted."""


def in_utc(time: datetime) -> datetime:
    """The same moment in UTC.

    Raises ValueError, with what would be right, for a time without an offset or out of the years 2000 to 2099.
    """
    if time.tzinfo is not UTC:
        if time.utcoffset() is None:
            raise ValueError("a time must name its offset from UTC, such as Z")
        try:
            time = time.astimezone(UTC)
        except OverflowError:  # the first and the last day that Python knows
            raise ValueError(_YEARS) from None
    # After it was brought to UTC: the last hours of 2099 west of Greenwich are 2100 for every peer.
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(_YEARS)
    return time


_YEARS: Final = f"a time must lie between the years {FIRST_YEAR} and {LAST_YEAR} in UTC"
