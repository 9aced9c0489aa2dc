"""The pieces of the embedded stack, each through the door that the services use."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.broker import EmbeddedBroker
from deploy.local.mail_catcher import MailCatcher
from deploy.local.ports import free_port
from deploy.local.postgresql import PostgreSQL
from deploy.local.processes import ProcessError, ServiceProcess

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({"narrow.v1": 1, "wide.v1": 8}) as server:
        yield server


@pytest.fixture
def reachable_directory() -> Iterator[Path]:
    """A directory that PostgreSQL can reach under another account too; pytest's own are private."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


async def value_of(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def is_alive(process_id: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped by a stranger does not."""
    try:
        os.kill(process_id, 0)
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until_gone(*process_ids: int) -> None:
    deadline = time.monotonic() + 10
    while any(is_alive(process_id) for process_id in process_ids):
        assert time.monotonic() < deadline, f"one of {process_ids} still runs"
        time.sleep(0.02)


async def test_postgresql_lower_cases_french_over_tcp(postgresql: PostgreSQL) -> None:
    assert await value_of(postgresql.database_url("postgres"), "SELECT lower('ÉRIC ŒUVRE')") == "éric œuvre"


async def test_clone_holds_what_its_template_held_and_nothing_more(postgresql: PostgreSQL) -> None:
    postgresql.create_database("template one")
    template = postgresql.database_url("template one")
    await value_of(template, "CREATE TABLE kept AS SELECT 7 AS number")
    postgresql.clone_database("template one", 'clone "one"')
    clone = postgresql.database_url('clone "one"')
    await value_of(clone, "INSERT INTO kept VALUES (8)")
    assert await value_of(clone, "SELECT sum(number) FROM kept") == 15
    assert await value_of(template, "SELECT sum(number) FROM kept") == 7
    postgresql.drop_database('clone "one"')
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await value_of(clone, "SELECT 1")


def test_refusal_of_postgresql_is_quoted(postgresql: PostgreSQL) -> None:
    with pytest.raises(ProcessError, match="already exists"):
        postgresql.create_database("postgres")


async def test_killed_postgresql_goes_on_with_all_it_confirmed() -> None:
    with PostgreSQL() as server:
        url = server.database_url("postgres")
        await value_of(url, "CREATE TABLE confirmed AS SELECT generate_series(1, 1000) AS number")
        first = server.process_id
        server.kill()
        wait_until_gone(first)
        server.start()
        assert await value_of(url, "SELECT count(*) FROM confirmed") == 1000


async def test_kept_data_is_there_after_a_stop_on_the_same_port(reachable_directory: Path) -> None:
    data = reachable_directory / "data"
    server = PostgreSQL(durable=True, data_directory=data)
    url = server.database_url("postgres")
    with server:
        await value_of(url, "CREATE TABLE kept AS SELECT 1 AS number")
        assert await value_of(url, "SELECT current_setting('fsync')") == "on"
    with server:
        assert await value_of(url, "SELECT number FROM kept") == 1


def test_thrown_away_data_leaves_nothing_behind() -> None:
    with PostgreSQL() as server:
        scratch = server.socket_directory.parent
        assert scratch.exists()
    assert not scratch.exists()


async def test_broker_keeps_order_and_headers_of_each_key(broker: EmbeddedBroker) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, enable_idempotence=True, acks="all")
    await producer.start()
    sent = [(f"key-{number % 20}".encode(), str(number).encode()) for number in range(400)]
    headers = [("ce_type", b"engage.test.happened.v1")]
    futures = [await producer.send("wide.v1", value, key=key, headers=headers) for key, value in sent]
    await asyncio.gather(*futures)
    assert len(await producer.partitions_for("wide.v1")) == 8
    assert len(await producer.partitions_for("narrow.v1")) == 1
    await producer.stop()

    received = await consume(broker, "wide.v1", len(sent))
    assert {header for _, _, header in received} == {("ce_type", b"engage.test.happened.v1")}
    for key in {key for key, _ in sent}:
        assert [value for other, value, _ in received if other == key] == [
            value for other, value in sent if other == key
        ]


async def consume(broker: EmbeddedBroker, topic: str, count: int) -> list[tuple[bytes, bytes, tuple[str, bytes]]]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap_servers,
        group_id="readers",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    records: list[tuple[bytes, bytes, tuple[str, bytes]]] = []
    async with asyncio.timeout(10):
        while len(records) < count:
            for batch in (await consumer.getmany(timeout_ms=100)).values():
                records.extend((record.key, record.value, record.headers[0]) for record in batch)
    await consumer.commit()
    await consumer.stop()
    return records


def test_broker_refuses_a_topic_without_partitions() -> None:
    with pytest.raises(ProcessError, match="is not TOPIC=PARTITIONS"):
        EmbeddedBroker({"wide.v1": 0}).start()


def test_stopped_broker_has_no_address() -> None:
    broker = EmbeddedBroker({"narrow.v1": 1})
    with broker:
        process_id = broker.process_id
    wait_until_gone(process_id)
    with pytest.raises(ProcessError, match="does not run"):
        _ = broker.bootstrap_servers


def test_service_process_stops_and_starts_again_on_one_log(tmp_path: Path) -> None:
    process = ServiceProcess("sleeper", SLEEPER, environment={}, log_path=tmp_path / "log")
    process.start()
    with pytest.raises(ProcessError, match="runs already"):
        process.start()
    assert process.kill() == -signal.SIGKILL
    process.start()
    assert process.returncode is None
    wait_for_log(process, "up")
    assert process.terminate() == -signal.SIGTERM
    wait_until_gone(process.process_id)


def wait_for_log(process: ServiceProcess, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in process.log_tail():
        assert time.monotonic() < deadline, process.log_tail()
        time.sleep(0.01)


def test_process_that_ignores_the_request_to_stop_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    process = ServiceProcess("deaf", [sys.executable, "-c", code], environment={}, log_path=tmp_path / "log")
    process.start()
    wait_for_log(process, "deaf")
    assert process.terminate(patience=0.1) == -signal.SIGKILL


def test_process_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    process = ServiceProcess("sleeper", SLEEPER, environment={}, log_path=tmp_path / "log")
    thread = threading.Thread(target=process.start)
    thread.start()
    thread.join()
    wait_for_log(process, "up")
    assert process.returncode is None
    process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from deploy.local.broker import EmbeddedBroker\n"
        "from deploy.local.mail_catcher import MailCatcher\n"
        "from deploy.local.postgresql import PostgreSQL\n"
        "from deploy.local.processes import ServiceProcess\n"
        "pieces = PostgreSQL().start(), EmbeddedBroker({'a.v1': 1}).start(), MailCatcher().start()\n"
        f"sleeper = ServiceProcess('sleeper', {SLEEPER!r}, environment={{}}, log_path=Path(sys.argv[1]))\n"
        "sleeper.start()\n"
        "process_ids = [piece.process_id for piece in (*pieces, sleeper)]\n"
        "print(pieces[0].socket_directory.parent, *process_ids)\n"
        "sys.stdout.flush()\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        scratch, *process_ids = parent.stdout.readline().split()
        parent.kill()
    assert len(process_ids) == 4
    wait_until_gone(*map(int, process_ids))
    # What the killed process could not remove, the next one to start does.
    PostgreSQL().start().stop()
    MailCatcher().start().stop()
    assert not Path(scratch).exists()


def test_free_ports_differ() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50


def test_free_ports_of_processes_that_live_at_once_differ() -> None:
    asking = "from deploy.local.ports import free_port; print(*(free_port() for _ in range(150)), flush=True); input()"
    command = [sys.executable, "-c", asking]
    with ExitStack() as processes:
        lines = []
        for _ in range(3):
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            processes.enter_context(process)
            assert process.stdout is not None
            lines.append(process.stdout.readline().split())
        assert [len(ports) for ports in lines] == [150] * 3
        assert len({port for ports in lines for port in ports}) == 450
