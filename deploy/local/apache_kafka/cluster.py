"""A cluster of Apache Kafka brokers that lives as long as this process."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from faststream.security import BaseSecurity, SASLPlaintext

from contracts.topic import Topic
from deploy.local.apache_kafka.java import java_command
from deploy.local.apache_kafka.node import ADMINISTRATOR, Certificates, Node, Place, choose_places
from deploy.local.processes import ProcessError, ServiceProcess
from deploy.local.scratch import ScratchDirectory
from deploy.topics import create_missing, delete_present
from libraries.chassis.kafka import Cluster
from libraries.chassis.transport import verifying

_POLL_SECONDS: Final = 0.05
_REPLICAS: Final = 3

Value = TypeVar("Value")


class ApacheKafka:
    """Apache Kafka in KRaft mode on 127.0.0.1, with the given topics as the catalogue describes them.

    `brokers` are numbered from 1; each is a controller too. Topics have as many replicas as there are
    brokers, three at most; from three brokers on any one may die and nothing that was acknowledged is
    lost. `partitions` replaces the catalogue's numbers. Each start is on new ports, and begins empty, or goes on
    with what is in `directory`; a broker that was killed goes on with its data on its port. Everything ends with
    this process, however that ends (on Linux).

    With `users` (passwords by name) clients must say who they are, by SASL PLAIN, and may do only what the
    administrator `admin` has granted them. With `certificates` clients must use TLS and show a certificate of the same
    authority; the brokers, and who looks after them, show their own.
    """

    def __init__(
        self,
        topics: Iterable[Topic],
        brokers: int = 1,
        partitions: int | None = None,
        users: Mapping[str, str] | None = None,
        certificates: Certificates | None = None,
        directory: Path | None = None,
    ) -> None:
        if brokers < 1:
            raise ValueError(f"{brokers} brokers are no cluster")
        self._topics = [replace(topic, partitions=partitions or topic.partitions) for topic in topics]
        self._count = brokers
        self._certificates = certificates
        self._kept = directory
        self._passwords = None if users is None else {ADMINISTRATOR: secrets.token_hex(16), **users}
        self._scratch: ScratchDirectory | None = None
        self._nodes: dict[int, Node] = {}

    def start(self, patience: float = 60.0) -> Self:
        """Start and return once every broker serves and the topics stand.

        Raises ProcessError with the end of a broker's log when one does not come up, and with what to
        install where Java or Maven is missing. Fetching the jars, once on a machine, is not in `patience`.
        """
        if self._scratch is not None:
            raise ProcessError("this Apache Kafka runs already")
        java = java_command()
        # On disk: Kafka leaves writing to the operating system, so memory would gain nothing, and could fill.
        self._scratch = ScratchDirectory()
        try:
            places = choose_places(self._count, self._kept or self._scratch.path)
            self._nodes = {
                place.number: Node(place, places, java, self._passwords, self._certificates) for place in places
            }
            deadline = time.monotonic() + patience
            self._format(deadline)
            for node in self._nodes.values():
                node.start()
            for node in self._nodes.values():
                self._wait_until_serving(node, deadline)
            _run(create_missing(self.cluster, min(_REPLICAS, self._count), self._topics))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop every broker, and throw the data away unless a directory was given; harmless when stopped."""
        for node in self._nodes.values():
            # A clean shutdown hands partitions over and writes everything out: where all goes, for nobody.
            node.kill() if self._kept is None else node.terminate()
        self._nodes = {}
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """`host:port` of every broker, dead ones too, separated by commas; raises ProcessError when stopped."""
        if not self._nodes:
            raise ProcessError("this Apache Kafka does not run")
        return ",".join(node.place.address for node in self._nodes.values())

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and all brokers run still."""
        return bool(self._nodes) and len(self.process_ids) == self._count

    @property
    def servers_for_others(self) -> str:
        """The same: it speaks to every client."""
        return self.bootstrap_servers

    @property
    def cluster(self) -> Cluster:
        """The cluster as its administrator reaches it; raises ProcessError when stopped."""
        return self.cluster_for(ADMINISTRATOR)

    def cluster_for(self, user: str) -> Cluster:
        """The cluster as a user reaches it; raises ProcessError when stopped, KeyError where there is no such user."""
        if (files := self._certificates) is not None:
            context = verifying(files.authority, files.key_and_certificate)
            return Cluster(self.bootstrap_servers, BaseSecurity(ssl_context=context, use_ssl=True))
        security = None if self._passwords is None else SASLPlaintext(user, self._passwords[user])
        return Cluster(self.bootstrap_servers, security)

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The ids of the brokers that run, in the order of their numbers."""
        return tuple(node.process_id for node in self._nodes.values() if node.process_id is not None)

    def kill_broker(self, number: int) -> None:
        """End a broker with SIGKILL; harmless when it is dead. Raises LookupError where there is no such one."""
        self._node(number).kill()

    def restart_brokers(self, *numbers: int, patience: float = 60.0) -> None:
        """Start killed brokers on their ports and data, and return once they serve within the cluster.

        Their replicas may still be catching up. Raises ProcessError when one runs, or does not come up (which
        takes a majority of the brokers), and LookupError where there is no such one.
        """
        nodes = [self._node(number) for number in numbers]
        # All at once: none of them serves before a majority is there.
        for node in nodes:
            node.start()
        deadline = time.monotonic() + patience
        for node in nodes:
            self._wait_until_serving(node, deadline)

    def empty_topics(self) -> None:
        """Forget every record and every committed offset: the topics are deleted and made anew."""
        _run(delete_present(self.cluster, [topic.name for topic in self._topics]))
        _run(create_missing(self.cluster, min(_REPLICAS, self._count), self._topics))

    def log_tail(self, number: int, lines: int = 20) -> str:
        """Return the last lines that a broker wrote; raises LookupError where there is no such one."""
        return self._node(number).log_tail(lines)

    def _node(self, number: int) -> Node:
        if number not in self._nodes:
            raise LookupError(f"no broker {number} runs in this cluster of {self._count}")
        return self._nodes[number]

    def _format(self, deadline: float) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        processes = [node.begin_format(cluster_id) for node in self._nodes.values() if not node.is_formatted]
        try:
            for process in processes:
                _finish(process, deadline)
        finally:
            for process in processes:
                process.kill()

    def _wait_until_serving(self, node: Node, deadline: float) -> None:
        alone = replace(self.cluster, bootstrap_servers=node.place.address)
        while not (_listens(node.place) and _run(_knows_itself(node.place, alone))):
            node.check()
            if time.monotonic() > deadline:
                raise ProcessError(f"Kafka's broker {node.place.number} does not serve in time:\n{node.log_tail()}")
            time.sleep(_POLL_SECONDS)


def _finish(process: ServiceProcess, deadline: float) -> None:
    if process.wait(max(0.0, deadline - time.monotonic())):
        raise ProcessError(f"{process.name} failed:\n{process.log_tail()}")


def _listens(place: Place) -> bool:
    try:
        socket.create_connection(("127.0.0.1", place.broker_port), timeout=1).close()
    except OSError:
        return False
    return True


async def _knows_itself(place: Place, alone: Cluster) -> bool:
    """Whether the broker sees itself in the cluster: its port opens a moment before it may lead."""
    client = AIOKafkaClient(**alone.options)
    try:
        await client.bootstrap()
        return place.number in {broker.nodeId for broker in client.cluster.brokers()}
    except KafkaError:
        return False
    finally:
        await client.close()


def _run(work: Coroutine[Any, Any, Value]) -> Value:
    # In a thread of its own, for the caller may be inside an event loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
