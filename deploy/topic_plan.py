"""The difference between the catalogue's topics and those of a cluster, and what may be done about it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, for_code

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from deploy.topics import TopicsError, administration, configuration, create_missing, delete_present
from libraries.chassis.kafka import Cluster

Kind: TypeAlias = Literal["missing", "configuration", "partitions", "replication", "unknown"]

_OURS: Final = re.compile(r"[a-z][a-z-]*(\.[a-z-]+)*\.v[0-9]+")
_PATIENCE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
_DYNAMIC: Final = 1  # Kafka's code for a setting that was made for the topic itself
_MOST_REPLICAS: Final = 3
"""Of three any one may be lost; more cost and bring nothing here."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a cluster differs from the catalogue; `remedy` is empty where nothing can be done."""

    topic: str
    kind: Kind
    wanted: str
    found: str
    remedy: Literal["create", "set", "delete", ""]
    because: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as a cluster has it; `settings` are those made for the topic itself."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str]


async def read_cluster(cluster: Cluster) -> dict[str, Found]:
    """Every topic of a cluster but Kafka's own, by name; raises TopicsError where it can't tell how they are set."""
    async with administration(cluster) as admin:
        described = [it for it in await admin.describe_topics() if not it["topic"].startswith("__")]
        names = [it["topic"] for it in described]
        try:
            answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
        except IncompatibleBrokerVersion:
            raise TopicsError(
                "this broker can't tell how its topics are set, and there is nothing to plan: it came with `engage up`,"
                " or it is older than Kafka 0.11"
            ) from None
        settings = {
            resource[3]: {entry[0]: entry[1] for entry in resource[4] if entry[3] == _DYNAMIC}
            for answer in answers
            for resource in answer.resources
        }
    return {
        it["topic"]: Found(
            it["topic"],
            len(it["partitions"]),
            min((len(partition["replicas"]) for partition in it["partitions"]), default=0),
            settings.get(it["topic"], {}),
        )
        for it in described
    }


async def replication_of(cluster: Cluster, found: Mapping[str, Found], topics: Iterable[Topic] = TOPICS) -> int:
    """How many replicas each topic should have where nobody says: as many as ours have, of those that have most.

    Where none of ours is there yet, one on each broker, and three at most. So a command that was typed without a number
    never makes topics less safe than those that are there.
    """
    ours = [found[topic.name].replication for topic in topics if topic.name in found]
    if ours:
        return max(1, *ours)
    async with administration(cluster) as admin:
        brokers = len((await admin.describe_cluster())["brokers"])
    return max(1, min(brokers, _MOST_REPLICAS))


def differences(
    found: Mapping[str, Found], *, replication: int, topics: Iterable[Topic] = TOPICS, delete: Sequence[str] = ()
) -> list[Difference]:
    """What differs, topic by topic; `delete` names topics unknown to the catalogue that may go.

    Partitions are never added: a key would move to another one, and its events would lose their order. How many
    replicas must have a record goes by those that the topic has, whatever is wanted: never fewer than is safe, nor more
    than can.
    """
    topics = tuple(topics)
    known = {topic.name for topic in topics}
    return [
        *(difference for topic in topics for difference in _of_topic(topic, found.get(topic.name), replication)),
        *(
            Difference(name, "unknown", "", "in the cluster", *_fate(name, delete))
            for name in sorted(found.keys() - known)
            if _OURS.fullmatch(name)
        ),
    ]


def _of_topic(topic: Topic, found: Found | None, replication: int) -> Iterator[Difference]:
    if found is None:
        yield Difference(topic.name, "missing", f"{topic.partitions} partitions", "", "create")
        return
    if found.partitions != topic.partitions:
        because = "a key would change its partition and its events their order: make a topic of a new version"
        wanted = f"{topic.partitions} partitions"
        yield Difference(topic.name, "partitions", wanted, f"{found.partitions} partitions", "", because)
    if found.replication < replication:
        because = "replicas are reassigned with Kafka's own tools"
        yield Difference(topic.name, "replication", str(replication), str(found.replication), "", because)
    for name, value in configuration(topic, found.replication).items():
        if found.settings.get(name) != value:
            now = found.settings.get(name, "the broker's default")
            yield Difference(topic.name, "configuration", f"{name}={value}", f"{name}={now}", "set")


def _fate(name: str, delete: Sequence[str]) -> tuple[Literal["delete", ""], str]:
    return ("delete", "") if name in delete else ("", "never deleted unless --delete names it")


async def make(cluster: Cluster, plan: Sequence[Difference], *, replication: int) -> list[Difference]:
    """Does what can be done about a plan; returns what was done. Raises TopicsError where Kafka refuses."""
    by_name = {topic.name: topic for topic in TOPICS}
    missing = [by_name[it.topic] for it in plan if it.remedy == "create"]
    if missing:
        await create_missing(cluster, replication, missing)
    if to_set := {it.topic for it in plan if it.remedy == "set"}:
        await _configure(cluster, [by_name[name] for name in sorted(to_set)])
    if gone := sorted({it.topic for it in plan if it.remedy == "delete"}):
        await delete_present(cluster, gone)
    done = [it for it in plan if it.remedy]
    await _until_seen(cluster, {(it.topic, it.kind) for it in done}, replication)
    return done


async def _until_seen(cluster: Cluster, done: set[tuple[str, Kind]], replication: int) -> None:
    # Brokers hear of a change one after the other: whoever asks next must not be told of it again.
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while done:
        left = differences(await read_cluster(cluster), replication=replication)
        waiting = sorted(f"{name} ({kind})" for name, kind in done & {(it.topic, it.kind) for it in left})
        if not waiting:
            return
        if time.monotonic() > deadline:
            raise TopicsError(f"after {_PATIENCE_SECONDS:g} s the cluster still differs: {', '.join(waiting)}")
        await asyncio.sleep(_POLL_SECONDS)


async def _configure(cluster: Cluster, topics: Sequence[Topic]) -> None:
    found = await read_cluster(cluster)
    # Kafka's request replaces all settings of a topic, so those that others made are said again.
    wanted = {topic.name: configuration(topic, found[topic.name].replication) for topic in topics}
    await _alter(cluster, {name: {**found[name].settings, **each} for name, each in wanted.items()})


async def _alter(cluster: Cluster, settings: Mapping[str, Mapping[str, str]]) -> None:
    """Sets all settings of topics; raises TopicsError where Kafka refuses."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, dict(each)) for name, each in settings.items()]
    async with administration(cluster) as admin:
        answers: Sequence[Any] = await admin.alter_configs(resources)
    refusals = [
        f"{name}: {message or for_code(code).__name__}"
        for answer in answers
        for code, message, _, name in answer.resources
        if code
    ]
    if refusals:
        raise TopicsError(f"Kafka refused to configure topics: {'; '.join(refusals)}")


@asynccontextmanager
async def deletable(cluster: Cluster, topics: Iterable[Topic]) -> AsyncIterator[None]:
    """Has Kafka delete records of compacted topics where it is asked to, which it refuses of these otherwise."""
    compacted = sorted({topic.name for topic in topics if topic.compacted})
    found = await read_cluster(cluster)
    await _alter(cluster, {name: {**found[name].settings, "cleanup.policy": "compact,delete"} for name in compacted})
    try:
        yield
    finally:
        await _alter(cluster, {name: found[name].settings for name in compacted})
