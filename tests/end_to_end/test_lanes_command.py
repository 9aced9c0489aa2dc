"""`engage lanes skip`: an operator steps over one record that a lane can't get past."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.command_line import Outcome
from tests.end_to_end.operator import engage, is_told, stop_lane
from tests.eventually import eventually
from tests.forms import application, belonging, sending
from tests.kafka import read_events, send

FORMS = "forms.applications.v1"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["intake"]) as started:
        yield started


def lane(stack: Stack, partition: int) -> dict[str, object]:
    rows = [json.loads(line) for line in engage(stack, "lanes", "list", "--json").stdout.splitlines()]
    return next(row for row in rows if (row["topic"], row["partition"]) == (FORMS, partition))


def skip(stack: Stack, partition: int, offset: int) -> Outcome:
    place = (FORMS, str(partition), str(offset))
    return engage(stack, "lanes", "skip", "intake", *place, "--why", "it ends the process", "--by", "tester")


async def test_one_named_offset_is_stepped_over_with_who_and_why(stack: Stack) -> None:
    first, skipped, last = (application(belonging(name, 0)) for name in ("first", "skipped", "last"))
    records = [sending(form) for form in (first, skipped, last)]
    service = stack.services["intake"]
    await send(stack.broker.bootstrap_servers, records[:1])
    await eventually(lambda: is_told(stack, str(first.application_id)))
    service.terminate()
    await send(stack.broker.bootstrap_servers, records[1:])

    elsewhere = skip(stack, 0, 2)
    assert elsewhere.returncode == 2
    assert f"{FORMS}/0 can't step over 2: the lane stands at 1" in elsewhere.stderr
    nowhere = skip(stack, 9, 0)
    assert nowhere.returncode == 2
    assert "there is no such lane" in nowhere.stderr
    done = skip(stack, 0, 1)
    assert done.returncode == 0, done.stderr
    assert lane(stack, 0)["next_offset"] == 2

    service.start()
    stack.wait_until_ready("intake")
    await eventually(lambda: is_told(stack, str(last.application_id)))
    events = await read_events(stack.broker.bootstrap_servers, "applications.v1")
    assert {event.subject for event in events} == {str(first.application_id), str(last.application_id)}
    [letter] = engage(stack, "dead-letters", "list", "--json", "--state", "discarded").stdout.splitlines()
    told = json.loads(letter)
    assert (told["topic"], told["partition"], told["offset"], told["reason"]) == (FORMS, 0, 1, "skipped")
    assert (told["requested_by"], told["requested_why"]) == ("tester", "it ends the process")


async def test_a_running_lane_is_opened_anew_behind_what_was_stepped_over(stack: Stack) -> None:
    stands_at = int(str(lane(stack, 1)["next_offset"]))
    await stop_lane(stack, FORMS, 1)  # so that what is to be stepped over is there, and not taken yet
    left_out, taken = (application(belonging(name, 1)) for name in ("left out", "taken"))
    await send(stack.broker.bootstrap_servers, [sending(form) for form in (left_out, taken)])
    assert skip(stack, 1, stands_at).returncode == 0, "the record that would come next, whatever it is"
    await eventually(lambda: is_told(stack, str(taken.application_id)))
    assert not await is_told(stack, str(left_out.application_id))
