"""What happened to an application can be read from the logs, as the page for operators says: by one line of shell."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.applications import ApplicationWithdrawalRequested
from contracts.assignments import PlacementDecided
from contracts.codec import Record
from deploy.local.stack import Stack
from tests.forms import START, application, identifier, need, sending
from tests.kafka import Sending, send

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate.md"
PATIENCE_SECONDS = 60.0
FORM, UNKNOWN = application("told of"), application("never sent")
SENT = sending(FORM)
WAITS = sending(ApplicationWithdrawalRequested(application_id=UNKNOWN.application_id, requested_at=START))
REFUSED = sending(
    PlacementDecided(
        application_id=FORM.application_id,
        need_id=identifier("need youth-employment"),
        decision="pin",
        decided_by=identifier("somebody"),
        decided_at=START,
        reason="known-on-the-spot",
    )
)


def id_of(sent: Sending) -> str:
    return next(value.decode() for name, value in sent.record.headers if name == "ce_id")


def told(stack: Stack, identifier: str) -> list[dict[str, Any]]:
    """What the line of the page finds for an id, in its order."""
    line = re.findall(r"^(grep -h \S+ logs/\*\.log .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[0]
    asked = re.sub(r"grep -h \S+", f"grep -h {identifier}", line)
    found = subprocess.run(["sh", "-c", asked], cwd=stack.logs.parent, capture_output=True, text=True, check=True)
    moments, lines = zip(*(each.split(" ", 1) for each in found.stdout.splitlines()), strict=True)
    assert list(moments) == sorted(moments)
    return [json.loads(each) for each in lines]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    spoilt = Sending(SENT.topic, Record(SENT.record.key, b"{", SENT.record.headers))
    with Stack(services=("intake", "matching"), directory=tmp_path_factory.mktemp("stack")) as made:
        servers = made.broker.bootstrap_servers
        asyncio.run(send(servers, [sending(need("youth-employment", capacity=9)), SENT, spoilt, WAITS]))
        _wait_for(made, str(FORM.application_id), "engage.application.registered.v1")
        _wait_for(made, str(UNKNOWN.application_id), '"waiting"')
        asyncio.run(send(servers, [REFUSED]))
        _wait_for(made, str(FORM.application_id), "engage.placement.decision-refused.v1")
        yield made


def _wait_for(stack: Stack, identifier: str, word: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    texts = [""]
    while not any(identifier in line and word in line for text in texts for line in text.splitlines()):
        assert time.monotonic() < deadline, f"no line has {word}"
        time.sleep(0.1)
        texts = [path.read_text() for path in stack.logs.glob("*.log")]


def test_a_story_is_found_by_its_correlation_id(stack: Stack) -> None:
    lines = told(stack, id_of(SENT))
    steps = [(line["service"], line["event_type"]) for line in lines if line["event"] == "handled"]
    assert ("intake", "engage.application.submitted.v1") in steps
    assert ("matching", "engage.application.registered.v1") in steps


def test_a_dead_letter_is_found_by_the_application_although_it_cannot_be_read(stack: Stack) -> None:
    [line] = [line for line in told(stack, str(FORM.application_id)) if line["event"] == "dead"]
    assert (line["service"], line["reason"], line["level"]) == ("intake", "json", "warning")
    assert line["subject"] == str(FORM.application_id)


def test_what_waits_and_is_tried_again_is_found_by_the_application(stack: Stack) -> None:
    lines = [line for line in told(stack, str(UNKNOWN.application_id)) if line["event"] == "waiting"]
    assert lines
    assert {(line["reason"], line["application_id"]) for line in lines} == {("not-yet", str(UNKNOWN.application_id))}


def test_a_refused_decision_is_found_by_the_application_with_its_codes(stack: Stack) -> None:
    [line] = [line for line in told(stack, str(FORM.application_id)) if line["event"] == "refused"]
    assert (line["service"], line["action"]) == ("matching", "refuse")
    assert line["event_type"] == "engage.placement.decision-refused.v1"
    assert (line["causation_id"], line["application_id"]) == (id_of(REFUSED), str(FORM.application_id))
    assert line["codes"]


def test_no_line_says_who(stack: Stack) -> None:
    text = "".join(path.read_text() for path in stack.logs.glob("*.log"))
    for personal in ("example.invalid", "Personne", "Projet told of", "Association told of"):
        assert personal not in text
