"""What was written of an obstacle: shown in the mail to who is to lift it, and kept no longer than it serves."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from contracts.event import Event
from contracts.obstacles import ObstacleDescribed
from libraries.chassis.records.published import Cause
from services.notifications.handlers.obstacles import on_description_retracted
from tests.integration.notifications.happenings import (
    START,
    contact,
    erasure_requested,
    event,
    named,
    obstacle_escalated,
    obstacle_opened,
)
from tests.integration.notifications.test_roles import plain
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

WORDS = "Camille attend\n\nl’accord de la mairie."
SHOWN = "«\N{NO-BREAK SPACE}Camille attend l’accord de la mairie.\N{NO-BREAK SPACE}»"
GONE = "n’est plus conservé"


@pytest.fixture
async def desk(office: Office) -> Office:
    """In the middle of a day on which people are written to, with the officer known."""
    office.clock.now = START + timedelta(minutes=30)
    await office.desk.handle(contact("owner", email="owner@ville.example"))
    return office


def described(comment: str = WORDS, *, hours: float = 0) -> Event[ObstacleDescribed]:
    said = ObstacleDescribed(obstacle_id=named("obstacle a"), authors=(named("lead a"),), comment=comment)
    return event(said, at=START + timedelta(hours=hours))


async def kept(office: Office) -> list[str]:
    return [
        orjson.loads(row["words"])["words"] for row in await office.desk.pool.fetch("SELECT words FROM description")
    ]


async def retract(office: Office) -> None:
    async with office.desk.unit() as unit:
        unit.because_of(Cause(named("tombstone"), START, str(named("tombstone"))))
        on_description_retracted(named("obstacle a"), unit)


async def test_who_is_to_lift_it_reads_what_was_written(desk: Office) -> None:
    await desk.desk.handle(described(), obstacle_opened("a", is_described=True))
    await desk.send()
    (mail,) = desk.server.mails
    assert SHOWN in plain(mail), "as one paragraph, so that it can't be taken for ours"
    await desk.desk.handle(obstacle_escalated("a", 2, "directorate", is_described=True))
    await desk.send()
    assert SHOWN in plain(desk.server.mails[-1])


async def test_it_is_not_kept_with_the_mail(desk: Office) -> None:
    await desk.desk.handle(described(), obstacle_opened("a", is_described=True))
    await desk.send()
    rows = await desk.desk.pool.fetch("SELECT parameters FROM follow_up")
    assert rows
    assert "Camille" not in str(rows)


async def test_a_mail_waits_for_what_was_written(desk: Office) -> None:
    await desk.desk.handle(obstacle_opened("a", is_described=True))
    await desk.send()
    assert desk.server.mails == [], "it comes on another topic, in the same moment"
    await desk.desk.handle(described())
    await desk.send()
    assert SHOWN in plain(desk.server.mails[-1])


async def test_it_waits_an_hour_and_no_longer(desk: Office) -> None:
    await desk.desk.handle(obstacle_opened("a", is_described=True))
    await desk.send()
    desk.clock.now += timedelta(hours=1, minutes=1)
    await desk.send()
    (mail,) = desk.server.mails
    assert GONE in plain(mail)


async def test_where_nothing_was_written_nothing_is_said_of_it(desk: Office) -> None:
    await desk.desk.handle(obstacle_opened("a"))
    await desk.send()
    (mail,) = desk.server.mails
    assert "écrit" not in plain(mail)


async def test_what_is_taken_back_is_gone(desk: Office) -> None:
    await desk.desk.handle(described())
    await retract(desk)
    assert await kept(desk) == []
    await desk.desk.handle(described("Autre chose."))
    assert await kept(desk) == ["Autre chose."]


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("erasure_first", [True, False])
async def test_who_wrote_it_and_is_forgotten(desk: Office, *, erasure_first: bool, in_one_batch: bool) -> None:
    events = [described(), erasure_requested("lead a")]
    batch = events[::-1] if erasure_first else events
    for each in [batch] if in_one_batch else [[said] for said in batch]:
        await desk.desk.handle(*each)
    assert await kept(desk) == []
    await desk.desk.handle(described(hours=2))
    assert await kept(desk) == [WORDS], "what they write after that is theirs to say"
