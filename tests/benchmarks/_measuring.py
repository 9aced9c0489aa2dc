"""What the benchmarks share: a load, a stack on a real disk, and what the kernel and PostgreSQL count."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from stdnum import luhn

from contracts.applications import ApplicationSubmitted, DeclaredOrganisation, DeclaredProject
from contracts.catalogue import TOPICS, topic_of
from contracts.codec import Record, encode
from contracts.event import Event, form_event_id
from contracts.message import EventData, Person
from contracts.partitions import partition_of
from deploy.local.broker import EmbeddedBroker
from deploy.local.stack import Stack
from tests.forms import identifier

THEMES = (
    "youth-employment",
    "social-cohesion",
    "education",
    "social-justice",
    "ecological-transition",
    "housing",
    "health",
    "inequalities",
    "inclusion",
)
_SUMMARY = (
    "Accompagne dans la durée les jeunes et les habitants des quartiers prioritaires vers la découverte de "
    "leurs talents, l'orientation et le travail, en lien avec des entreprises partenaires, des ateliers de "
    "quartier, des bénévoles et les services de la ville, avec une attention particulière aux personnes les "
    "plus éloignées de l'emploi et à celles qui connaissent mal leurs droits. "
)
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def stack(services: Sequence[str], environment: Mapping[str, str], *, partitions: int) -> Iterator[Stack]:
    """The system with PostgreSQL on the disk and fsync on.

    The embedded broker keeps 5 MB a partition and drops the oldest: more partitions hold a larger load.
    """
    broker = EmbeddedBroker({topic.name: partitions for topic in TOPICS})
    with tempfile.TemporaryDirectory() as directory:
        made = Stack(
            durable=True,
            services=services,
            directory=Path(directory),
            environment={"ENGAGE_LOG_LEVEL": "info", **environment},
            broker=broker,
        )
        made.start()
        try:
            yield made
        finally:
            made.stop()


def applications(count: int, *, first: int = 0) -> list[ApplicationSubmitted]:
    """Applications of about 1.5 kB that meet every rule, each of its own organisation, numbered from `first`."""
    start = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
    return [_application(number, start + timedelta(milliseconds=number)) for number in range(first, first + count)]


def _application(number: int, at: datetime) -> ApplicationSubmitted:
    name = f"bench {number}"
    return ApplicationSubmitted(
        application_id=identifier(f"application {name}"),
        track="implantation",
        submitted_at=at,
        organisation=DeclaredOrganisation(
            name=f"Association {number}", siren=_siren(number), commune="13055", laureate=True
        ),
        project=DeclaredProject(
            title=f"Projet {number}",
            summary=_SUMMARY * 2,
            themes=(THEMES[number % 9], THEMES[(number * 7 + 3) % 9]),
            territories=(f"132{number % 16 + 1:02}",),
        ),
        lead=Person(
            person_id=identifier(f"person {name}"), name=f"Personne {number}", email=f"p{number}@bench.example"
        ),
        consent=True,
    )


def _siren(number: int) -> str:
    """A SIREN with a right check digit: never all zeros."""
    body = f"{10_000_000 + number:08}"
    return body + luhn.calc_check_digit(body)


def record_of(data: EventData, number: int) -> tuple[str, Record]:
    """A form's event as its record, with the topic it goes to."""
    now = datetime.now(UTC)
    event_id = form_event_id(now, number)
    event: Event[EventData] = Event(event_id, "urn:form:bench", str(data.aggregate_id), now, event_id, None, None, data)
    return topic_of(type(data), "forms").name, encode(event)


async def produce(producer: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    """Sends records in batches, a partition each."""
    by_partition: dict[int, list[Record]] = {}
    partitions = len(await producer.partitions_for(topic))
    for record in records:
        by_partition.setdefault(partition_of(record.key, partitions), []).append(record)
    for partition, own in by_partition.items():
        batch = producer.create_batch()
        for record in own:
            arguments = {"key": record.key, "value": record.value, "timestamp": None, "headers": record.headers}
            if batch.append(**arguments) is None:
                await (await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(**arguments)
        await (await producer.send_batch(batch, topic, partition=partition))


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of processor time by name, bytes of WAL, and the clock, at one moment."""

    seconds: dict[str, float]
    wal: int
    at: float

    def since(self, before: Usage) -> Usage:
        """What was used between two moments."""
        used = {name: value - before.seconds[name] for name, value in self.seconds.items()}
        return Usage(used, self.wal - before.wal, self.at - before.at)


async def usage(stack: Stack, connection: asyncpg.Connection[asyncpg.Record]) -> Usage:
    """What the services and PostgreSQL have used so far."""
    seconds = {name: _process_seconds(process.process_id) for name, process in stack.services.items()}
    seconds["postgresql"] = sum(_process_seconds(pid, ended=True) for pid in _family(stack.postgresql.process_id))
    wal = await connection.fetchval("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
    return Usage(seconds, int(wal), time.perf_counter())


def _process_seconds(process_id: int, *, ended: bool = False) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    own = int(fields[11]) + int(fields[12])
    children = int(fields[13]) + int(fields[14]) if ended else 0
    return (own + children) / _TICKS


def _family(postmaster: int) -> list[int]:
    children = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == postmaster:
            children.append(int(path.parent.name))
    return [postmaster, *children]


def peak_memory_mb(process_id: int) -> float:
    """The most memory a process has held, in MB."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def consumed(connection: asyncpg.Connection[asyncpg.Record], service: str, topic: str) -> int:
    """How many records of a topic a service has committed."""
    value = await connection.fetchval(
        f"SELECT coalesce(sum(next_offset), 0)::bigint FROM {service}.lane WHERE topic = $1", topic
    )
    return int(value)


async def until(look: object, target: int, *, seconds: float = 300.0) -> None:
    """Waits until `look()` gives at least `target`; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while await look() < target:  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(f"fewer than {target} after {seconds} s")
        await asyncio.sleep(0.02)


async def floor(made: Stack, connection: asyncpg.Connection[asyncpg.Record], count: int) -> float:
    """Messages a second of consume + validate + COPY, over the same records."""
    await connection.execute("CREATE TABLE IF NOT EXISTS floor (id uuid, payload bytea)")
    consumer = AIOKafkaConsumer(
        "forms.applications.v1", bootstrap_servers=made.broker.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    await consumer.seek_to_beginning()
    validate = ApplicationSubmitted.__pydantic_validator__.validate_json
    seen = 0
    started = time.perf_counter()
    while seen < count:
        batch = [r for rs in (await consumer.getmany(timeout_ms=100, max_records=500)).values() for r in rs]
        rows = [(validate(record.value).application_id, record.value) for record in batch]
        async with connection.transaction():
            await connection.copy_records_to_table("floor", records=rows)
        seen += len(rows)
    rate = seen / (time.perf_counter() - started)
    await consumer.stop()
    return rate


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
