"""Hostile records by the thousand on every topic of forms: each good one has its effect, and nothing grows.

`make test-whole` sends some hundreds a topic; `make hostile` sends ten thousand.
"""

from __future__ import annotations

import http.client
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.assignments import AssignmentProposed
from contracts.catalogue import SERVICES, TOPICS
from contracts.codec import Record
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from contracts.obstacles import ObstacleReported
from contracts.partitions import partition_of
from contracts.rounds import RoundRequested
from contracts.topic import Topic
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from publication.golden import golden_examples, record_of
from publication.versions import versions
from tests.eventually import eventually
from tests.forms import START, application, confirmation, identifier, mentor, need, sending
from tests.hostile import SPOILINGS, Wild, batches, broken_batches, spoilt, wild
from tests.kafka import Sending, read_events, send_batch

COUNT = int(os.environ.get("ENGAGE_HOSTILE_RECORDS", "240"))
WAVES = 3
APPLICATIONS = 24
THEMES = ("youth-employment", "education", "health", "housing")
FORMS = [topic for topic in TOPICS if topic.is_form]
PATIENCE = 60 + COUNT / 50

MOST_MEGABYTES = 384.0
"""What a service may hold after all of it, however many there were: what was taken at once, and its fragments."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    broker = ApacheKafka(TOPICS) if os.environ.get("ENGAGE_TEST_KAFKA") == "apache" else None
    with Stack(directory=tmp_path_factory.mktemp("stack"), broker=broker) as started:
        yield started


_DEPENDENT = {
    f"engage.{kind}.v1"
    for kind in (
        "application.withdrawal-requested",
        "assignment.decided",
        "assignment.undo-requested",
        "mentor.recusal-declared",
        "mentor.withdrawn",
        "need.closed",
        "obstacle.reported",
        "pair.answered",
        "pair.end-requested",
    )
}
"""Events about what another event has made: about nothing that there is, they wait."""


@dataclass
class Flood:
    """Good records, each in its place of its partition, and hostile ones around them; what a wave's good ones are."""

    stack: Stack
    client: AIOKafkaClient
    chance: random.Random
    examples: dict[str, list[Record]] = field(default_factory=dict)
    megabytes: list[dict[str, float]] = field(default_factory=list)
    taken: Counter[bool] = field(default_factory=Counter)

    async def send(self, *good: EventData) -> None:
        """One wave: these good records, and a share of the hostile ones on every topic."""
        sendings = [sending(data) for data in good]
        for topic in FORMS:
            await self._send_to(topic, [it for it in sendings if it.topic == topic.name])

    async def _send_to(self, topic: Topic, good: Sequence[Sending]) -> None:
        lines: list[list[Wild]] = [[] for _ in range(topic.partitions)]
        for it in good:
            lines[partition_of(it.record.key, topic.partitions)].append(wild(it.record))
        hostile = self._hostile(topic, [it.record for it in good])
        for line in lines:
            for _ in range(COUNT // WAVES // topic.partitions):
                line.insert(self.chance.randint(0, len(line)), next(hostile))
            # Only what was said before can be said again with other content.
            line.extend(_same_id(it) for it in line[:] if it.headers in {wild(one.record).headers for one in good})
        broken = list(broken_batches(self.examples[topic.name][0]).values())
        for partition, line in enumerate(lines):
            sound = list(batches(line, self.chance))
            for data in sound:
                assert await send_batch(self.client, TopicPartition(topic.name, partition), data), (
                    "a broker takes what is sound"
                )
                if broken:
                    self.taken[await send_batch(self.client, TopicPartition(topic.name, partition), broken.pop())] += 1
        for data in broken:
            self.taken[await send_batch(self.client, TopicPartition(topic.name, 0), data)] += 1

    def _hostile(self, topic: Topic, good: Sequence[Record]) -> Iterator[Wild]:
        keys = [record.key for record in good]
        dependent = [it for it in self.examples[topic.name] if dict(it.headers)["ce_type"].decode() in _DEPENDENT]
        while True:
            kind = self.chance.choice((*SPOILINGS, "another's key", "another's key", "nobody's"))
            it = self.chance.choice(self.examples[topic.name])
            if kind == "nobody's" and dependent:
                yield _nobodys(self.chance.choice(dependent), self.chance)
            elif kind == "another's key" and keys:
                yield replace(spoilt(it, "half of it", self.chance), key=self.chance.choice(keys))
            else:
                yield spoilt(it, kind if kind in SPOILINGS else "no JSON", self.chance)

    async def had(self, kind: str, keys: Sequence[UUID]) -> None:
        """Waits until each of these has its event, once; every service says all the while that it is ready."""

        async def look() -> bool:
            for name in SERVICES:
                status, body = self._ready(name)
                assert status == http.client.OK, f"{name}: {body}"
            return await _have(self.stack, kind, keys)

        await eventually(look, within=PATIENCE)
        await eventually(self._read_to_the_end, within=PATIENCE)
        self.megabytes.append({name: _megabytes(self.stack, name) for name in SERVICES})

    def tell(self) -> None:
        """Says what was measured, to who runs it with `-s`."""
        print(f"\n{COUNT} hostile records a topic; of {self.taken.total()} broken batches {self.taken[True]} taken")
        for name in SERVICES:
            print(f"{name}: MB at rest {[round(it[name]) for it in self.megabytes]}")

    def _ready(self, service: str) -> tuple[int, str]:
        health = urlsplit(self.stack.addresses()[f"{service}_health"])
        connection = http.client.HTTPConnection("127.0.0.1", health.port, timeout=10)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    async def _read_to_the_end(self) -> bool:
        ends = await self._ends()
        async with _database(self.stack) as connection:
            for topic in FORMS:
                for service in topic.consumers:
                    query = f"SELECT partition, next_offset FROM {service}.lane WHERE topic = $1"
                    rows = await connection.fetch(query, topic.name)
                    if any(row["next_offset"] < ends[topic.name, row["partition"]] for row in rows):
                        return False
        return True

    async def _ends(self) -> dict[tuple[str, int], int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.stack.broker.bootstrap_servers)
        await consumer.start()
        try:
            places = [TopicPartition(topic.name, number) for topic in FORMS for number in range(topic.partitions)]
            return {(it.topic, it.partition): end for it, end in (await consumer.end_offsets(places)).items()}
        finally:
            await consumer.stop()


@pytest.fixture
async def flood(stack: Stack) -> AsyncIterator[Flood]:
    client = AIOKafkaClient(bootstrap_servers=stack.broker.bootstrap_servers)
    await client.bootstrap()
    await client.set_topics([topic.name for topic in FORMS])
    examples: dict[str, list[Record]] = {topic.name: [] for topic in FORMS}
    for version in versions():
        if version.topic.is_form:
            examples[version.topic.name].append(record_of(golden_examples(version)[-1]))
    yield Flood(stack, client, random.Random(COUNT), examples)
    await client.close()


async def test_every_good_record_has_its_effect_and_nothing_grows(flood: Flood) -> None:
    stack = flood.stack
    forms = [_application(number) for number in range(APPLICATIONS)]
    needs = [need(theme, capacity=APPLICATIONS) for theme in THEMES]
    mentors = [mentor(number, skills=THEMES, capacity=3) for number in range(4)]
    await flood.send(*needs, *mentors, *forms)
    await flood.had("application.registered", [form.application_id for form in forms])
    await eventually(lambda: _proposals(stack, forms, at_least=len(forms)))

    corrected, withdrawn, proposed = forms[:6], forms[6:12], await _proposals(stack, forms[12:])
    assignments = [it.assignment_id for it in proposed]
    changes = [*map(_correction, corrected), *map(_withdrawal, withdrawn)]
    changes += [confirmation(it.assignment_id, it.owner_id) for it in proposed]
    await flood.send(*changes, _round("hostile"))
    await flood.had("application.amended", [form.application_id for form in corrected])
    await flood.had("application.withdrawn", [form.application_id for form in withdrawn])
    await flood.had("assignment.confirmed", assignments)
    await flood.had("round.completed", [identifier("round hostile")])

    reports, people = [_obstacle(it) for it in assignments], [form.lead.person_id for form in withdrawn]
    await flood.send(*reports, *(ErasureRequested(person_id=it, requested_at=START) for it in people))
    await flood.had("obstacle.opened", assignments)
    await flood.had("person.erased", people)

    await _check_tables(flood)
    flood.tell()
    assert max(flood.megabytes[-1].values()) < MOST_MEGABYTES, flood.megabytes


def _same_id(whole: Wild) -> Wild:
    """The same event once more, with another title, or some other word."""
    document = json.loads(whole.value or b"{}")
    return replace(whole, value=json.dumps({**document, "more": "than was said"}).encode())


def _nobodys(whole: Record, chance: random.Random) -> Wild:
    """A record that is right, about something that there never was."""
    new = str(UUID(int=chance.getrandbits(128), version=4))
    value = (whole.value or b"").replace(whole.key, new.encode())
    fresh = wild(Record(new.encode(), value, whole.headers))
    return fresh.with_header(b"ce_id", str(UUID(int=chance.getrandbits(128), version=4)).encode())


def _application(number: int) -> ApplicationSubmitted:
    form = application(f"flood {number}", submitted_at=START + timedelta(seconds=number))
    project = form.project.model_copy(update={"themes": (THEMES[number % len(THEMES)],)})
    return form.model_copy(update={"project": project})


def _correction(form: ApplicationSubmitted) -> ApplicationCorrected:
    fields = {name: getattr(form, name) for name in type(form).model_fields}
    return ApplicationCorrected(**{**fields, "corrected_at": START + timedelta(days=1)})


def _withdrawal(form: ApplicationSubmitted) -> ApplicationWithdrawalRequested:
    return ApplicationWithdrawalRequested(application_id=form.application_id, requested_at=START)


def _round(name: str) -> RoundRequested:
    return RoundRequested(
        round_id=identifier(f"round {name}"),
        track="implantation",
        requested_by=identifier("officer"),
        requested_at=START,
    )


def _obstacle(assignment_id: UUID) -> ObstacleReported:
    return ObstacleReported(
        assignment_id=assignment_id,
        obstacle_id=identifier(f"obstacle of {assignment_id}"),
        kind="premises",
        reported_by="officer:o",
        reported_at=START,
    )


async def _events(stack: Stack) -> list[Event[EventData]]:
    """The distinct events of all public topics, each of which keeps its contract."""
    found: dict[str, Event[EventData]] = {}
    for topic in ("applications.v1", "assignments.v1", "pairs.v1", "follow-ups.v1", "erasures.v1"):
        for event in await read_events(stack.broker.bootstrap_servers, topic):
            if isinstance(event, Event):
                found.setdefault(event.id, event)
    return list(found.values())


async def _keys(stack: Stack, kind: str) -> Counter[UUID]:
    """How often there is an event of a kind about each aggregate."""
    return Counter(it.data.aggregate_id for it in await _events(stack) if it.type == f"engage.{kind}.v1")


async def _have(stack: Stack, kind: str, keys: Sequence[UUID]) -> bool:
    found = await _keys(stack, kind)
    return all(found[key] == 1 for key in keys)


async def _proposals(
    stack: Stack, forms: Sequence[ApplicationSubmitted], *, at_least: int = 0
) -> list[AssignmentProposed]:
    ours, needs = {form.application_id for form in forms}, {identifier(f"need {theme}") for theme in THEMES}
    proposals = [it.data for it in await _events(stack) if isinstance(it.data, AssignmentProposed)]
    found = [it for it in proposals if it.application_id in ours and it.need_id in needs]
    return found if len(found) >= at_least else []


@asynccontextmanager
async def _database(stack: Stack) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        yield connection
    finally:
        await connection.close()


def _megabytes(stack: Stack, service: str) -> float:
    status = Path(f"/proc/{stack.services[service].process_id}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) / 1024


async def _check_tables(flood: Flood) -> None:
    """Every sort of what is hostile was set aside and nothing stopped; what is about nothing waits."""
    async with _database(flood.stack) as connection:
        for name in SERVICES[:3]:
            rows = await connection.fetch(f"SELECT state, reason, count(*) FROM {name}.held_record GROUP BY 1, 2")
            counts = {(row["state"], row["reason"]): row["count"] for row in rows}
            assert await connection.fetchval(f"SELECT count(*) FROM {name}.lane WHERE stopped_because IS NOT NULL") == 0
            reasons = {reason for state, reason in counts if state == "dead"}
            # Apache Kafka looks into batches and refuses what can't be read.
            undecodable = set[str]() if flood.taken[False] else {"undecodable-batch"}
            assert {"json", "contract", "header", "key", "unknown-type", "id-used-again"} | undecodable <= reasons
            assert not reasons & {"handler-failed", "unprocessable", "kills-the-process"}, counts
            assert counts["waiting", "not-yet"]
