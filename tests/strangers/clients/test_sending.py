"""Forms of strangers: each is taken, keeps its id through its answer, and hears what is wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from confluent_kafka import Producer

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import TOPIC_BY_NAME
from contracts.event import Event
from contracts.partitions import partition_of
from contracts.refusals import FormRefused
from tests.door import request
from tests.eventually import eventually
from tests.forms import START, application, sending
from tests.kafka import Sending, read_all, read_events
from tests.strangers.clients.clients import CLIENTS, HERE, Installed, node_program
from tests.tools import program, python_packages, run

FORMS = TOPIC_BY_NAME["forms.applications.v1"]
EXAMPLE = Path("contracts/examples/python/form.py").resolve()
MODES = ("binary", "structured")
EACH = [(client, mode) for client in CLIENTS for mode in MODES]


def event_of(form: ApplicationSubmitted, identifier: str, **changes: Any) -> dict[str, Any]:
    """What a stranger is given to publish; its system numbers its events in its own way."""
    return {
        "topic": FORMS.name,
        "key": str(form.application_id),
        "id": identifier,
        "source": "urn:form:stranger",
        "type": form.event_type,
        "time": START.isoformat(),
        "data": form.model_dump(mode="json") | changes,
    }


def answers(broker: str, topic: str, identifier: str) -> Callable[[], Awaitable[list[ConsumerRecord[bytes, bytes]]]]:
    """A look at what was said on a topic because of an event."""

    async def look() -> list[ConsumerRecord[bytes, bytes]]:
        records = await read_all(broker, topic)
        return [it for it in records if dict(it.headers).get("ce_causationid") == identifier.encode()]

    return look


@pytest.mark.parametrize(("name", "mode"), EACH)
async def test_a_strangers_form_has_its_effect_once_where_its_key_belongs(name: str, mode: str, broker: str) -> None:
    client: Installed = await asyncio.to_thread(CLIENTS[name])
    identifier = f"{name}/{mode}/42"
    form = application(f"{name} {mode}")
    for _ in range(2):
        await asyncio.to_thread(client.send, broker, mode, event_of(form, identifier))
    first, *_ = await eventually(answers(broker, "applications.v1", identifier), within=30)
    assert dict(first.headers)["ce_type"] == b"engage.application.registered.v1"
    assert dict(first.headers)["ce_correlationid"] == identifier.encode()
    key = str(form.application_id).encode()
    sent = [it for it in await read_all(broker, FORMS.name) if it.key == key]
    assert {it.partition for it in sent} == {partition_of(key, FORMS.partitions)}
    assert len(sent) == 2
    said = [it for it in await read_all(broker, "applications.v1") if it.key == key]
    kinds = [dict(it.headers)["ce_type"] for it in said]
    assert kinds.count(b"engage.application.registered.v1") == 1


@pytest.mark.parametrize(("name", "mode"), EACH)
async def test_a_stranger_hears_what_is_wrong_with_its_form(name: str, mode: str, broker: str) -> None:
    client: Installed = await asyncio.to_thread(CLIENTS[name])
    identifier = f"{name}/{mode}/43"
    await asyncio.to_thread(client.send, broker, mode, event_of(application("wrong"), identifier, track="other"))
    [refused] = await eventually(answers(broker, "refusals.v1", identifier), within=30)
    told = json.loads(refused.value or b"")
    assert (told["ce_id"], told["ce_source"]) == (identifier, "urn:form:stranger")
    assert told["subject_id"] == str(application("wrong").application_id)
    assert [it["field"] for it in told["problems"]] == ["track"]
    assert "'implantation' or 'contest'" in told["problems"][0]["expected"]
    assert "other" not in (refused.value or b"").decode()


def _signed_in_python(directory: Path, secret: str, identifier: str, body: str) -> dict[str, str]:
    packages = python_packages(HERE / "python" / "webhooks.lock")
    argv: list[str | Path] = [sys.executable, HERE / "python" / "webhooks.py", secret, identifier]
    done = run(argv, directory=directory, text=body, PYTHONPATH=str(packages))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _signed_in_node(directory: Path, secret: str, identifier: str, body: str) -> dict[str, str]:
    script = node_program("webhooks.mjs")
    node = program("node", "install Node.js 20 or later")
    done = run([node, script, secret, identifier], directory=script.parent, text=body)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("sign", [_signed_in_python, _signed_in_node])
async def test_what_the_library_of_standard_webhooks_signs_is_taken(
    sign: Callable[[Path, str, str, str], dict[str, str]], system: dict[str, str], tmp_path: Path
) -> None:
    form = application(f"webhook {sign.__name__}")
    body, identifier = form.model_dump_json(), f"msg_{sign.__name__}"
    headers = await asyncio.to_thread(sign, tmp_path, system["door_secret"], identifier, body)
    answer = await asyncio.to_thread(request, system["intake"], "POST", "/v1/applications", body.encode(), headers)
    assert answer.status == 202, answer.body
    await eventually(answers(system["kafka_bootstrap_servers"], "applications.v1", answer.body["event_id"]), within=30)


@pytest.mark.parametrize(
    ("track", "status", "topic"), [("implantation", 0, "applications.v1"), ("x", 1, "refusals.v1")]
)
async def test_the_example_of_a_form_hears_its_answer(track: str, status: int, topic: str, broker: str) -> None:
    body = json.dumps(application(f"heard {track}").model_dump(mode="json") | {"track": track})
    argv: list[str | Path] = [sys.executable, EXAMPLE, broker, ApplicationSubmitted.event_type]
    done = await asyncio.to_thread(run, argv, directory=EXAMPLE.parent, text=body)
    assert done.returncode == status, done.stderr
    identifier, first, *_ = done.stdout.splitlines()
    assert first.startswith(f"{topic} engage.")
    assert await answers(broker, topic, identifier)()


async def test_partitioners_that_are_said_to_be_javas_are() -> None:
    """franz-go's, of whose producers there is none here, and Sarama's as it is set here; the others are seen above."""
    keys = [str(application(f"partitioned {number}").application_id) for number in range(200)]
    client = await asyncio.to_thread(CLIENTS["go"])
    wanted = [f"{key} {partition_of(key.encode(), 4)} {partition_of(key.encode(), 4)}" for key in keys]
    assert await asyncio.to_thread(client.partitions, 4, keys) == wanted


async def test_records_of_another_partitioner_are_refused_until_it_is_set(system: dict[str, str]) -> None:
    forms = [sending(application(f"astray {number}")) for number in range(8)]
    # librdkafka with nothing set, and as we ask for it.
    for settings in (dict[str, str](), {"partitioner": "murmur2_random"}):
        await asyncio.to_thread(_produce, system["kafka_bootstrap_servers"], forms, settings)
    keys = {record.key: partition_of(record.key, FORMS.partitions) for _, record, _ in forms}
    lying = [it for it in await read_all(system["kafka_bootstrap_servers"], FORMS.name) if it.key in keys]
    astray = {(it.partition, it.offset) for it in lying if it.partition != keys[it.key or b""]}
    assert astray, "its own default is another one"

    async def refused() -> bool:
        events = await read_events(system["kafka_bootstrap_servers"], "refusals.v1")
        told = [event.data for event in events if isinstance(event, Event)]
        said = [it for it in told if isinstance(it, FormRefused) and it.reason == "astray"]
        return {(it.partition, it.offset) for it in said} == astray

    await eventually(refused, within=30)
    for _, record, _ in forms:
        identifier = dict(record.headers)["ce_id"].decode()
        await eventually(answers(system["kafka_bootstrap_servers"], "applications.v1", identifier), within=30)


def _produce(broker: str, forms: list[Sending], settings: dict[str, str]) -> None:
    producer = Producer({"bootstrap.servers": broker, "acks": "all", **settings})
    for topic, record, _ in forms:
        producer.produce(topic, value=record.value, key=record.key, headers=list(record.headers))
    assert producer.flush(30) == 0
