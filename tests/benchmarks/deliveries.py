"""Mails a second: planned mail sent to aiosmtpd in a process of its own, against aiosmtplib alone in the same run.

The floor delivers as many mails, written beforehand, over as many connections to the same server, and keeps nothing.
What the service takes more is ours: claims and outcomes in PostgreSQL, texts, the events of each mail. Run it with
`make bench` or `python -m tests.benchmarks.deliveries [COUNT]`.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from uuid import UUID

from contracts.applications import ApplicationRegistered, Organisation, Project
from contracts.codec import Record, encode
from contracts.contacts import ContactPublished, contact_id_of
from contracts.event import Event, derived_id
from contracts.message import EventData
from deploy.local.stack import Stack
from services.notifications.kinds import KINDS
from services.notifications.mails.composing import Mail, compose
from services.notifications.mails.texts import load_texts
from services.notifications.people import Correspondent
from services.notifications.sending.smtp import Mailer
from services.notifications.settings import SmtpServer
from tests.benchmarks._load import produce
from tests.benchmarks._measuring import Usage, peak_memory_mb, stack, until
from tests.benchmarks.chain.running import Chain, running_chain
from tests.forms import START, identifier

_CONNECTIONS = 16


def main(count: int = 5_000) -> None:
    """Measures and prints."""
    with _mail_server() as port:
        environment = {"ENGAGE_SMTP_URL": f"smtp://127.0.0.1:{port}", "ENGAGE_MAIL_PAUSED": "true"}
        with stack(("notifications",), environment, partitions=4) as made:
            asyncio.run(_measure(made, count, port))


async def _measure(made: Stack, count: int, port: int) -> None:
    async with running_chain(made) as chain:
        await _plan(chain, count)
        floor = await _floor(count, port)
        print(f"floor, aiosmtplib over {_CONNECTIONS} connections: {floor:7.0f} mails a second")

        planned = await _published(chain)
        service = made.services["notifications"]
        service.terminate()
        service.environment["ENGAGE_MAIL_PAUSED"] = "false"
        service.start()

        async def sent() -> int:
            return await _published(chain) - planned

        await until(sent, 1)
        # What its start took is not counted: whatever was sent before this moment is not either.
        before, first = await chain.usage(), await sent()
        await until(sent, count)
        used = (await chain.usage()).since(before)
        _print(count - first, used, floor, peak_memory_mb(service.process_id))


def _print(count: int, used: Usage, floor: float, memory: float) -> None:
    rate = count / used.at
    print(f"notifications: {rate:7.0f} mails a second; ratio to the floor {floor / rate:.2f}")
    print(f"ours of the time: {100 * (1 - rate / floor):.0f} %")
    for name, took in used.seconds.items():
        print(f"  {name:14} {1e6 * took / count:6.0f} µs of a processor a mail")
    print(f"  {used.wal / count:.0f} bytes of WAL a mail; at most {memory:.0f} MB")


async def _published(chain: Chain) -> int:
    """How many events of follow-ups there are: one a mail when it is sent."""
    return (await chain.ends())["follow-ups.v1"]


async def _plan(chain: Chain, count: int) -> None:
    for topic, records in (("contacts.v1", _contacts(count)), ("applications.v1", _registrations(count))):
        await produce(chain.producer, topic, records)
    await chain.settle()


async def _floor(count: int, port: int) -> float:
    """Mails a second of the library alone."""
    mailer = Mailer(SmtpServer("127.0.0.1", port), connections=_CONNECTIONS, local_hostname="ville.example")
    mails = [_mail(number) for number in range(count)]
    deadline = asyncio.get_running_loop().time() + 600
    began = time.perf_counter()
    deliveries = await asyncio.gather(*(mailer.deliver(mail, deadline=deadline) for mail in mails))
    seconds = time.perf_counter() - began
    await mailer.close()
    assert all(it.verdict == "accepted" for it in deliveries)
    return count / seconds


_TEXTS = load_texts(kind.kind for kind in KINDS.all)
_SENDER = Address("Engage", addr_spec="engage@ville.example")


def _mail(number: int) -> Mail:
    person = Correspondent(f"Personne {number}", f"p{number}@bench.example")
    follow_up_id = identifier(f"floor {number}")
    text = _TEXTS.render(
        "acknowledgement",
        "fr",
        parameters={"organisation_name": "Association", "project_title": f"Projet {number}", "track": "implantation"},
        reference=str(follow_up_id),
        recipient=person,
    )
    return compose(text, to=person, sender=_SENDER, follow_up_id=follow_up_id, at=START)


def _contacts(count: int) -> list[Record]:
    return [
        _record(
            "intake",
            ContactPublished(
                contact_id=contact_id_of("lead", identifier(f"lead {number}")),
                person_id=identifier(f"lead {number}"),
                role="lead",
                name=f"Personne {number}",
                email=f"p{number}@bench.example",
                language="fr",
                telephone=None,
            ),
        )
        for number in range(count)
    ]


def _registrations(count: int) -> list[Record]:
    return [
        _record(
            "intake",
            ApplicationRegistered.model_validate(
                {
                    "from": None,
                    "to": "registered",
                    "actor": "engine:intake@1",
                    "occurred_at": START,
                    "version": 1,
                    "application_id": identifier(f"application {number}"),
                    "track": "implantation",
                    "edition": "contest-2025",
                    "lead_id": identifier(f"lead {number}"),
                    "organisation": Organisation(name=f"Association {number}", identified_by="siren"),
                    "project_title": f"Projet {number}",
                    "rules_version": "1",
                    "project": Project(title=f"Projet {number}", summary="", themes=(), publics=(), territories=()),
                }
            ),
        )
        for number in range(count)
    ]


def _record(service: str, data: EventData) -> Record:
    cause: UUID = data.aggregate_id
    event_id = derived_id(cause, START, source=service, ordinal=len(data.event_type))
    source = f"urn:engage:{service}"
    event: Event[EventData] = Event(str(event_id), source, str(data.aggregate_id), START, str(cause), None, None, data)
    return encode(event)


@contextmanager
def _mail_server() -> Iterator[int]:
    """aiosmtpd in a process of its own, which throws away what it takes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
