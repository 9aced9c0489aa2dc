"""When a form was sent, by its own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from libraries.typed.slip import Slip

_AHEAD: Final = timedelta(days=1)
"""How far a clock may be ahead: a wrong time zone is told from a wrong year."""


def check_time(said_at: datetime, sent_at: datetime) -> datetime:
    """When a form says that it was filled in; raises Slip where that lies more than a day after it was sent."""
    if said_at > sent_at + _AHEAD:
        raise Slip("time-ahead")
    return said_at
