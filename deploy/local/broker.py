"""A broker that speaks Kafka's protocol: librdkafka's mock cluster, in a process of its own."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.local.announcing import AnnouncingProcess
from deploy.local.broker_front import BrokerFront
from deploy.local.processes import ProcessError

_PRODUCER: Final = 0
_REPLICATION: Final = 1

_NEWEST: Final = {11: 5, 12: 3, 13: 2, 14: 3}
"""The newest versions of JoinGroup, Heartbeat, LeaveGroup and SyncGroup that the mock cluster answers as Kafka does: it
offers newer ones, which its own client does not use and Java's does."""


class EmbeddedBroker:
    """A one-node broker on 127.0.0.1 with the given topics (name to number of partitions), in memory only.

    Good for demonstrations and fast tests. It drops the oldest records of a partition beyond 5 MB or
    100,000 records, serves one aiokafka member per consumer group, and answers no admin calls. Each start
    begins empty, on a new port.
    """

    def __init__(self, topics: Mapping[str, int]) -> None:
        arguments = [f"{name}={partitions}" for name, partitions in topics.items()]
        argv = [sys.executable, "-m", "deploy.local.broker", *arguments]
        self._process = AnnouncingProcess("the embedded broker", argv)
        self._servers: tuple[str, str] | None = None

    def start(self) -> Self:
        """Start and return once clients can connect; raises ProcessError when it does not come up."""
        own, others = self._process.start().split()
        self._servers = own, others
        return self

    def stop(self) -> None:
        """Stop, forgetting every record; harmless when stopped."""
        self._process.stop()
        self._servers = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and runs still."""
        return self._process.is_alive

    @property
    def bootstrap_servers(self) -> str:
        """`host:port` for our own Kafka clients; raises ProcessError when it does not run."""
        return self._started[0]

    @property
    def servers_for_others(self) -> str:
        """`host:port` for any Kafka client, at the price of one more hop; raises ProcessError when it does not run."""
        return self._started[1]

    @property
    def _started(self) -> tuple[str, str]:
        if self._servers is None:
            raise ProcessError("the embedded broker does not run")
        return self._servers

    @property
    def process_id(self) -> int:
        """The id of the broker's process; raises ProcessError when it does not run."""
        return self._process.process_id


class _MockCluster:
    """The C interface of librdkafka's mock cluster, which its Python binding leaves out."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._library = _load_librdkafka()
        reason = ctypes.create_string_buffer(512)
        self._client = self._library.rd_kafka_new(_PRODUCER, self._library.rd_kafka_conf_new(), reason, len(reason))
        if not self._client:
            raise ProcessError(f"librdkafka did not start: {reason.value.decode()}")
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            raise ProcessError("librdkafka could not start its mock cluster")
        # The real three seconds, in which a new group waits for more members, serve no one here.
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        for request, newest in _NEWEST.items():
            self._library.rd_kafka_mock_set_apiversion(self._cluster, request, 0, newest)
        for name, partitions in topics.items():
            self._create_topic(name, partitions)

    @property
    def bootstrap_servers(self) -> str:
        address: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return address.decode()

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._client)

    def _create_topic(self, name: str, partitions: int) -> None:
        create = self._library.rd_kafka_mock_topic_create
        code = create(self._cluster, name.encode(), partitions, _REPLICATION)
        if code:
            raise ProcessError(f"the topic {name} with {partitions} partitions was refused (error {code})")


def _load_librdkafka() -> ctypes.CDLL:
    library = ctypes.CDLL(str(_librdkafka_path()))
    pointer, text, integer, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t
    signatures: Mapping[str, tuple[type | None, list[type]]] = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_new": (pointer, [integer, pointer, text, size]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_mock_cluster_new": (pointer, [pointer, integer]),
        "rd_kafka_mock_cluster_destroy": (None, [pointer]),
        "rd_kafka_mock_cluster_bootstraps": (text, [pointer]),
        "rd_kafka_mock_topic_create": (integer, [pointer, text, integer, integer]),
        "rd_kafka_mock_set_apiversion": (integer, [pointer, ctypes.c_int16, ctypes.c_int16, ctypes.c_int16]),
        "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [pointer, ctypes.c_int32]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def _librdkafka_path() -> Path:
    try:
        wheel = distribution("confluent-kafka")
    except PackageNotFoundError:
        raise ProcessError("librdkafka is missing: install the extra 'local' (confluent-kafka)") from None
    # The libraries that librdkafka itself needs are found only once the wheel's own module has loaded them.
    import confluent_kafka.cimpl  # noqa: F401

    for file in wheel.files or ():
        is_library = ".so" in file.name or file.name.endswith(".dylib")
        if is_library and file.name.startswith("librdkafka") and "++" not in file.name:
            return Path(str(wheel.locate_file(file)))
    raise ProcessError("the confluent-kafka wheel holds no librdkafka")


def _topics(arguments: Sequence[str]) -> dict[str, int]:
    topics: dict[str, int] = {}
    for argument in arguments:
        name, separator, partitions = argument.partition("=")
        if not (name and separator and partitions.isdecimal() and int(partitions) > 0):
            raise SystemExit(f"{argument!r} is not TOPIC=PARTITIONS, for example applications.v1=8")
        topics[name] = int(partitions)
    return topics


def main() -> None:
    """Serve the topics named on the command line until SIGTERM, SIGINT or the death of the parent."""
    asyncio.run(_serve(_topics(sys.argv[1:])))


async def _serve(topics: Mapping[str, int]) -> None:
    parent, stopped = os.getppid(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    cluster = _MockCluster(topics)
    host, _, port = cluster.bootstrap_servers.rpartition(":")
    front = BrokerFront(host, int(port))
    print(cluster.bootstrap_servers, await front.start(), flush=True)
    while not stopped.is_set() and os.getppid() == parent:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.5)
    front.close()
    cluster.close()


if __name__ == "__main__":
    main()
