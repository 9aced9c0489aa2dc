"""One node of a cluster: a process that is broker and KRaft controller at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.ports import free_port
from deploy.local.processes import ProcessError, ServiceProcess

ADMINISTRATOR: Final = "admin"
_HOST: Final = "127.0.0.1"
_COMMON: Final = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "BROKER",
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    # The real 50 and 3 s would make the first member of the first group wait.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    # A broker refuses sessions under 6 s unless it is told; tests of crashes cannot wait that long.
    "group.min.session.timeout.ms": "1000",
    # After how much silence a dead broker's partitions get another leader: 9 s, were it not set.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # 128 MB by default, half of the heap.
    "log.cleaner.dedupe.buffer.size": str(8 << 20),
    "log.segment.delete.delay.ms": "1000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is: its number from 1, its two ports and its directory."""

    number: int
    broker_port: int
    controller_port: int
    directory: Path

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{_HOST}:{self.broker_port}"


def choose_places(count: int, directory: Path) -> list[Place]:
    """Return places for `count` nodes below `directory`, on free ports."""
    return [Place(number, free_port(), free_port(), directory / f"broker-{number}") for number in range(1, count + 1)]


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files for TLS in both directions: who signs, and a key followed by its certificate, the brokers' own."""

    authority: Path
    key_and_certificate: Path


class Node:
    """A node that can be started, killed and started again: its ports and its data stay the same."""

    def __init__(
        self,
        place: Place,
        cluster: Sequence[Place],
        java: Sequence[str],
        passwords: Mapping[str, str] | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        self.place = place
        self._java = tuple(java)
        place.directory.mkdir(parents=True, exist_ok=True)
        security = {**_security_settings(passwords), **_tls_settings(certificates)}
        settings = {**_COMMON, **_own_settings(place), **_cluster_settings(cluster), **security}
        self._settings_path = place.directory / "server.properties"
        self._settings_path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self._process = self._prepare(f"Kafka's broker {place.number}", "kafka.Kafka", str(self._settings_path))

    def begin_format(self, cluster_id: str) -> ServiceProcess:
        """Start the process that prepares the data directory, once in a node's life."""
        # Joined by the sign, for one id in 64 begins with a hyphen.
        arguments = ("format", f"--cluster-id={cluster_id}", "--config", str(self._settings_path))
        process = self._prepare(f"Kafka's storage tool {self.place.number}", "kafka.tools.StorageTool", *arguments)
        process.start()
        return process

    def start(self) -> None:
        """Start the process, which serves only seconds later; raises ProcessError when it runs already."""
        self._process.start()

    @property
    def is_formatted(self) -> bool:
        """Whether its data directory was prepared, in an earlier life of the cluster for one."""
        return (self.place.directory / "data" / "meta.properties").exists()

    def terminate(self) -> None:
        """Stop cleanly, so that nothing has to be recovered at the next start; harmless when it does not run."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL and wait; harmless when it does not run."""
        self._process.kill()

    def check(self) -> None:
        """Raise ProcessError with the end of its log if the process has ended."""
        if self._process.returncode is not None:
            raise ProcessError(
                f"{self._process.name} ended with status {self._process.returncode}:\n{self._process.log_tail()}"
            )

    @property
    def process_id(self) -> int | None:
        """The id of its process, None when it does not run."""
        try:
            return self._process.process_id if self._process.returncode is None else None
        except ProcessError:
            return None

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of what it wrote, over all its starts."""
        return self._process.log_tail(lines)

    def _prepare(self, name: str, *arguments: str) -> ServiceProcess:
        log_path = self.place.directory / "log"
        return ServiceProcess(name, [*self._java, *arguments], environment={}, log_path=log_path)


def _own_settings(place: Place) -> dict[str, str]:
    return {
        "node.id": str(place.number),
        "listeners": f"BROKER://{place.address},CONTROLLER://{_HOST}:{place.controller_port}",
        "log.dirs": str(place.directory / "data"),
    }


def _security_settings(passwords: Mapping[str, str] | None) -> dict[str, str]:
    if passwords is None:
        return {}
    known = " ".join(f'user_{name}="{password}"' for name, password in passwords.items())
    login = f'username="{ADMINISTRATOR}" password="{passwords[ADMINISTRATOR]}"'
    return {
        "listener.security.protocol.map": "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.broker.plain.sasl.jaas.config": (
            f"org.apache.kafka.common.security.plain.PlainLoginModule required {login} {known};"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # Nobody is anonymous but between controllers.
        "super.users": f"User:{ADMINISTRATOR};User:ANONYMOUS",
    }


def _tls_settings(certificates: Certificates | None) -> dict[str, str]:
    if certificates is None:
        return {}
    return {
        "listener.security.protocol.map": "BROKER:SSL,CONTROLLER:PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.key_and_certificate),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority),
        # Whoever shows no certificate of the authority's is not let in.
        "ssl.client.auth": "required",
    }


def _cluster_settings(cluster: Sequence[Place]) -> dict[str, str]:
    replicas = str(min(3, len(cluster)))
    # Of three replicas two must have a record before it counts as written, so that any one of them may die.
    written = "2" if len(cluster) >= 3 else "1"
    return {
        "controller.quorum.voters": ",".join(f"{place.number}@{_HOST}:{place.controller_port}" for place in cluster),
        "default.replication.factor": replicas,
        "min.insync.replicas": written,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": written,
    }
