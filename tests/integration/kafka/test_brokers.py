"""What is known of aiokafka and of brokers that freeze: nothing is lost, and a member at rest costs little."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiokafka.consumer import fetcher

from contracts.catalogue import TOPICS
from deploy.local.broker import EmbeddedBroker
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.received import Received
from libraries.chassis.servers import poller
from libraries.chassis.servers.faststream_kafka import FastStreamKafka
from libraries.chassis.servers.port import NotPolled
from tests.integration.kafka.conftest import (
    LANES,
    PACE,
    TOPIC,
    Owner,
    numbered,
    read,
    send_all,
    started,
    to_lane,
    values,
)


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({topic.name: topic.partitions for topic in TOPICS}) as embedded:
        yield embedded


@pytest.fixture
async def kafka(broker: EmbeddedBroker) -> AsyncIterator[FastStreamKafka]:
    async with started(FastStreamKafka(Cluster(broker.bootstrap_servers), "group", PACE)) as kafka:
        assert isinstance(kafka, FastStreamKafka)
        yield kafka


async def test_a_frozen_broker_delays_a_poll_no_longer_than_it_waits(
    broker: EmbeddedBroker, kafka: FastStreamKafka
) -> None:
    await Owner(kafka).join()
    os.kill(broker.process_id, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert await kafka.poll(0.3) == {}
        assert time.monotonic() - began < 1.0
        sending = asyncio.create_task(kafka.send(numbered(0, 100)))
        assert await kafka.poll(0.3) == {}
    finally:
        os.kill(broker.process_id, signal.SIGCONT)
    assert await sending == 100
    await kafka.send(numbered(100, 200))
    for received in (await read(kafka, 200)).values():
        assert values(received) == sorted(values(received))


async def test_a_member_whose_broker_is_gone_stops_in_its_time(broker: EmbeddedBroker, kafka: FastStreamKafka) -> None:
    await Owner(kafka).join()
    broker.stop()
    assert await kafka.poll(0.3) == {}
    await kafka.commit({LANES[0]: 1})
    sending = asyncio.create_task(kafka.send(numbered(0, 10)))
    assert await kafka.poll(0.1) == {}
    sending.cancel()
    async with asyncio.timeout(2 * PACE.stop_ms / 1000 + 1):
        await kafka.stop()


async def test_a_poll_that_fails_loses_nothing(kafka: FastStreamKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    await Owner(kafka).join()
    await kafka.send(to_lane(LANES[0], 5))
    assert values((await read(kafka, 5))[LANES[0]]) == [0, 1, 2, 3, 4]
    drain, drained = fetcher.FetchResult.getall, []

    def break_second(result: Any, most: int | None = None) -> Any:
        drained.append(result)
        if len(drained) == 2:
            raise ValueError("undecodable")
        return drain(result, most)

    kafka.pause(LANES)
    await send_all(kafka, [record for lane in LANES for record in to_lane(lane, 5)])
    monkeypatch.setattr(fetcher.FetchResult, "getall", break_second)
    kafka.resume(LANES)
    with pytest.raises(NotPolled, match="ValueError"):
        await read(kafka, 1)
    received = await read(kafka, 20)
    assert {lane: values(records) for lane, records in received.items()} == {lane: [0, 1, 2, 3, 4] for lane in LANES}


async def test_brokers_hold_back_empty_answers_longer_while_nothing_happens(
    kafka: FastStreamKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    request = fetcher.FetchRequest

    def note(wait_ms: int, *others: Any, **options: Any) -> Any:
        asked.append(wait_ms)
        return request(wait_ms, *others, **options)

    monkeypatch.setattr(fetcher, "FetchRequest", note)
    monkeypatch.setattr(poller, "_QUIET_SECONDS", 0.3)
    await Owner(kafka).join()
    await kafka.poll(0.2)
    assert set(asked) == {PACE.busy_wait_ms}
    await kafka.poll(0.2)
    asked.clear()
    await kafka.poll(1.2)
    assert set(asked) == {PACE.idle_wait_ms}
    assert len(asked) <= 4
    await kafka.send(numbered(0, 1))
    await read(kafka, 1)
    asked.clear()
    await kafka.poll(0.2)
    assert set(asked) == {PACE.busy_wait_ms}


async def test_polls_are_large_and_what_is_fetched_is_bounded(
    broker: EmbeddedBroker, kafka: FastStreamKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0
    proc = fetcher.MemoryRecords

    def note(data: bytes) -> Any:
        nonlocal most
        most = max(most, len(data))
        return proc(data)

    monkeypatch.setattr(fetcher, "MemoryRecords", note)
    await send_all(kafka, [record for lane in LANES for record in to_lane(lane, 2_000, 1_500)])
    await Owner(kafka).join()
    polls: list[list[Received]] = []
    while sum(map(len, polls)) < 8_000:
        polls.append([record for records in (await kafka.poll(1.0)).values() for record in records])
    assert max(map(len, polls)) <= 2_000
    assert most <= 1024 * 1024


async def test_no_group_can_be_joined_while_its_broker_is_gone(broker: EmbeddedBroker, kafka: FastStreamKafka) -> None:
    broker.stop()
    with pytest.raises(NotPolled):
        await kafka.join([TOPIC], Owner(kafka).listener)
