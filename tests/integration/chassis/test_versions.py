"""A form that still publishes an earlier version, when readers are at the next, beside one that publishes the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record, encode
from contracts.message import EventData
from tests.eventually import eventually
from tests.forms import START, application, form_event, identifier
from tests.integration.chassis.conftest import System, titled
from tests.kafka import Sending

FORMS = "forms.applications.v1"


class SubmittedBefore(EventData):
    """An application as forms sent it before it had anything but a title."""

    event_type: ClassVar[str] = "engage.application.submitted.v0"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID
    title: str

    def upcast(self) -> EventData:
        form: ApplicationSubmitted = application("before", application_id=self.application_id)
        return form.model_copy(update={"project": form.project.model_copy(update={"title": self.title})})


def before(title: str, *, key: str) -> Sending:
    """What a form of the earlier version sends."""
    data = SubmittedBefore(application_id=identifier(f"application {key}"), title=title)
    return Sending(FORMS, encode(form_event(data, at=START + timedelta(seconds=len(title)), name=title)))


def unknown(title: str, *, key: str) -> Sending:
    record = titled(title, key=key).record
    headers = [
        (name, b"engage.application.submitted.v9" if name == "ce_type" else value) for name, value in record.headers
    ]
    return Sending(FORMS, Record(record.key, record.value, headers))


async def test_both_versions_have_their_effects_in_order(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TOPIC_BY_NAME, FORMS, replace(TOPIC_BY_NAME[FORMS], earlier=(SubmittedBefore,)))
    await system.send(
        before("1", key="k"),
        titled("2", key="k"),
        before("3", key="k"),
        unknown("4", key="other"),
        titled("5", key="k"),
        before("1", key="k"),
    )
    async with system.running():
        await eventually(lambda: _stands(system))
    assert await system.titles() == ["1", "2", "3", "5"], "in order, and what was sent twice has one effect"
    assert await system.held() == {"dead": ["unknown-type"]}


async def _stands(system: System) -> bool:
    return len(await system.titles()) == 4 and "dead" in await system.held()
