"""What a restored database remembers: by the numbers of events, and by time where they have none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.catalogue import TOPIC_BY_NAME
from deploy.restores.memory import Memory
from libraries.chassis.lanes.processing import number_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MEMORY = Memory(
    {
        "intake": {LaneName("forms.applications.v1", 2): 40},
        "matching": {LaneName("writer", 0): 900},
        "notifications": {LaneName("duty.mail", 1): 70},
    },
    MOMENT,
)


def told(service: str, sequence: str | None, *, at: datetime = MOMENT, offset: int = 0) -> Received:
    headers = [("ce_source", f"urn:engage:{service}".encode())]
    headers += [] if sequence is None else [("ce_sequence", sequence.encode())]
    topic = TOPIC_BY_NAME["applications.v1"]
    return Received(topic, 0, offset, int(at.timestamp() * 1000), b"key", b"{}", headers)


def numbered(lane: str, offset: int, place: int = 1) -> str:
    return f"{lane}:{number_of(offset) + place:016x}"


@pytest.mark.parametrize(
    ("service", "lane", "offset", "is_remembered"),
    [
        ("intake", "forms.applications.v1/2", 39, True),
        ("intake", "forms.applications.v1/2", 40, False),  # the record at its position has caused nothing yet
        ("intake", "forms.applications.v1/3", 0, False),  # a lane that was not there at the moment
        ("matching", "writer/0", 900, True),  # its last unit of work
        ("matching", "writer/0", 901, False),
        ("notifications", "duty.mail/1", 70, True),
        ("notifications", "duty.mail/1", 71, False),
    ],
)
def test_a_number_says_whether_its_transaction_is_there(
    service: str, lane: str, offset: int, is_remembered: bool
) -> None:
    # Its time is none of what decides: another clock gave it.
    for at in (MOMENT - timedelta(days=1), MOMENT + timedelta(days=1)):
        assert MEMORY.has(told(service, numbered(lane, offset), at=at)) is is_remembered


def test_what_has_no_number_is_told_by_its_time() -> None:
    assert MEMORY.has(told("intake", None, at=MOMENT))
    assert not MEMORY.has(told("intake", None, at=MOMENT + timedelta(milliseconds=1)))
