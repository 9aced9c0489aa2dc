"""Rights as they are exported, tried on Apache Kafka: each user can do its work, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, structs
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from contracts.catalogue import TOPICS
from contracts.partitions import partition_of
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from deploy.moving.filling import Filling, check_empty, fill
from deploy.moving.record_files import Kept
from deploy.topic_plan import differences, make, read_cluster
from deploy.topic_records import Extent, reader
from deploy.topics import TopicsError, delete_present
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from publication.strimzi import strimzi_files
from tests.door import request, signed
from tests.eventually import eventually
from tests.forms import application, sending

PASSWORD = "not-a-secret-of-anybody"
USERS = [it for it in yaml.safe_load_all(strimzi_files("engage", 1)["users.yaml"]) if it]


def bindings(user: dict[str, Any]) -> Iterator[AclBinding]:
    """A KafkaUser's rules as Kafka itself has them."""
    for rule in user["spec"]["authorization"]["acls"]:
        resource = rule["resource"]
        pattern = (
            ResourcePatternType.PREFIXED if resource.get("patternType") == "prefix" else ResourcePatternType.LITERAL
        )
        kind = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.BROKER}[
            resource["type"]
        ]
        for operation in rule["operations"]:
            name = "".join(f"_{letter}" if letter.isupper() else letter for letter in operation).strip("_").upper()
            yield AclBinding(
                kind,
                resource.get("name", "kafka-cluster"),
                pattern,
                f"User:{user['metadata']['name']}",
                rule["host"],
                AclOperation[name],
                AclPermissionType.ALLOW,
            )


def credentials(cluster: Cluster) -> dict[str, Any]:
    """How a client of librdkafka is told who it is."""
    return {
        "bootstrap.servers": cluster.bootstrap_servers,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": cluster.options["sasl_plain_username"],
        "sasl.password": cluster.options["sasl_plain_password"],
    }


class GuardedKafka(ApacheKafka):
    """A cluster on which everybody has the rights that are exported, and no others."""

    def start(self, patience: float = 60.0) -> Self:
        super().start(patience)
        administrator = AdminClient(credentials(self.cluster))
        for future in administrator.create_acls([it for user in USERS for it in bindings(user)]).values():
            future.result(30)
        return self


@pytest.fixture(scope="module")
def kafka() -> GuardedKafka:
    return GuardedKafka(TOPICS, users={user["metadata"]["name"]: PASSWORD for user in USERS})


@pytest.fixture(scope="module")
def stack(kafka: GuardedKafka) -> Iterator[Stack]:
    environment = {
        "ENGAGE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "ENGAGE_KAFKA_SASL_MECHANISM": "PLAIN",
        "ENGAGE_KAFKA_USERNAME": "engage-intake",
        "ENGAGE_KAFKA_PASSWORD": PASSWORD,
    }
    with Stack(services=("intake",), environment=environment, broker=kafka) as made:
        yield made


async def publish(kafka: GuardedKafka, user: str, topic: str, key: bytes, value: bytes, headers: Any = ()) -> None:
    producer = AIOKafkaProducer(**kafka.cluster_for(user).options, acks="all", request_timeout_ms=5_000)
    await producer.start()
    try:
        place = partition_of(key, next(it for it in TOPICS if it.name == topic).partitions)
        await producer.send_and_wait(topic, value, key, place, headers=list(headers))
    finally:
        await producer.stop()


def read(kafka: GuardedKafka, user: str, topic: str) -> list[bytes]:
    """The keys on a topic; raises KafkaException where the user may not read it."""
    partitions = next(it for it in TOPICS if it.name == topic).partitions
    # It joins no group, but librdkafka must be given one, and says so where it may not use it.
    reader = Consumer({**credentials(kafka.cluster_for(user)), "group.id": "none", "enable.auto.commit": False})
    try:
        if unseen := reader.list_topics(topic, timeout=10).topics[topic].error:
            raise KafkaException(unseen)
        reader.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)])
        messages = reader.consume(1_000, timeout=2.0)
        errors = [error for it in messages if (error := it.error())]
        for error in errors:
            if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise KafkaException(error)
        return [message.key() or b"" for message in messages if not message.error()]
    finally:
        reader.close()


