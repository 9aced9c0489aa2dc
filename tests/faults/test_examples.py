"""The examples for other systems, run as strangers would run them, against the system on Apache Kafka."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from contracts.codec import Record
from contracts.needs import NeedClosed
from contracts.partitions import partition_of
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.eventually import eventually
from tests.forms import START, application, identifier, need, sending
from tests.kafka import Sending, read_all, send
from tests.tools import go_program, node_packages, program, run

EXAMPLES = Path("contracts/examples").resolve()
CATALOGUE = Path("contracts/published/catalogue.json").resolve()
NEWER = b"engage.application.registered.v99"
READ = ("needs.v1", "applications.v1", "assignments.v1")
CONSUMER_SECONDS = 60.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("intake", "matching"), broker=ApacheKafka(TOPICS)) as made:
        asyncio.run(happen(made.broker.bootstrap_servers))
        yield made


@pytest.fixture(scope="module")
def broker(stack: Stack) -> str:
    return stack.broker.bootstrap_servers


async def happen(servers: str) -> None:
    """Needs of which one closed, applications, and events that a relay sent twice."""
    closed = NeedClosed(need_id=identifier("need health"), closed_at=START)
    await send(servers, [sending(need("youth-employment", capacity=9)), sending(need("health", capacity=9))])
    await send(servers, [sending(application(f"example {number}")) for number in range(5)])
    await eventually(lambda: _count(servers, "assignments.v1", 5), within=60)
    await send(servers, [sending(closed)])
    await eventually(lambda: _count(servers, "needs.v1", 3), within=60)
    again = [
        Sending(it.topic, Record(it.key or b"", it.value, list(it.headers)), it.partition)
        for topic in READ
        for it in (await read_all(servers, topic))[:2]
    ]
    newer = [
        Sending(
            it.topic,
            it.record._replace(
                headers=[(name, NEWER if name == "ce_type" else value) for name, value in it.record.headers]
            ),
            it.partition,
        )
        for it in (again[0], again[2], again[4])
    ]
    await send(servers, [*again, *newer])


async def _count(servers: str, topic: str, least: int) -> bool:
    return len(await read_all(servers, topic)) >= least


async def told(servers: str) -> set[str]:
    """What a subscriber must say, from the records themselves."""
    lines = set()
    for topic in READ:
        for record in await read_all(servers, topic):
            headers = {name: (value or b"").decode() for name, value in record.headers}
            if headers["ce_type"] == NEWER.decode():
                continue
            key = (record.key or b"").decode()
            gone = record.value is None
            lines.add(f"{topic} gone {key}" if gone else f"{topic} {headers['ce_type']} {key} {headers['ce_id']}")
    return lines


@contextmanager
def following(argv: Sequence[str | Path], directory: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as lines:
        environment = {**os.environ, "CATALOGUE": str(CATALOGUE)}
        process = subprocess.Popen(argv, cwd=directory, env=environment, stdout=lines, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def check_subscriber(argv: Sequence[str | Path], directory: Path, output: Path, servers: str) -> None:
    """It says everything once, follows what comes, and ends when it is asked to."""

    def lines() -> list[str]:
        return output.read_text().splitlines()

    async def all_told() -> bool:
        assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()
        return set(lines()) >= await told(servers)

    async def more() -> bool:
        return len(lines()) > before

    with following(argv, directory, output) as process:
        await eventually(all_told, within=CONSUMER_SECONDS)
        before = len(lines())
        assert before == len(set(lines())) == len(await told(servers)), "nothing twice"
        assert any(" gone " in line for line in lines())
        await send(servers, [sending(application(f"{output.name} {time.time_ns()}"))])
        await eventually(more, within=CONSUMER_SECONDS)
        await eventually(all_told, within=CONSUMER_SECONDS)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


async def test_the_subscriber_in_python(broker: str, tmp_path: Path) -> None:
    argv: list[str | Path] = [sys.executable, EXAMPLES / "python" / "subscriber.py", broker, *READ]
    await check_subscriber(argv, Path.cwd(), tmp_path / "python", broker)


async def test_the_subscriber_in_node(broker: str, tmp_path: Path) -> None:
    node = program("node", "install Node.js 20 or later")
    script = _beside_kafkajs("subscriber.mjs")
    argv: list[str | Path] = [node, script, broker, f"example-{time.time_ns()}", *READ]
    await check_subscriber(argv, script.parent, tmp_path / "node", broker)


async def test_the_subscriber_in_go(broker: str, tmp_path: Path) -> None:
    binary = await asyncio.to_thread(go_program, EXAMPLES / "go", "subscriber")
    await check_subscriber([binary, broker, *READ], tmp_path, tmp_path / "go", broker)


async def test_a_form_in_node(broker: str) -> None:
    node = program("node", "install Node.js 20 or later")
    script = _beside_kafkajs("form.mjs")
    body = application("from node").model_dump_json()
    done = await asyncio.to_thread(run, [node, script, broker], directory=script.parent, text=body)
    assert done.returncode == 0, done.stderr
    await eventually(lambda: _registered(broker, application("from node").application_id), within=30)
    (record,) = [
        it
        for it in await read_all(broker, "forms.applications.v1")
        if dict(it.headers)["ce_id"] == done.stdout.strip().encode()
    ]
    expected = partition_of(record.key or b"", TOPIC_BY_NAME["forms.applications.v1"].partitions)
    assert record.partition == expected, "every producer must use the same partitioner"


async def test_a_form_and_a_subscriber_with_kcat(broker: str) -> None:
    if shutil.which("kcat") is None:
        pytest.skip("kcat is missing: install it (Debian's package kcat)")
    form = application("from kcat")
    publish: list[str | Path] = ["sh", EXAMPLES / "form-kcat.sh"]
    done = await asyncio.to_thread(run, publish, directory=EXAMPLES, text=form.model_dump_json(indent=2), BROKER=broker)
    assert done.returncode == 0, done.stderr
    await eventually(lambda: _registered(broker, form.application_id), within=30)
    subscribe: list[str | Path] = ["sh", EXAMPLES / "subscriber-kcat.sh", "applications.v1"]
    done = await asyncio.to_thread(run, subscribe, directory=EXAMPLES, BROKER=broker)
    assert done.returncode == 0, done.stderr
    expected = {line for line in await told(broker) if line.startswith("applications.v1")}
    assert set(done.stdout.splitlines()) == expected


async def _registered(servers: str, application_id: UUID) -> bool:
    return any(it.key == str(application_id).encode() for it in await read_all(servers, "applications.v1"))


def _beside_kafkajs(name: str) -> Path:
    """A copy of an example where its dependency is: nothing is installed into the repository."""
    wanted = json.loads((EXAMPLES / "node" / "package.json").read_text())["dependencies"]
    directory = node_packages(*(f"{package}@{version}" for package, version in wanted.items()))
    shutil.copy(EXAMPLES / "node" / name, directory / name)
    return directory / name
