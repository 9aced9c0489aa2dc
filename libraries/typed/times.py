"""When a form was filled in, by its own clock."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Final

from contracts.message import EventData
from contracts.moments import MOST_AHEAD
from libraries.typed.slip import Reading, Slip

_TIMES: Final = ("submitted_at", "corrected_at", "declared_at", "revised_at", "enrolled_at")
"""Where a form says when it was filled in."""


def check_times(form: EventData, sent_at: datetime, reading: Reading) -> None:
    """Asks back each time of a form that lies more than a day after it was sent."""
    for field in _times_of(type(form)):
        if (said_at := getattr(form, field)) is not None:
            reading.read(field, _check, said_at, sent_at)


@cache  # to look for a field that a model lacks takes longer than all else here
def _times_of(form: type[EventData]) -> tuple[str, ...]:
    return tuple(field for field in _TIMES if field in form.model_fields)


def _check(said_at: datetime, sent_at: datetime) -> None:
    if said_at > sent_at + MOST_AHEAD:
        raise Slip("time-ahead")
