"""A story of the campaign's traffic: what is sent of one thing, in its order."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.message import EventData
from tests.forms import sending
from tests.kafka import Sending

THEMES = ("youth-employment", "education", "health", "housing", "inclusion")

Story = list[Sending]
"""Records of one key, in the order in which they must be sent, and what is said of it elsewhere meanwhile."""


def now(data: EventData) -> Sending:
    """A form's event as it is said at this moment."""
    # Mail that is long overdue and meets no contact yet waits for a minute; fresh mail for a second.
    return sending(data, at=datetime.now(UTC))