async def commit(kafka: GuardedKafka, user: str, group: str) -> None:
    options = kafka.cluster_for(user).options
    consumer = AIOKafkaConsumer(**options, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        place = structs.TopicPartition("applications.v1", 0)
        consumer.assign([place])
        await consumer.commit({place: 1})
    finally:
        await consumer.stop()


async def test_a_form_a_service_and_a_subscriber_can_do_their_work(kafka: GuardedKafka, stack: Stack) -> None:
    over_kafka, over_http = application("guarded"), application("guarded door")
    _, record, _ = sending(over_kafka)
    await publish(kafka, "forms-applications", "forms.applications.v1", record.key, record.value or b"", record.headers)
    body = over_http.model_dump_json().encode()
    headers = signed(stack.door_secret, "guarded", body)
    answer = await asyncio.to_thread(request, stack.addresses()["intake"], "POST", "/v1/applications", body, headers)
    assert answer.status == 202, answer.body
    wanted = {str(it.application_id).encode() for it in (over_kafka, over_http)}

    async def registered() -> bool:
        return wanted <= set(await asyncio.to_thread(read, kafka, "public-subscriber", "applications.v1"))

    await eventually(registered, within=60)
    assert read(kafka, "contacts-subscriber", "contacts.v1")


async def test_a_form_hears_its_answers_with_its_own_user(kafka: GuardedKafka, stack: Stack) -> None:
    good, bad = application("heard"), application("unheard")
    for form, value in ((good, good.model_dump_json().encode()), (bad, b"no JSON")):
        _, record, _ = sending(form)
        await publish(kafka, "forms-applications", "forms.applications.v1", record.key, value, record.headers)

    async def heard() -> bool:
        taken = await asyncio.to_thread(read, kafka, "forms-applications", "applications.v1")
        refused = await asyncio.to_thread(read, kafka, "forms-applications", "refusals.v1")
        return str(good.application_id).encode() in taken and bool(refused)

    await eventually(heard, within=60)
    await commit(kafka, "forms-applications", "forms-applications-7")


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("public-subscriber", "contacts.v1"),
        ("public-subscriber", "forms.applications.v1"),
        ("public-subscriber", "intake.dead-letters.v1"),
        ("contacts-subscriber", "forms.applications.v1"),
        ("forms-applications", "forms.applications.v1"),
        ("operator", "contacts.v1"),
        ("engage-mentoring", "forms.applications.v1"),
    ],
)
def test_nobody_reads_what_is_not_granted(kafka: GuardedKafka, stack: Stack, user: str, topic: str) -> None:
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        read(kafka, user, topic)


@pytest.mark.parametrize("user", ["public-subscriber", "contacts-subscriber"])
async def test_a_subscriber_commits_for_groups_of_its_own(kafka: GuardedKafka, stack: Stack, user: str) -> None:
    await commit(kafka, user, f"{user}-7")


@pytest.mark.parametrize(
    ("user", "group"),
    [
        ("public-subscriber", "contacts-subscriber-7"),
        ("contacts-subscriber", "public-subscriber-7"),
        ("public-subscriber", "engage-matching"),
        ("operator", "engage-matching"),
    ],
)
async def test_nobody_commits_for_others(kafka: GuardedKafka, stack: Stack, user: str, group: str) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        await commit(kafka, user, group)


def test_topics_can_be_planned_and_made_by_their_user(kafka: GuardedKafka, stack: Stack) -> None:
    cluster = kafka.cluster_for("topics")
    gone = "needs.v1"
    asyncio.run(delete_present(kafka.cluster, [gone]))
    found = differences(asyncio.run(read_cluster(cluster)), replication=1)
    assert [(it.topic, it.kind) for it in found] == [(gone, "missing")]
    assert len(asyncio.run(make(cluster, found, replication=1))) == 1
    with pytest.raises(TopicsError, match=r"needs\.v1: .*[Aa]uthorization"):
        asyncio.run(delete_present(cluster, [gone]))


def test_topics_can_be_filled_anew_by_whoever_restores() -> None:
    place, kept = LaneName("contacts.v1", 0), Kept(1_700_000_000_000, b"a", b"{}", [])

    async def records() -> AsyncIterator[Kept]:
        yield kept

    async def filled(kafka: GuardedKafka) -> None:
        cluster = kafka.cluster_for("restores")

        async def sees_all() -> bool:
            return {*await read_cluster(cluster)} >= {topic.name for topic in TOPICS}

        await eventually(sees_all)  # brokers hear of rights one after the other
        await check_empty(cluster)
        await fill(cluster, [Filling(place, 7, 1, records)])
        async with reader(cluster) as topics:
            extents = await topics.extents([place])
            assert extents == {place: Extent(6, 7)}
            assert [record.value async for record in topics.read(extents)] == [kept.value]

    with GuardedKafka(TOPICS, users={"restores": PASSWORD}) as kafka:
        asyncio.run(filled(kafka))


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("public-subscriber", "applications.v1"),
        ("forms-applications", "forms.decisions.v1"),
        ("forms-applications", "applications.v1"),
        ("engage-matching", "applications.v1"),
        ("operator", "intake.dead-letters.v1"),
    ],
)
async def test_nobody_writes_what_is_not_granted(kafka: GuardedKafka, stack: Stack, user: str, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(kafka, user, topic, b"key", b"{}")
