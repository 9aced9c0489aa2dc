"""No personal datum can reach a public topic, a key, a header or a log: shown by trying."""

from __future__ import annotations

import io
import json
import sys
from typing import Annotated, ClassVar
from uuid import UUID

import pytest

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import PERSONAL_NAMES, TOPICS
from contracts.codec import encode
from contracts.contacts import ContactPublished
from contracts.message import PERSONAL, EventData, personal_fields
from contracts.topic import Privacy, Topic
from contracts.typed import DeclaredPerson
from libraries.chassis.watching.log import configure_logs, redact
from publication.registry import PUBLISHED
from publication.versions import Version, versions
from tests.events import START, event_of, example

CANARY = "CamilleCanari"


class _Gossip(EventData):
    """An event with a person in it."""

    event_type: ClassVar[str] = "engage.gossip.heard.v1"
    key_field: ClassVar[str] = "gossip_id"

    gossip_id: UUID
    told_by: tuple[DeclaredPerson, ...]


class _Telltale(EventData):
    """An event whose key is what a person typed."""

    event_type: ClassVar[str] = "engage.gossip.told.v1"
    key_field: ClassVar[str] = "email"

    email: Annotated[str, PERSONAL]


def topic(privacy: Privacy, *events: type[EventData], earlier: tuple[type[EventData], ...] = ()) -> Topic:
    return Topic(
        name="x.v1",
        description="X",
        key="id",
        privacy=privacy,
        producers=("intake",),
        events=events,
        earlier=earlier,
    )


def test_a_personal_field_has_no_place_on_a_public_topic_in_any_version() -> None:
    with pytest.raises(ValueError, match=r"x\.v1 is public, and _Gossip has personal fields: \['told_by\.email'"):
        topic("public", _Gossip)
    with pytest.raises(ValueError, match=r"x\.v1 is public, and _Gossip"):
        topic("public", earlier=(_Gossip,))
    assert topic("restricted", _Gossip).events == (_Gossip,)


def test_a_key_is_an_id_and_never_personal() -> None:
    with pytest.raises(ValueError, match=r"_Telltale\.email is a key of x\.v1: it must be an id"):
        topic("restricted", _Telltale)


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
def test_keys_and_headers_hold_nothing_personal(version: Version) -> None:
    document = example(version.model).model_dump(mode="json")
    personal = set(personal_fields(version.model))
    texts = {"name", "comment", "person.name", "lead.name", "owner.name", "deputy.name", "value", "summary"}
    for path in personal & texts:
        *parents, last = path.split(".")
        place = document
        for step in parents:
            place = place[step]
        place[last] = CANARY
    record = encode(event_of(version.model.model_validate(document), at=START))
    assert (CANARY.encode() in (record.value or b"")) == bool(personal)
    assert CANARY.encode() not in record.key
    assert all(CANARY.encode() not in value for _, value in record.headers)


def test_personal_fields_are_marked_in_what_is_published() -> None:
    for topic_ in TOPICS:
        for event in topic_.events:
            text = (PUBLISHED / "schemas" / f"{event.event_type}.{event.minor}.reader.json").read_text()
            assert ('"x-personal": true' in text) == bool(list(personal_fields(event))), event


def test_the_names_that_are_never_logged_come_from_the_marks() -> None:
    assert {"name", "email", "telephone", "comment"} <= PERSONAL_NAMES
    assert not PERSONAL_NAMES & {"application_id", "reason", "event_type", "subject", "correlation_id"}


def test_a_log_line_loses_what_is_personal_however_deep() -> None:
    whole = example(ApplicationSubmitted)
    form = whole.model_copy(update={"lead": whole.lead.model_copy(update={"name": CANARY})})
    line = redact(
        None,
        "info",
        {
            "event": "handled",
            "email": f"{CANARY}@example.invalid",
            "rows": [{"name": CANARY, "number": 1}],
            "data": form,
            "lead": form.lead.model_dump(),
            "payload": CANARY.encode(),
        },
    )
    assert CANARY not in json.dumps(line, default=str)
    assert line["rows"] == [{"name": "(personal)", "number": 1}]
    assert (line["event"], line["data"]) == ("handled", "ApplicationSubmitted")


def test_the_logger_of_a_service_redacts(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", output)
    log = configure_logs("intake", "info")
    contact = example(ContactPublished, name=CANARY)
    log.info("something", action="test", name=CANARY, contact=contact, telephone="+33 4 91 00 00 00")
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("failed", action="test")
    output.flush()
    written = output.buffer.getvalue().decode()
    assert "something" in written
    assert CANARY not in written
    assert "91 00" not in written
