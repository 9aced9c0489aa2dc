"""A person applies, corrects, waits and is mailed, asks to be forgotten, and an operator proves that they are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from contracts.catalogue import PROGRAMME
from contracts.message import EventData
from deploy.local.stack import Stack
from tests.command_line import Outcome
from tests.end_to_end.operator import engage
from tests.eventually import eventually
from tests.forms import application, mentor, need, sending
from tests.kafka import read_all, send

FORM = application("Camille Canari")
LEAD = FORM.lead
VALUES = ("--value", str(LEAD.name), "--value", str(LEAD.email))
HOLDERS = {"intake.application_version.payload", "notifications.contact.name", "notifications.contact.email"}
KEPT_BY_TIME = {*(f"forms.{name}.v1" for name in ("applications", "erasures")), "contacts.v1"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as started:
        yield started


async def test_who_asks_is_forgotten_within_seconds_and_it_can_be_proven(stack: Stack) -> None:
    await _live_through(stack)

    async def relayed() -> dict[str, Any]:
        # What was published a moment ago may lie in the outbox still.
        found = await _shown(stack)
        return found if _holders(found) <= HOLDERS else {}

    before = await eventually(relayed, within=60)
    assert _holders(before) == HOLDERS
    assert before["requested_at"] is None

    asked = await _engage(stack, "erasure", "request", str(LEAD.person_id), "--by", "desk", "--why", "letter 12")
    assert asked.returncode == 0, asked.stderr
    told = json.loads(asked.stdout)
    assert (told["source"], told["by"], told["why"]) == ("urn:form:operators", "desk", "letter 12")

    async def confirmed() -> dict[str, Any]:
        found = await _shown(stack)
        return found if found["erased_at"] is not None else {}

    after = await eventually(confirmed, within=60)
    assert [it["service"] for it in after["confirmed"]] == list(PROGRAMME)
    assert _holders(after) == set()
    left = {it["where"]: it for it in after["left"] if it["is_value"]}
    assert left.keys() <= KEPT_BY_TIME, "only what ends by itself"
    assert all(it["gone_by"] for it in left.values())
    assert any(it["where"] == "intake.application" for it in after["left"]), "the bare fact stays, by its id"
    assert all(it["en"] and it["fr"] for it in after["left"])


async def test_the_outcome_is_told_to_people_and_names_nobody(stack: Stack) -> None:
    shown = await _engage(stack, "erasure", "show", str(LEAD.person_id), *VALUES)
    assert shown.returncode == 1, "forms still have it"
    assert "all services confirmed" in shown.stdout
    assert "forms.applications.v1 (value)" in shown.stdout
    assert "Camille" not in shown.stdout + shown.stderr
    unknown = await _engage(stack, "erasure", "show", str(LEAD.person_id), "--value", "Nobody Of That Name")
    assert unknown.returncode == 0
    refused = await _engage(stack, "erasure", "show", str(LEAD.person_id), "--value", "Al")
    assert refused.returncode == 2
    assert "4 characters" in refused.stderr


async def _live_through(stack: Stack) -> None:
    """The lead sends a form and a correction, and one of a form that never comes; and is written to."""
    await _send(stack, need("youth-employment", capacity=1), mentor("m", skills=("youth-employment",), capacity=1))
    await _send(stack, FORM, _corrected(FORM), _corrected(application("of nowhere", lead=LEAD)))

    async def mailed() -> bool:
        shown = await asyncio.to_thread(stack.mail_catcher.messages)
        return any(str(LEAD.email) in mail["to"] for mail in shown)

    await eventually(mailed, within=60)

    async def amended() -> bool:
        records = await read_all(stack.broker.bootstrap_servers, "applications.v1")
        return any(b"version 2" in (record.value or b"") for record in records)

    await eventually(amended, within=60)


def _corrected(form: ApplicationSubmitted) -> ApplicationCorrected:
    fields = {name: getattr(form, name) for name in ApplicationSubmitted.model_fields}
    project = form.project.model_copy(update={"title": f"{form.project.title}, version 2"})
    return ApplicationCorrected(**{**fields, "project": project, "corrected_at": datetime.now(UTC)})


async def _send(stack: Stack, *forms: EventData) -> None:
    await send(stack.broker.bootstrap_servers, [sending(form, at=datetime.now(UTC)) for form in forms])


async def _shown(stack: Stack) -> dict[str, Any]:
    shown = await _engage(stack, "erasure", "show", str(LEAD.person_id), "--json", *VALUES)
    assert shown.stderr == ""
    found: dict[str, Any] = json.loads(shown.stdout)
    assert shown.returncode == (1 if found["values_left"] else 0)
    return found


def _holders(shown: dict[str, Any]) -> set[str]:
    """The columns that hold a value."""
    return {f"{it['where']}.{it['part']}" for it in shown["left"] if it["is_value"] and it["kind"] == "table"}


async def _engage(stack: Stack, *arguments: str) -> Outcome:
    return await asyncio.to_thread(engage, stack, *arguments)
