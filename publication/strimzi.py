"""Topics and users as resources of Strimzi, the Kafka operator for Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import yaml

from contracts.catalogue import TOPICS
from contracts.sources import Source
from contracts.topic import Topic
from deploy.topics import configuration
from publication.access import Grant, User, users

_VERSION: Final = "kafka.strimzi.io/v1"


def strimzi_files(cluster: str, replication: int, sources: Iterable[Source] | None = None) -> dict[str, str]:
    """The resources by file name, for a Strimzi cluster; a user for each of the sources, where they are listed."""
    labels = {"strimzi.io/cluster": cluster}
    return {
        "topics.yaml": _documents([_topic(topic, labels, replication) for topic in TOPICS]),
        "users.yaml": _documents([_user(user, labels) for user in users(sources=sources)]),
    }


def _topic(topic: Topic, labels: dict[str, str], replication: int) -> dict[str, Any]:
    return {
        "apiVersion": _VERSION,
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": labels, "annotations": {"engage/description": topic.description}},
        "spec": {
            "topicName": topic.name,
            "partitions": topic.partitions,
            "replicas": replication,
            "config": configuration(topic, replication),
        },
    }


def _user(user: User, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": _VERSION,
        "kind": "KafkaUser",
        "metadata": {"name": user.name, "labels": labels, "annotations": {"engage/purpose": user.purpose}},
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": [_acl(grant) for grant in user.grants]},
        },
    }


def _acl(grant: Grant) -> dict[str, Any]:
    resource: dict[str, Any] = {"type": grant.resource}
    if grant.resource != "cluster":
        resource |= {"name": grant.name, "patternType": "prefix" if grant.prefix else "literal"}
    return {"resource": resource, "operations": list(grant.operations), "host": "*"}


def _documents(resources: list[dict[str, Any]]) -> str:
    text: str = yaml.safe_dump_all(resources, sort_keys=False, allow_unicode=True, width=120)
    return text
