"""A form's own clock: what it dates into a day to come is refused, for it would outlive the wish to be forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contracts.catalogue import TOPIC_BY_NAME
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from contracts.sources import ANY_FORM
from libraries.chassis.edits import corrected, draft_of, is_as_it_was
from libraries.chassis.lanes.dead_letters import told_as_dead
from libraries.chassis.lanes.processing import sort_out
from libraries.chassis.lanes.reading import read_once
from libraries.chassis.records.received import Received, headers_to_bytes
from libraries.chassis.service import Service
from services.intake.app import SERVICE as INTAKE
from services.notifications.app import SERVICE as NOTIFICATIONS
from tests.forms import START, application, identifier, sending

DAY = timedelta(days=1)
FORMS = [application("a"), ErasureRequested(person_id=identifier("a"), requested_at=START)]


def read(data: EventData, service: Service, *, said_at: datetime, at: datetime = START) -> Received:
    """What a service makes of a form's record that it reads at a moment."""
    sent = sending(data, at=said_at)
    received = Received(TOPIC_BY_NAME[sent.topic], 0, 7, 1_736_499_600_000, *sent.record)
    read_once(received, service, at)
    sort_out([received])
    return received


@pytest.mark.parametrize("data", FORMS, ids=lambda data: data.event_type)
def test_what_is_said_by_a_clock_that_is_a_little_ahead_is_taken(data: EventData) -> None:
    for ahead in (-400 * DAY, timedelta(), DAY):
        assert isinstance(read(data, INTAKE, said_at=START + ahead).event, Event)


@pytest.mark.parametrize("data", FORMS, ids=lambda data: data.event_type)
def test_what_is_said_of_a_day_to_come_is_refused_and_its_form_is_told(data: EventData) -> None:
    for ahead in (DAY + timedelta(seconds=1), 26_000 * DAY):
        received = read(data, INTAKE, said_at=START + ahead)
        assert (received.event, received.outcome, received.reason) == (None, "dead", "time-ahead")
        _, refusal = told_as_dead(received, INTAKE)
        assert refusal.topic == "refusals.v1"
        assert b'"field":"ce_time"' in (refusal.payload or b"")


def test_it_is_taken_once_its_day_has_come() -> None:
    assert read(FORMS[0], INTAKE, said_at=START + 9 * DAY, at=START + 8 * DAY).reason == ""


def test_who_corrects_it_sends_it_with_the_time_of_its_record() -> None:
    received = read(FORMS[0], INTAKE, said_at=START + 9 * DAY)
    row = {
        "dead_letter_id": received.dead_letter_id("intake"),
        "topic": received.topic.name,
        "state": "dead",
        "reason": received.reason,
        "resolved_at": None,
        "requested": None,
        "value": received.value,
        "headers": headers_to_bytes(received.headers),
        "recorded_at": received.recorded_at,
    }
    draft = draft_of(row)
    named = {"event_type": draft.type, "source": draft.source}
    assert not is_as_it_was(draft, draft.data, **named), "its time is another"
    assert corrected(draft, draft.data, sources=ANY_FORM, **named).time == received.recorded_at
    assert is_as_it_was(draft_of({**row, "reason": "handler-failed"}), draft.data, **named)


def test_each_service_refuses_the_same_wish_to_be_forgotten() -> None:
    assert read(FORMS[1], NOTIFICATIONS, said_at=START + 2 * DAY).reason == "time-ahead"
