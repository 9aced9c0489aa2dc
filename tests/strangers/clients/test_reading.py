"""What `engage up` publishes, counted as each stranger and each example reads it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from contracts.assignments import AssignmentProposed
from contracts.catalogue import TOPICS
from contracts.codec import Record
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.needs import NeedClosed
from deploy.local.apache_kafka.jars import jars_of
from deploy.local.apache_kafka.java import find_java
from deploy.local.processes import ProcessError
from tests.eventually import eventually
from tests.forms import START, application, confirmation, identifier, mentor, need, sending
from tests.kafka import Sending, read_all, read_events, send
from tests.strangers.clients.clients import CLIENTS, HERE, Installed, node_program
from tests.tools import go_program, program, run

PUBLIC: Final = [topic.name for topic in TOPICS if topic.privacy == "public"]
EXAMPLES: Final = Path("contracts/examples").resolve()
CATALOGUE: Final = {"CATALOGUE": str(Path("contracts/published/catalogue.json").resolve())}


@pytest.fixture(scope="module")
def published(broker: str) -> list[str]:
    """A line for each event that is on the public topics once a little programme has been played."""
    return asyncio.run(_play(broker))


async def _play(broker: str) -> list[str]:
    needs = [need("youth-employment", capacity=2), need("health", capacity=2)]
    await send(broker, [sending(it) for it in needs])
    await send(broker, [sending(mentor("first", skills=("youth-employment",), capacity=3))])
    await send(broker, [sending(application(f"stranger {number}")) for number in range(6)])
    proposed = await eventually(lambda: _proposed(broker, 2), within=60)
    await send(
        broker,
        [
            *(sending(confirmation(it, needs[0].owner.person_id)) for it in proposed),
            sending(NeedClosed(need_id=needs[1].need_id, closed_at=START)),
            sending(ErasureRequested(person_id=identifier("person of nobody"), requested_at=START)),
            Sending("forms.applications.v1", Record(b"no id", b"no JSON", [])),
        ],
    )
    return await eventually(lambda: _quiet(broker), within=90)


async def _proposed(broker: str, least: int) -> list[UUID]:
    events = await read_events(broker, "assignments.v1")
    found = [
        it.data.assignment_id for it in events if isinstance(it, Event) and isinstance(it.data, AssignmentProposed)
    ]
    return found if len(found) >= least else []


async def _quiet(broker: str) -> list[str]:
    """The lines of all public topics, once each topic has something, and nothing comes any more."""
    lines = await lines_of(broker)
    has_all = {line.split()[0] for line in lines} == set(PUBLIC)
    kinds = {line.split()[1] for line in lines}
    if has_all and {"gone", "engage.pair.offered.v1", "engage.person.erased.v1"} <= kinds:
        await asyncio.sleep(1)
        return lines if lines == await lines_of(broker) else []
    return []


async def lines_of(broker: str) -> list[str]:
    """What a subscriber must say, from the records themselves."""
    lines = []
    for topic in PUBLIC:
        for record in await read_all(broker, topic):
            headers = {name: (value or b"").decode() for name, value in record.headers}
            key = (record.key or b"").decode()
            gone = record.value is None
            lines.append(f"{topic} gone {key}" if gone else f"{topic} {headers['ce_type']} {key} {headers['ce_id']}")
    return sorted(lines)


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_stranger_reads_every_event(name: str, broker: str, published: list[str]) -> None:
    client: Installed = await asyncio.to_thread(CLIENTS[name])
    assert sorted(await asyncio.to_thread(client.read, broker, PUBLIC)) == published


def _python_example(broker: str) -> list[str | Path]:
    return [sys.executable, EXAMPLES / "python" / "subscriber.py", broker]


def _node_example(broker: str) -> list[str | Path]:
    script = shutil.copy(EXAMPLES / "node" / "subscriber.mjs", node_program("sdk.mjs").with_name("subscriber.mjs"))
    return [program("node", "install Node.js 20 or later"), script, broker, "counting"]


def _go_example(broker: str) -> list[str | Path]:
    return [go_program(EXAMPLES / "go", "subscriber"), broker]


@contextmanager
def _following(argv: Sequence[str | Path], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until it is asked to end."""
    with output.open("wb") as lines:
        process = subprocess.Popen(argv, stdout=lines, cwd=Path.cwd(), env={**os.environ, **CATALOGUE})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("example", [_python_example, _node_example, _go_example])
async def test_an_example_drops_nothing(
    example: Callable[[str], list[str | Path]], broker: str, published: list[str], tmp_path: Path
) -> None:
    argv, output = await asyncio.to_thread(example, broker), tmp_path / "lines"

    async def told() -> list[str]:
        assert process.poll() is None
        lines = sorted(output.read_text().splitlines())
        return lines if len(lines) >= len(published) else []

    with _following([*argv, *PUBLIC], output) as process:
        assert await eventually(told, within=60) == published


async def test_the_example_with_kcat_drops_nothing(broker: str, published: list[str]) -> None:
    if shutil.which("kcat") is None:
        pytest.skip("kcat is missing: install it (Debian's package kcat)")
    argv: list[str | Path] = ["sh", EXAMPLES / "subscriber-kcat.sh", *PUBLIC]
    done = await asyncio.to_thread(run, argv, directory=EXAMPLES, BROKER=broker)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == published


async def test_kafka_console_consumer_prints_every_event(broker: str, published: list[str], tmp_path: Path) -> None:
    try:
        java, jars = find_java(), jars_of((HERE / "java" / "console.xml").read_bytes(), "console")
    except ProcessError as error:
        pytest.skip(str(error))
    argv: list[str | Path] = [java, "-cp", str(jars / "*"), "org.apache.kafka.tools.consumer.ConsoleConsumer"]
    argv += ["--bootstrap-server", broker, "--include", "|".join(map(re.escape, PUBLIC)), "--from-beginning"]
    argv += ["--max-messages", str(len(published)), "--property", "print.headers=true", "--property", "print.key=true"]
    done = await asyncio.to_thread(run, argv, directory=tmp_path)
    told = [re.search(r"ce_type:([a-z.0-9-]+).*ce_id:([0-9a-f-]+)", line) for line in done.stdout.splitlines()]
    ids = [line.split()[3] for line in published if " gone " not in line]
    assert len(told) == len(published)
    assert {found[2] for found in told if found} >= set(ids)
