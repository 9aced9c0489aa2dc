"""Dead letters and lanes on the command line, as an operator uses them beside a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from contracts.codec import Record
from deploy.local.stack import Stack
from tests.end_to_end.operator import engage, is_told, stop_lane
from tests.eventually import eventually
from tests.forms import application, belonging, sending
from tests.kafka import Sending, send

FORMS = "forms.applications.v1"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["intake"]) as started:
        yield started


def listed(stack: Stack, *arguments: str) -> list[dict[str, object]]:
    lines = engage(stack, "dead-letters", "list", "--json", *arguments).stdout.splitlines()
    return [json.loads(line) for line in lines]


async def test_a_dead_letter_is_listed_shown_and_decided_on(stack: Stack) -> None:
    good = sending(application("cli"))
    broken = Sending(FORMS, Record(good.record.key, b"{broken", good.record.headers))
    await send(stack.broker.bootstrap_servers, [broken, good])
    await eventually(lambda: _count(stack, 1))
    (letter,) = listed(stack, "--service", "intake", "--reason", "json")
    identifier = str(letter["id"])
    assert "value" not in letter, "a list never shows content"
    assert listed(stack, "--reason", "contract") == []
    assert listed(stack, "--state", "behind") == [], "what can't be read holds nothing back"
    shown = json.loads(engage(stack, "dead-letters", "show", identifier, "--content").stdout)
    assert shown["value"] == "{broken"
    assert "value" not in json.loads(engage(stack, "dead-letters", "show", identifier).stdout)

    engage(stack, "dead-letters", "replay", identifier, "--why", "look again", "--by", "tester")
    await eventually(lambda: _retried(stack, identifier))
    discarded = engage(stack, "dead-letters", "discard", identifier, "--why", "a test", "--by", "tester")
    assert discarded.returncode == 0
    await eventually(lambda: _state(stack, identifier, "discarded"))
    (settled,) = listed(stack, "--state", "discarded")
    assert (settled["requested_by"], settled["requested_why"]) == ("tester", "a test")


async def test_a_stopped_lane_is_seen_and_resumed(stack: Stack) -> None:
    await stop_lane(stack, FORMS, 2)
    form = application(belonging("behind a stopped lane", 2))
    await send(stack.broker.bootstrap_servers, [sending(form)])
    assert await _stopped(stack, 1)
    assert engage(stack, "lanes", "resume", "intake", FORMS, "2").returncode == 0
    assert await _stopped(stack, 0)
    await eventually(lambda: is_told(stack, str(form.application_id)))


def test_a_wrong_name_is_answered_with_what_would_be_right(stack: Stack) -> None:
    for arguments, says in (
        (("dead-letters", "list", "--service", "nobody"), "these are: intake, matching"),
        (("dead-letters", "show", "x"), "see `engage dead-letters list`"),
        (("lanes", "resume", "intake", FORMS, "3"), "no stopped lane"),
    ):
        answer = engage(stack, *arguments)
        assert answer.returncode == 2
        assert says.split()[0] in answer.stderr


async def _count(stack: Stack, count: int) -> bool:
    return len(listed(stack)) >= count


async def _retried(stack: Stack, identifier: str) -> bool:
    return bool(json.loads(engage(stack, "dead-letters", "show", identifier).stdout)["retries"])


async def _state(stack: Stack, identifier: str, state: str) -> bool:
    return bool(json.loads(engage(stack, "dead-letters", "show", identifier).stdout)["state"] == state)


async def _stopped(stack: Stack, count: int) -> bool:
    lines = engage(stack, "lanes", "list", "--json", "--service", "intake").stdout.splitlines()
    return sum(1 for line in lines if json.loads(line)["stopped_because"]) == count
