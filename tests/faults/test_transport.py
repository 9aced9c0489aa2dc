"""Mutual TLS with Apache Kafka: a service and its brokers know each other by certificates, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.catalogue import TOPICS
from contracts.partitions import partition_of
from deploy.local.apache_kafka import ApacheKafka, Certificates
from libraries.chassis.kafka import Cluster, KafkaSettings
from libraries.chassis.servers.faststream_kafka import FastStreamKafka
from libraries.chassis.servers.port import NotSent, Outgoing
from libraries.chassis.settings import read_settings
from tests.authority import Authority

TOPIC = next(topic for topic in TOPICS if topic.name == "applications.v1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def kafka(authority: Authority) -> Iterator[ApacheKafka]:
    with ApacheKafka([TOPIC], certificates=Certificates(authority.file, authority.sign("broker").both)) as made:
        yield made


def cluster(monkeypatch: pytest.MonkeyPatch, kafka: ApacheKafka, **files: Any) -> Cluster:
    settings = {"bootstrap_servers": kafka.bootstrap_servers, "security_protocol": "SSL", **files}
    for name, value in settings.items():
        monkeypatch.setenv(f"ENGAGE_KAFKA_{name.upper()}", str(value))
    return read_settings(KafkaSettings).cluster


async def sent(reached: Cluster) -> int:
    client = FastStreamKafka(reached, "engage-intake")
    try:
        await client.start()
        key = b"0"
        assert partition_of(key, TOPIC.partitions) >= 0
        return await client.send([Outgoing(TOPIC.name, key, b"{}", [])])
    finally:
        await client.stop()


async def test_a_service_with_its_certificate_is_let_in(
    monkeypatch: pytest.MonkeyPatch, kafka: ApacheKafka, authority: Authority
) -> None:
    own = authority.sign("engage-intake")
    files = {"ca_file": authority.file, "certificate_file": own.certificate, "key_file": own.key}
    assert await sent(cluster(monkeypatch, kafka, **files)) == 1


async def test_a_service_without_one_or_with_a_strangers_is_not(
    monkeypatch: pytest.MonkeyPatch, kafka: ApacheKafka, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(NotSent):
        await sent(cluster(monkeypatch, kafka, ca_file=authority.file))
    strange = Authority(tmp_path_factory.mktemp("strange"), "stranger").sign("engage-intake")
    files = {"certificate_file": strange.certificate, "key_file": strange.key}
    with pytest.raises(NotSent):
        await sent(cluster(monkeypatch, kafka, ca_file=authority.file, **files))


async def test_brokers_of_another_authority_are_not_spoken_to(
    monkeypatch: pytest.MonkeyPatch, kafka: ApacheKafka, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = authority.sign("engage-intake")
    stranger = Authority(tmp_path_factory.mktemp("other"), "other")
    files = {"certificate_file": own.certificate, "key_file": own.key}
    with pytest.raises(NotSent):
        await sent(cluster(monkeypatch, kafka, ca_file=stranger.file, **files))
