"""What looks one after the other say: flow, what waits and since when, and what needs somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from libraries.chassis.operations import HeldCount
from services.console.drawing.sparks import spark
from services.console.watching.alerts import alerts_of
from services.console.watching.samples import LaneSeen, MailsSeen, Place, Sample, Samples, oldest

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
PLACE = Place("applications.v1", 3)


def look(
    second: float,
    offset: int,
    end: int | None,
    *,
    stopped: str | None = None,
    page: int | None = None,
    dead: int = 0,
    late: int = 0,
    away: tuple[str, ...] = (),
) -> Sample:
    at = START + timedelta(seconds=second)
    lane = LaneSeen("matching", PLACE, offset, stopped, 0 if page is None else 1, page)
    held = (HeldCount("dead", "json", dead, START),) if dead else ()
    ends = None if end is None else {PLACE: end}
    return Sample(at, (lane,), ends, {"intake": held}, MailsSeen(0, late, 0, 0), away)


def after(*looks: Sample) -> Samples:
    samples = Samples()
    for each in looks:
        samples.take(each)
    return samples


def test_flow_is_in_records_a_second() -> None:
    samples = after(look(0, 100, 100), look(2, 110, 110), look(3, 110, 110))
    assert samples.flow("matching") == [5.0, 0.0]
    assert samples.flow("intake") == []


def test_what_is_unread_has_waited_since_it_was_first_seen() -> None:
    samples = after(look(0, 10, 10), look(1, 10, 12), look(5, 10, 15), look(9, 10, 15))
    (waiting,) = samples.waiting()
    assert (waiting.records, waiting.seconds) == (5, 8.0)
    # The next one came later.
    samples.take(look(10, 12, 15))
    (waiting,) = samples.waiting()
    assert (waiting.records, waiting.seconds) == (3, 5.0)
    assert oldest(samples.waiting(), "matching") == waiting
    samples.take(look(11, 15, 15))
    assert samples.waiting() == []


def test_nobody_knows_what_is_unread_where_kafka_does_not_say() -> None:
    samples = after(look(0, 10, None))
    assert samples.waiting() == []
    assert [alert.seen.en for alert in alerts_of(samples)] == [
        "Kafka does not say how far its topics go: what waits to be read is not known."
    ]


def test_a_page_of_the_outbox_is_as_old_as_it_was_seen() -> None:
    samples = after(look(0, 1, 1, page=7), look(40, 1, 1, page=7))
    assert samples.unpublished_seconds("matching") == 40.0
    samples.take(look(41, 1, 1, page=8))
    assert samples.unpublished_seconds("matching") == 0.0
    samples.take(look(42, 1, 1))
    assert samples.unpublished_seconds("matching") is None


@pytest.mark.parametrize(
    ("sample", "level", "said"),
    [
        (look(0, 1, 1, stopped="too much failed"), "stop", "Stopped lane: matching, applications.v1/3."),
        (look(0, 1, 1, dead=3), "look", "Records set aside: 3."),
        (look(0, 1, 1, late=2), "look", "Mails late by more than an hour: 2."),
        (look(0, 1, 1, away=("intake",)), "stop", "The tables of intake can't be read."),
    ],
)
def test_what_needs_somebody_is_said_with_what_to_do(sample: Sample, level: str, said: str) -> None:
    (alert,) = alerts_of(after(sample))
    assert (alert.level, alert.seen.en) == (level, said)
    assert alert.remedy.en
    assert alert.remedy.fr


def test_what_is_slow_is_told_after_a_minute_and_what_stops_comes_first() -> None:
    samples = after(look(0, 10, 20, page=1), look(61, 10, 20, page=1, dead=1))
    assert [alert.level for alert in alerts_of(samples)] == ["stop", "look", "look"]


def test_all_well_says_nothing() -> None:
    assert alerts_of(after(look(0, 5, 5))) == []


def test_a_spark_of_nothing_is_empty_and_one_of_much_stays_inside() -> None:
    assert 'points=""' in spark([])
    drawn = spark([0.0, 1e9, 5.0] * 40)
    assert "nan" not in drawn
    assert "-" not in drawn.split("points=")[2].split('"')[1]
