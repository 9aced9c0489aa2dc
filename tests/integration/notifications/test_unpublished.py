"""What a lead does not want published: shown in the mails of who has to act on it, and kept nowhere with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.event import Event
from contracts.unpublished import UNPUBLISHED, ApplicationDescribed
from libraries.chassis.records.published import Cause
from services.notifications.handlers.applications import on_texts_retracted
from services.notifications.kinds import KINDS
from services.notifications.sending.forgetting import Purge
from tests.integration.notifications.conftest import Lane
from tests.integration.notifications.happenings import (
    START,
    amended,
    contact,
    correction_requested,
    erasure_requested,
    event,
    named,
    proposed,
    withdrawn,
)
from tests.integration.notifications.test_roles import plain
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

TITLE, NAME, SUMMARY = "Le jardin de Camille", "Camille Exemple SASU", "Camille plante\n\ndes tomates."


@pytest.fixture
async def desk(office: Office) -> Office:
    """In the middle of a day on which people are written to, with officer and lead known."""
    office.clock.now = START + timedelta(minutes=30)
    await office.desk.handle(contact("owner", email="owner@ville.example"), contact("lead a"))
    return office


def described(title: str = TITLE, *, hours: float = 0) -> Event[ApplicationDescribed]:
    said = ApplicationDescribed(
        application_id=named("application a"),
        lead_id=named("lead a"),
        organisation_name=NAME,
        project_title=title,
        summary=SUMMARY,
    )
    return event(said, at=START + timedelta(hours=hours))


def withheld(said: Event[Any]) -> Event[Any]:
    """What another service says of an application whose texts are not published."""
    changes: dict[str, Any] = {"project_title": UNPUBLISHED, "organisation_name": UNPUBLISHED}
    if (organisation := getattr(said.data, "organisation", None)) is not None:
        changes = {"project_title": UNPUBLISHED, "organisation": organisation.model_copy(update={"name": UNPUBLISHED})}
    return said._replace(data=said.data.model_copy(update=changes))


async def retract(office: Office) -> None:
    async with office.desk.unit() as unit:
        unit.because_of(Cause(named("tombstone"), START, str(named("tombstone"))))
        on_texts_retracted(named("application a"), unit)


async def kept(office: Office) -> int:
    return int(await office.desk.pool.fetchval("SELECT count(*) FROM description"))


async def test_whoever_decides_reads_what_nobody_else_does(desk: Office) -> None:
    await desk.desk.handle(described(), withheld(proposed("a")))
    await desk.send()
    (mail,) = desk.server.mails
    shown = plain(mail)
    assert TITLE in shown
    assert NAME in shown
    assert "«\N{NO-BREAK SPACE}Camille plante des tomates.\N{NO-BREAK SPACE}»" in shown
    assert "ne souhaite pas que ce soit publié" in shown
    assert UNPUBLISHED not in shown
    assert "Camille" not in str(await desk.desk.pool.fetch("SELECT parameters FROM follow_up")), "not kept with it"


async def test_a_lead_reads_their_own_title(desk: Office) -> None:
    await desk.desk.handle(described(), withheld(correction_requested("a")))
    await desk.send()
    assert TITLE in f"{desk.server.mails[0]['subject']} {plain(desk.server.mails[0])}"


async def test_a_mail_waits_for_the_texts_and_is_sent_without_them_after_an_hour(desk: Office) -> None:
    await desk.desk.handle(withheld(proposed("a")))
    await desk.send()
    assert desk.server.mails == [], "they come on another topic, in the same moment"
    desk.clock.now += timedelta(hours=1, minutes=1)
    await desk.send()
    shown = plain(desk.server.mails[0])
    assert "(titre non publié)" in shown
    assert "(nom non publié)" in shown


async def test_a_mail_that_waits_is_sent_once_the_texts_come(desk: Office) -> None:
    await desk.desk.handle(withheld(proposed("a")))
    await desk.send()
    await desk.desk.handle(described())
    await desk.send()
    assert TITLE in plain(desk.server.mails[-1])


async def test_where_the_texts_are_public_nothing_is_said_of_them(desk: Office) -> None:
    await desk.desk.handle(proposed("a"))
    await desk.send()
    (mail,) = desk.server.mails
    assert "Projet a" in plain(mail)
    assert "publié" not in plain(mail)


async def test_what_may_be_published_since_is_taken_from_what_is_planned(desk: Office) -> None:
    await desk.desk.handle(described(), withheld(correction_requested("a")))
    await retract(desk)
    await desk.desk.handle(amended("a", 2))
    await desk.send()
    assert all(TITLE not in plain(mail) for mail in desk.server.mails)


async def test_words_end_some_days_after_their_application_and_mail_about_that_still_has_them(desk: Office) -> None:
    await desk.desk.handle(described())
    await retract(desk)
    await desk.desk.handle(withheld(withdrawn("a")))
    await desk.send()
    assert TITLE in plain(desk.server.mails[-1]), "a lead reads what they have withdrawn"
    purge, lane = Purge(desk.clock), Lane(desk.desk, 0)
    desk.clock.now = START + KINDS.words - timedelta(hours=2)
    await purge.perform(lane)
    assert await kept(desk) == 1
    desk.clock.now = START + KINDS.words
    await purge.perform(lane)
    assert await kept(desk) == 0


async def test_words_that_come_again_are_kept_on(desk: Office) -> None:
    await desk.desk.handle(described())
    await retract(desk)
    await desk.desk.handle(described("Le jardin d'autrui", hours=1))
    desk.clock.now = START + KINDS.words + timedelta(days=1)
    await Purge(desk.clock).perform(Lane(desk.desk, 0))
    assert await kept(desk) == 1


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("erasure_first", [True, False])
async def test_who_wrote_them_and_is_forgotten(desk: Office, *, erasure_first: bool, in_one_batch: bool) -> None:
    events = [described(), erasure_requested("lead a")]
    batch = events[::-1] if erasure_first else events
    for each in [batch] if in_one_batch else [[said] for said in batch]:
        await desk.desk.handle(*each)
    assert await kept(desk) == 0
    await desk.desk.handle(described(hours=2))
    assert await kept(desk) == 1, "what they write after that is theirs to say"
