"""The HTTP door while Kafka is away or intake dies: nothing is answered that is not kept, nothing happens twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from contracts.catalogue import TOPICS
from contracts.event import Event
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.door import Answer, request, signed
from tests.eventually import eventually
from tests.forms import application
from tests.kafka import read_events


@pytest.fixture(scope="module")
def kafka() -> ApacheKafka:
    return ApacheKafka(TOPICS)


@pytest.fixture(scope="module")
def stack(kafka: ApacheKafka) -> Iterator[Stack]:
    with Stack(services=("intake",), broker=kafka) as made:
        yield made


def post(stack: Stack, name: str) -> Answer:
    body = application(name).model_dump_json().encode()
    headers = signed(stack.door_secret, f"message {name}", body)
    return request(stack.addresses()["intake"], "POST", "/v1/applications", body, headers)


async def registered(stack: Stack, name: str) -> int:
    """How often an application was registered, as subscribers see it, once it was at all."""
    subject = str(application(name).application_id)

    async def times() -> int:
        events = await read_events(stack.broker.bootstrap_servers, "applications.v1")
        mine = [it for it in events if it.subject == subject and it.type == "engage.application.registered.v1"]
        return len({it.id for it in mine if isinstance(it, Event)})

    return await eventually(times, within=60)


async def test_while_kafka_is_away_nothing_is_taken_and_sending_again_has_one_effect(
    stack: Stack, kafka: ApacheKafka
) -> None:
    assert (await asyncio.to_thread(post, stack, "before")).status == 202
    kafka.kill_broker(1)
    answer = await asyncio.to_thread(post, stack, "away")
    assert (answer.status, answer.body["type"]) == (503, "urn:engage:problem:unavailable")
    assert answer.headers["retry-after"]
    await asyncio.to_thread(kafka.restart_brokers, 1)

    async def taken() -> bool:
        return (await asyncio.to_thread(post, stack, "away")).status == 202

    await eventually(taken, within=60)
    assert await registered(stack, "away") == 1


async def test_a_killed_intake_that_is_asked_again_has_one_effect(stack: Stack) -> None:
    first = await asyncio.to_thread(post, stack, "killed")
    assert first.status == 202
    intake = stack.services["intake"]
    intake.kill()
    intake.start()
    await asyncio.to_thread(stack.wait_until_ready, "intake")
    again = await asyncio.to_thread(post, stack, "killed")
    assert (again.status, again.body) == (202, json.loads(json.dumps(first.body)))
    assert await registered(stack, "killed") == 1
