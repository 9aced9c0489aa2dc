"""The performance: starts the system, sends the forms, answers as people would, and sums up."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from rich.console import Console
from rich.live import Live

from contracts.catalogue import SERVICES, TOPIC_BY_NAME, TOPICS, topic_of
from contracts.codec import Record, decode, encode
from contracts.event import Event, form_event_id
from contracts.message import EventData
from contracts.partitions import partition_of
from deploy.demo.cast import Cast, identifier
from deploy.demo.form_over_http import submit
from deploy.demo.people import People
from deploy.demo.programme import Programme
from deploy.demo.summary import Summary, summarise
from deploy.demo.view import picture, report
from deploy.json_lines import print_json
from deploy.local.mailbox import Mailbox
from deploy.local.mailbox_pages import save_pages
from deploy.local.stack import Broker, Stack
from deploy.roles import WITH_SCHEMA

DIRECTORY = Path(".demo")
_PATIENCE_SECONDS = 60.0
_QUIET_SECONDS = 0.5


def play(*, as_json: bool, keep: bool, browser: bool = False, broker: Broker | None = None) -> int:
    """Plays the demonstration; returns the exit code: 1 where something did not come to its end.

    `broker` replaces the embedded one.
    """
    started = time.monotonic()
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    console = Console(stderr=as_json)
    # Pages only where somebody can look at them.
    services = WITH_SCHEMA if keep else SERVICES
    stack = Stack(services=services, directory=DIRECTORY.resolve(), broker=broker)
    with console.status("Starting PostgreSQL, a Kafka broker, a mail catcher and the services …"):
        stack.start()
    try:
        performance = Performance(stack, console)
        unfinished = asyncio.run(performance.play())
        page = save_pages(Mailbox(stack.directory / "mails"), stack.directory / "mailbox")
        summary = summarise(performance.programme, performance.cast, stack, page, time.monotonic() - started)
        _tell(summary, console, as_json=as_json)
        if browser:
            webbrowser.open(page.as_uri())
        for problem in unfinished:
            console.print(f"[red]unfinished:[/] {problem}")
        if keep:
            _keep(stack, console)
    finally:
        stack.stop()
    return 1 if unfinished else 0


def _tell(summary: Summary, console: Console, *, as_json: bool) -> None:
    text = json.dumps(summary.as_json(), ensure_ascii=False)
    (DIRECTORY / "summary.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        print_json(summary.as_json())
    else:
        report(summary, console)


def _keep(stack: Stack, console: Console) -> None:
    console.print("The system goes on running; Ctrl-C ends it.")
    for name, address in stack.addresses().items():
        console.print(f"  {name:24} {address}", highlight=False, soft_wrap=True)  # a link is copied whole
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("Ending.")


class Performance:
    """One run of the demonstration against a started system, through topics alone."""

    def __init__(self, stack: Stack, console: Console) -> None:
        self.cast = Cast(datetime.now(UTC))
        self.programme = Programme(unreachable=self.cast.unreachable)
        self._people = People(self.programme)
        addresses = stack.addresses()
        self._servers = addresses["kafka_bootstrap_servers"]
        self._door, self._secret = addresses["intake"], addresses["door_secret"]
        self._console = console
        self._producer: AIOKafkaProducer | None = None
        self._last_event = time.monotonic()

    async def send_forms(self) -> None:
        """Sends everything that forms send, and leaves all that follows to whoever decides."""
        self._producer = AIOKafkaProducer(bootstrap_servers=self._servers, acks="all", linger_ms=5)
        await self._producer.start()
        try:
            await self._send_forms()
        finally:
            await self._producer.stop()

    async def play(self) -> list[str]:
        """Sends everything, answers until nothing is under way; returns what did not come to its end."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._servers, fetch_max_wait_ms=10)
        self._producer = AIOKafkaProducer(bootstrap_servers=self._servers, acks="all", linger_ms=5)
        await self._producer.start()
        await consumer.start()
        try:
            partitions = [TopicPartition(t.name, n) for t in TOPICS for n in range(t.partitions) if _is_told(t.name)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            await self._send_forms()
            with self._shown():
                if unfinished := await self._follow(consumer):
                    return unfinished
                # Once everybody has answered: a round, which proves what was decided and says what is left.
                await self._send(self.cast.round_request)
                return await self._follow(consumer, rounds=1)
        finally:
            await consumer.stop()
            await self._producer.stop()

    async def _send_forms(self) -> None:
        """Needs and mentors first, as a city would; then the applications, good and bad, one of them over HTTP."""
        first, *others, last = self.cast.applications
        for data in (*self.cast.needs, *self.cast.mentors, *others, *self.cast.wrong_applications):
            await self._send(data)
        hasty = encode(self._event(first))  # somebody clicked twice: the same event comes again
        broken = Record(str(identifier("broken")).encode(), b'{"application_id": ', hasty.headers)
        for record in (hasty, hasty, broken):
            await self._put("forms.applications.v1", record)
        await asyncio.to_thread(submit, self._door, self._secret, last)

    async def _send(self, data: EventData) -> None:
        await self._put(topic_of(type(data), "forms").name, encode(self._event(data)))

    def _event(self, data: EventData) -> Event[EventData]:
        # A form that was filled in some time ago says so.
        at = getattr(data, "reported_at", datetime.now(UTC))
        event_id = str(form_event_id(at, secrets.randbits(74)))
        return Event(event_id, "urn:form:demonstration", str(data.aggregate_id), at, event_id, None, None, data)

    async def _put(self, topic: str, record: Record) -> None:
        assert self._producer is not None
        partition = partition_of(record.key, TOPIC_BY_NAME[topic].partitions)
        await self._producer.send(topic, record.value, record.key, partition, headers=record.headers)

    async def _follow(self, consumer: AIOKafkaConsumer, *, rounds: int = 0) -> list[str]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            for batch in (await consumer.getmany(timeout_ms=50)).values():
                for record in batch:
                    await self._take(
                        record.topic, decode(TOPIC_BY_NAME[record.topic], record.key, record.value, record.headers)
                    )
            unfinished = self._unfinished(rounds)
            quiet = time.monotonic() - self._last_event > _QUIET_SECONDS
            if (not unfinished and quiet) or time.monotonic() > deadline:
                return unfinished

    async def _take(self, topic: str, event: object) -> None:
        if isinstance(event, Event) and self.programme.note(topic, event):
            self._last_event = time.monotonic()
            for answer in self._people.react(event, datetime.now(UTC)):
                await self._send(answer)

    def _unfinished(self, rounds: int) -> list[str]:
        applications = len(self.cast.applications) + len(self.cast.wrong_applications)
        now = datetime.now(UTC)
        return self.programme.unfinished(applications=applications, dead_letters=1, rounds=rounds, now=now)

    @contextmanager
    def _shown(self) -> Iterator[None]:
        if not (self._console.is_terminal and sys.stdout.isatty()):
            yield
            return
        with Live(
            get_renderable=lambda: picture(self.programme), console=self._console, refresh_per_second=12, transient=True
        ):
            yield


def _is_told(topic: str) -> bool:
    return not topic.startswith(("forms.", "contacts."))
