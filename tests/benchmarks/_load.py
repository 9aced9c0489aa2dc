"""What the benchmarks send: applications as a form publishes them, the needs and mentors they meet, and the records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaProducer
from stdnum import luhn

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import topic_of
from contracts.codec import Record, encode
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.event import Event, form_event_id
from contracts.message import EventData
from contracts.partitions import partition_of
from contracts.typed import DeclaredPerson
from tests.forms import identifier, mentor, need

FORMS = "forms.applications.v1"
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
# Twice this makes a form of about 1.5 kB, as real ones are.
_SUMMARY = (
    "Accompagne dans la durée les jeunes et les habitants des quartiers prioritaires vers la découverte de "
    "leurs talents, l'orientation et le travail, en lien avec des entreprises partenaires, des ateliers de "
    "quartier, des bénévoles et les services de la ville, avec une attention particulière aux personnes les "
    "plus éloignées de l'emploi et à celles qui connaissent mal leurs droits. "
)
_MENTORS = 200


def applications(count: int, *, first: int = 0, short: bool = False) -> list[ApplicationSubmitted]:
    """Applications that meet every rule, each of its own organisation, numbered from `first`.

    They are of about 1.5 kB, or of half a kilobyte where they are to be `short`.
    """
    start = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
    summary = "Des ateliers pour les jeunes du quartier." if short else _SUMMARY * 2
    return [_application(it, start + timedelta(milliseconds=it), summary) for it in range(first, first + count)]


def _application(number: int, at: datetime, summary: str) -> ApplicationSubmitted:
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
            summary=summary,
            themes=(THEMES[number % 9], THEMES[(number * 7 + 3) % 9]),
            territories=(f"132{number % 16 + 1:02}",),
        ),
        lead=DeclaredPerson(
            person_id=identifier(f"person {name}"), name=f"Personne {number}", email=f"p{number}@bench.example"
        ),
        consent=True,
        texts_public=True,
    )


def _siren(number: int) -> str:
    """A SIREN with a right check digit: never all zeros."""
    body = f"{10_000_000 + number:08}"
    return body + luhn.calc_check_digit(body)


def programme() -> dict[str, list[Record]]:
    """By topic: needs with room for everybody, and some mentors, so that most leads will wait for one."""
    needs = [need(theme, capacity=100_000) for theme in THEMES]
    mentors = [mentor(number, skills=THEMES, capacity=3) for number in range(_MENTORS)]
    by_topic: dict[str, list[Record]] = {}
    for number, data in enumerate([*needs, *mentors]):
        topic, record = record_of(data, 50_000_000 + number)
        by_topic.setdefault(topic, []).append(record)
    return by_topic


def form_records(count: int, *, first: int = 0, short: bool = False) -> list[Record]:
    """Records of applications, ready to be sent to `FORMS`: making them is not what is measured."""
    return [
        record_of(data, number)[1] for number, data in enumerate(applications(count, first=first, short=short), first)
    ]


def record_of(data: EventData, number: int) -> tuple[str, Record]:
    """A form's event as its record, with the topic it goes to; the same `number` never comes twice."""
    now = datetime.now(UTC)
    event_id = str(form_event_id(now, number))
    event: Event[EventData] = Event(event_id, "urn:form:bench", str(data.aggregate_id), now, event_id, None, None, data)
    return topic_of(type(data), "forms").name, encode(event)


async def produce(producer: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    """Sends records in batches, a partition each, and waits until the broker has them."""
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
