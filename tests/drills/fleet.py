"""A system of which each service runs in the version that it was moved to, one service after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.ports import free_port
from deploy.local.processes import ServiceProcess
from deploy.local.readiness import is_ready
from deploy.local.stack import Stack
from tests.drills.versions import DrillError, Version

_POLL_SECONDS: Final = 0.05
_READY_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Moved:
    """How a service came into another version, in seconds: until ready, both at once, until the old one had ended."""

    service: str
    version: str
    ready: float
    together: float
    stopped: float

    def __str__(self) -> str:
        return (
            f"{self.service} in {self.version}: ready after {self.ready:.1f} s, beside the other for "
            f"{self.together:.1f} s, which stopped in {self.stopped:.1f} s"
        )


class _Kafka(ApacheKafka):
    """Apache Kafka with the topics that a version makes."""

    def __init__(self, version: Version) -> None:
        super().__init__([])
        self._version = version

    def start(self, patience: float = _READY_SECONDS) -> Self:
        super().start(patience)
        self._version.run("topics", "apply", ENGAGE_KAFKA_BOOTSTRAP_SERVERS=self.bootstrap_servers)
        return self


class Fleet:
    """The services of a stack, each in one version, but for the while in which another takes its place."""

    def __init__(self, stack: Stack, together_seconds: float) -> None:
        self.stack = stack
        self.door = int(stack.services["intake"].environment["ENGAGE_HTTP_PORT"])
        """The port of an intake that takes forms, as who spreads requests over those that are ready knows it."""
        self._together_seconds = together_seconds
        self._environment: dict[str, str] = {}

    def keep_programme(self, version: Version, directory: Path) -> None:
        """Has all that is started from now on decide by the programme in force, whatever its version ships."""
        version.run("programme", "export", str(directory), **self._database(operator=True))
        self._environment["ENGAGE_PROGRAMME"] = str(directory)

    def prepare(self, version: Version) -> float:
        """Makes logins, tables and topics of a version, while the services run; returns how long tables took."""
        version.run("roles", ENGAGE_DATABASE_URL=self.stack.postgresql.database_url("engage"))
        began = time.monotonic()
        version.run("migrate", **self._database(operator=False))
        took = time.monotonic() - began
        version.run("topics", "apply", ENGAGE_KAFKA_BOOTSTRAP_SERVERS=self.stack.broker.bootstrap_servers)
        return took

    def move(self, services: Sequence[str], version: Version) -> list[Moved]:
        """Puts processes of a version into the places of those that run; of several services all at once.

        One is ready before the one that it replaces is asked to stop. Of several, all are stopped before one starts.
        """
        if len(services) > 1:
            for name in services:
                self._stop(self.stack.services[name])
        return [self._move(name, version, alone=len(services) == 1) for name in services]

    def _move(self, name: str, version: Version, *, alone: bool) -> Moved:
        old = self.stack.services[name]
        new = self._process(name, old, version)
        began = time.monotonic()
        new.start()
        self.stack.services[name] = new
        try:
            self._wait_until_ready(new)
            ready = time.monotonic()
            if name == "intake":
                self.door = int(new.environment["ENGAGE_HTTP_PORT"])
            if alone:
                time.sleep(self._together_seconds)
        finally:
            asked = time.monotonic()
            self._stop(old)
        return Moved(name, version.name, ready - began, asked - ready if alone else 0.0, time.monotonic() - asked)

    def _process(self, name: str, old: ServiceProcess, version: Version) -> ServiceProcess:
        ports = {key: str(free_port()) for key in ("ENGAGE_HTTP_PORT", "ENGAGE_HEALTH_PORT")}
        environment = {**old.environment, **version.environment, **self._environment, **ports}
        log = self.stack.logs / f"{name}.log"
        return ServiceProcess(
            f"{name} of {version.name}", version.engage("run", name), environment=environment, log_path=log
        )

    def _wait_until_ready(self, process: ServiceProcess) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not is_ready(int(process.environment["ENGAGE_HEALTH_PORT"])):
            if process.returncode is not None or time.monotonic() > deadline:
                raise DrillError(f"{process.name} is not ready:\n{process.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def _stop(self, process: ServiceProcess) -> None:
        if process.terminate(_STOP_SECONDS) != 0:
            raise DrillError(f"{process.name} ended with status {process.returncode}:\n{process.log_tail()}")

    def _database(self, *, operator: bool) -> Mapping[str, str]:
        stack = self.stack
        return {"ENGAGE_DATABASE_URL": stack.addresses()["database_url"] if operator else stack.migrations_url}


@contextmanager
def fleet(version: Version, directory: Path, together_seconds: float) -> Iterator[Fleet]:
    """A system that was installed in a version, and runs."""
    # Its packages come first on the path of each process, and of the migration.
    stack = Stack(environment=version.environment, broker=_Kafka(version), directory=directory)
    stack.start(_READY_SECONDS)
    try:
        yield Fleet(stack, together_seconds)
    finally:
        stack.stop()
