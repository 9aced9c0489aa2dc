"""Repairs on the command line, as an operator asks for them beside a running service: by filter, claimed, edited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.codec import Record
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.sources import in_place_of
from deploy.local.stack import Stack
from tests.end_to_end.operator import engage, is_told
from tests.eventually import eventually
from tests.forms import SOURCE, application, sending
from tests.kafka import Sending, read_all, read_events, send

FORMS = "forms.applications.v1"


EN = ("--language", "en")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["intake"]) as started:
        yield started


def listed(stack: Stack, *arguments: str) -> list[dict[str, Any]]:
    lines = engage(stack, "dead-letters", "list", "--json", *arguments).stdout.splitlines()
    return [json.loads(line) for line in lines]


def repairs(stack: Stack) -> list[dict[str, Any]]:
    return [json.loads(line) for line in engage(stack, "repairs", "list", "--json").stdout.splitlines()]


async def set_aside(stack: Stack, *names: str, value: bytes = b"{broken") -> list[str]:
    """Has intake set records aside, and returns the ids of their events."""
    forms = [sending(application(name)) for name in names]
    broken = [Sending(FORMS, Record(form.record.key, value, form.record.headers)) for form in forms]
    before = len(listed(stack))
    await send(stack.broker.bootstrap_servers, broken)

    async def all_there() -> bool:
        return len(listed(stack)) == before + len(names)

    await eventually(all_there)
    this_second = datetime.now(UTC).replace(microsecond=0)

    async def is_over() -> bool:
        return datetime.now(UTC).replace(microsecond=0) > this_second

    # A filter means what was there before the second in which it is typed.
    await eventually(is_over)
    return [dict(form.record.headers)["ce_id"].decode() for form in forms]


async def test_a_filter_is_counted_and_only_then_done(stack: Stack) -> None:
    await set_aside(stack, "first", "second", "third")
    chosen = ("--service", "intake", "--reason", "json", "--type", "engage.application.submitted.v1")
    counted = engage(stack, "dead-letters", "discard", *chosen, "--why", "a test", "--json")
    assert json.loads(counted.stdout)["records"] == 3
    assert json.loads(counted.stdout)["groups"][0]["source"] == SOURCE
    assert repairs(stack) == [], "nothing was done"
    shown = engage(stack, "dead-letters", "discard", *chosen, "--why", "a test", *EN)
    assert "3  in all; nothing was done" in shown.stdout
    assert "--expect 3" in shown.stderr
    wrong = engage(stack, "dead-letters", "discard", *chosen, "--why", "a test", "--expect", "2")
    assert (wrong.returncode, repairs(stack)) == (2, [])
    assert "there are 3 and not 2" in wrong.stderr
    done = engage(
        stack,
        "dead-letters",
        "discard",
        *chosen,
        "--why",
        "a test",
        "--by",
        "Ada",
        "--expect",
        "3",
        "--follow",
        "--json",
    )
    told = json.loads(done.stdout)
    assert (told["records"], told["outcomes"], told["by"], told["why"]) == (3, {"discarded": 3}, "Ada", "a test")
    assert listed(stack) == []
    undone = engage(stack, "repairs", "undo", told["id"], *EN)
    assert "3 of 3 wait for a decision again" in undone.stderr
    assert json.loads(engage(stack, "repairs", "show", told["id"], "--json").stdout)["outcomes"] == {"undone": 3}
    assert "wait" not in engage(stack, "repairs", "list", *EN).stdout
    engage(stack, "dead-letters", "discard", *chosen, "--why", "enough", "--expect", "3", "--follow")


async def test_a_repair_is_stopped_and_resumed(stack: Stack) -> None:
    await set_aside(stack, "to be stopped")
    stack.services["intake"].terminate()
    (letter,) = listed(stack)
    engage(stack, "dead-letters", "replay", str(letter["id"]), "--why", "look again", "--by", "Ada")
    (repair, *_) = repairs(stack)
    assert repair["outcomes"] == {"asked": 1}
    assert "1 stay held" in engage(stack, "repairs", "stop", repair["id"], "--by", "Ben", *EN).stderr
    (repair, *_) = repairs(stack)
    assert (repair["outcomes"], repair["stopped_by"]) == ({"stopped": 1}, "Ben")
    assert "goes on with 1" in engage(stack, "repairs", "resume", repair["id"], *EN).stderr
    stack.services["intake"].start()
    stack.wait_until_ready("intake")
    followed = engage(stack, "repairs", "show", repair["id"], "--follow", "--json")
    assert json.loads(followed.stdout)["outcomes"] == {"dead-again": 1}
    engage(stack, "dead-letters", "discard", str(letter["id"]), "--why", "enough")


async def test_who_looks_at_what_is_shown(stack: Stack) -> None:
    await set_aside(stack, "looked at")
    said = engage(stack, "dead-letters", "claim", "--reason", "json", "--why", "it is mine", "--by", "Ada", *EN)
    assert "intake: Ada looks at 1 until" in said.stderr
    assert "Ada looks at 1" in engage(stack, "dead-letters", "groups", *EN).stdout
    assert "Ada looks at it" in engage(stack, "dead-letters", "list", *EN).stdout
    assert "Ada s’en occupe" in engage(stack, "dead-letters", "list").stdout
    counted = engage(stack, "dead-letters", "discard", "--reason", "json", "--why", "so", *EN)
    assert "1  Ada looks at these" in counted.stdout
    others = engage(stack, "dead-letters", "claim", "--reason", "json", "--why", "mine", "--by", "Ben", *EN)
    assert "others look at 1 more" in others.stderr
    assert "nobody looks at 1" in engage(stack, "dead-letters", "release", "--reason", "json", *EN).stderr
    assert "looks at" not in engage(stack, "dead-letters", "groups", *EN).stdout
    engage(stack, "dead-letters", "discard", "--reason", "json", "--why", "enough", "--expect", "1", "--follow")


async def test_an_edit_is_a_new_event_and_the_old_one_stays(stack: Stack, tmp_path: Path) -> None:
    form = application("edited")
    said = json.loads(sending(form).record.value or b"")
    right, said["track"] = said["track"], "sideways"
    mended = ("--set", f"track={right}")
    [sent] = await set_aside(stack, "edited", value=json.dumps(said).encode())
    (letter,) = listed(stack)
    identifier = str(letter["id"])
    for arguments, wrong in (
        (("--set", "track=upwards"), "track"),
        ((*mended, "--type", "engage.need.declared.v1"), "ce_type"),
        (("--set", "track"), "FIELD=VALUE"),
        ((*mended, "--source", "urn:engage:intake"), "names a service"),
        (("--data", str(_file(tmp_path / "broken.json", "{"))), "not JSON"),
        (("--data", str(_file(tmp_path / "same.json", json.dumps(said)))), "nothing was corrected"),
    ):
        refused = engage(stack, "dead-letters", "edit", identifier, "--why", "a test", *arguments)
        assert (refused.returncode, wrong in refused.stderr) == (2, True), refused.stderr
    tried = engage(stack, "dead-letters", "edit", identifier, "--why", "a test", *mended, "--dry-run")
    assert "it would be taken as engage.application.submitted.v1" in tried.stderr
    assert not await is_told(stack, str(form.application_id))
    edited = engage(stack, "dead-letters", "edit", identifier, "--why", "they meant yes", *mended)
    told = json.loads(edited.stdout)
    await eventually(lambda: is_told(stack, str(form.application_id)))

    async def is_replaced() -> bool:
        shown = json.loads(engage(stack, "dead-letters", "show", identifier).stdout)
        return (shown["state"], shown["replaced_by"]) == ("replaced", told["by"])

    await eventually(is_replaced)
    said_of_it = await events_of(stack, form.application_id)
    registered = said_of_it[0]
    assert (registered.causation_id, registered.correlation_id) == (told["by"], sent)
    assert "is replaced" in engage(stack, "dead-letters", "edit", identifier, "--why", "x", *mended).stderr
    # It is still the form's: what the form says next of its application counts.
    again = form.model_copy(update={"project": form.project.model_copy(update={"title": "Un autre titre"})})
    await send(stack.broker.bootstrap_servers, [sending(again)])

    async def is_revised() -> bool:
        return len(await events_of(stack, form.application_id)) > len(said_of_it)

    await eventually(is_revised)
    assert listed(stack, "--state", "dead") == []
    headers = [dict(record.headers) for record in await read_all(stack.broker.bootstrap_servers, FORMS)]
    sources = [each["ce_source"].decode() for each in headers if each["ce_id"].decode() == told["by"]]
    assert sources == [in_place_of(SOURCE)]


def test_what_is_meant_has_to_be_said(stack: Stack) -> None:
    some_id = "00000000-0000-0000-0000-000000000001"
    for arguments, says in (
        (("dead-letters", "replay", "--why", "x"), "by ids"),
        (("dead-letters", "replay", some_id, "--reason", "json", "--why", "x"), "not both"),
        (("dead-letters", "replay", some_id, "--why", "x"), "is no id of a record"),
        (("dead-letters", "discard", "x", "--why", "x"), "is no id of a record"),
        (("dead-letters", "discard", "--service", "nobody", "--why", "x"), "these are: intake"),
        (("repairs", "stop", some_id), "there is no repair"),
    ):
        answer = engage(stack, *arguments)
        assert answer.returncode == 2
        assert says in answer.stderr


def _file(written: Path, content: str) -> Path:
    written.write_text(content)
    return written


async def events_of(stack: Stack, application_id: UUID) -> list[Event[EventData] | Tombstone]:
    """What was published of an application, in its order."""
    events = await read_events(stack.broker.bootstrap_servers, "applications.v1")
    return [event for event in events if event.subject == str(application_id)]
