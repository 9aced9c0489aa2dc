"""Topics as code on Apache Kafka: what differs is shown, what may be changed is, and nothing goes unasked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from deploy.command_line.commands import program
from deploy.local.apache_kafka import ApacheKafka
from deploy.topics import create_missing


@pytest.fixture(scope="module")
def kafka() -> Iterator[ApacheKafka]:
    """A cluster that lacks some topics, has some wrongly, and some that nobody knows."""
    contacts = replace(TOPIC_BY_NAME["contacts.v1"], compacted=False)
    pairs = replace(TOPIC_BY_NAME["pairs.v1"], partitions=2)
    stray = [replace(contacts, name=name) for name in ("old-things.v1", "of.another.program")]
    with ApacheKafka([contacts, pairs, *stray, TOPIC_BY_NAME["needs.v1"]]) as cluster:
        yield cluster


def engage(kafka: ApacheKafka, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    environment = {"ENGAGE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    done = CliRunner().invoke(program, ["topics", *arguments, "--json"], env=environment)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.exit_code, lines


def test_a_plan_shows_every_difference_and_changes_nothing(kafka: ApacheKafka) -> None:
    code, found = engage(kafka, "plan")
    assert code == 2
    by_topic = {(it["topic"], it["kind"]): it for it in found}
    assert len([it for it in found if it["kind"] == "missing"]) == len(TOPICS) - 3
    assert by_topic["contacts.v1", "configuration"]["wanted"] == "cleanup.policy=compact"
    assert by_topic["pairs.v1", "partitions"]["remedy"] == ""
    assert "order" in by_topic["pairs.v1", "partitions"]["because"]
    assert by_topic["old-things.v1", "unknown"]["remedy"] == ""
    assert not [it for it in found if it["topic"] in {"of.another.program", "needs.v1"}]
    assert engage(kafka, "plan")[1] == found


def test_apply_makes_what_may_be_made_and_deletes_only_what_is_named(kafka: ApacheKafka) -> None:
    code, _ = engage(kafka, "apply")
    assert code == 2, "the partitions of pairs.v1 are left"
    left = engage(kafka, "plan")[1]
    assert {(it["topic"], it["kind"]) for it in left} == {("pairs.v1", "partitions"), ("old-things.v1", "unknown")}
    engage(kafka, "apply", "--delete", "old-things.v1")
    assert {it["topic"] for it in engage(kafka, "plan")[1]} == {"pairs.v1"}


def test_a_cluster_as_it_should_be_has_no_plan() -> None:
    with ApacheKafka([]) as cluster:
        asyncio.run(create_missing(cluster.cluster, 1))
        assert engage(cluster, "plan") == (0, [])
        assert engage(cluster, "apply") == (0, [])
        code, found = engage(cluster, "plan", "--replication", "3")
        assert code == 2
        assert {it["kind"] for it in found} == {"replication"}, "one replica can't be two that have a record"


def test_without_a_number_topics_become_no_less_safe_than_they_are() -> None:
    with ApacheKafka([TOPIC_BY_NAME["needs.v1"]], brokers=3) as cluster:
        missing = [it for it in TOPICS if it.name != "needs.v1"]
        assert {it["topic"] for it in engage(cluster, "plan")[1]} == {it.name for it in missing}
        assert engage(cluster, "apply")[0] == 0
        assert engage(cluster, "plan", "--replication", "3") == (0, [])
        assert engage(cluster, "plan", "--replication", "1") == (0, []), "whoever means fewer has Kafka's own tools"


def test_new_topics_are_on_each_broker_where_nobody_says_otherwise() -> None:
    with ApacheKafka([], brokers=3) as cluster:
        assert engage(cluster, "apply")[0] == 0
        assert engage(cluster, "plan", "--replication", "3") == (0, [])
