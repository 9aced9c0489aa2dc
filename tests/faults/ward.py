"""A stack under treatment: it is struck as the injuries say, and healed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import asyncpg

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.ports import free_port
from deploy.local.processes import ProcessError, ServiceProcess
from deploy.local.stack import Stack
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers.migration import migrate
from services.notifications.kinds import KINDS
from tests.faults.injuries import Injury
from tests.faults.mail_server import FickleMailServer, Mood

_STOP_SECONDS = 30.0


@dataclass
class Ward:
    """A stack that is struck and healed; `ended` counts the services that ended unasked."""

    stack: Stack
    kafka: ApacheKafka
    mail: FickleMailServer
    ended: Counter[str] = field(default_factory=Counter)
    thanked: set[tuple[str, str]] = field(default_factory=set)
    """The pairs and parties whose answer by a link was taken."""
    always: Sequence[str] = ()
    """Kinds of faults of which each round has one."""
    without: Set[str] = frozenset()
    """Kinds of faults that are left out."""
    rebuilds: int = 0
    """How often intake was built anew."""
    _replicas: list[ServiceProcess] = field(default_factory=list)

    def strike(self, injury: Injury) -> None:
        """Does what the fault says, from its moment to its end; blocks that long."""
        acts: dict[str, Callable[[Injury], None]] = {
            "killed": self._kill,
            "killed-at-a-point": self._kill_at_a_point,
            "terminated": self._terminate,
            "frozen": self._freeze,
            "replica-killed": partial(self._replicate, end=ServiceProcess.kill),
            "replica-terminated": partial(self._replicate, end=_stop),
            "two-replicas": partial(self._replicate, end=_stop),
            "rolling-restart": self._terminate,
            "broker-killed": self._cut,
            "all-brokers-killed": self._cut,
            "database-killed": self._cut,
            "all-servers-killed": self._cut,
            "blackout": self._cut,
            "cut-off-and-killed": self._cut_off_and_kill,
            "monday": self._bring_monday,
            "replayed": partial(self._while_stopped, work=self._set_back),
            "rebuilt": partial(self._while_stopped, work=self._empty),
            "mail-hangs": self._put_out,
            "mail-drops": self._put_out,
            "mail-defers": self._put_out,
            "mail-refuses": self._put_out,
        }
        time.sleep(injury.at)
        acts[injury.kind](injury)

    def heal(self) -> None:
        """Ends every replica, and starts again what does not run; returns once all services are ready."""
        for replica in self._replicas:
            replica.terminate()
        self._replicas.clear()
        deadline = time.monotonic() + 120
        for name in self.stack.services:
            self._bring_back(name, deadline)

    def restart(self) -> None:
        """Stops all services and starts them anew, as an operator would where nothing moves any more."""
        for service in self.stack.services.values():
            _stop(service)
            service.start()
        self.heal()

    def _bring_back(self, name: str, deadline: float) -> None:
        service = self.stack.services[name]
        while True:
            if service.returncode is not None:
                self.ended[name] += 1
                service.start()
            try:
                self.stack.wait_until_ready(name, max(1.0, deadline - time.monotonic()))
            except ProcessError:
                # A supervisor would start it again, as often as it takes.
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def _kill(self, injury: Injury) -> None:
        for service in self._services(injury):
            service.kill()
            time.sleep(injury.lasting)
            service.start()

    def _kill_at_a_point(self, injury: Injury) -> None:
        for service in self._services(injury):
            _stop(service)
            try:
                service.environment["ENGAGE_FAULT_POINT"] = injury.detail
                service.start()
            finally:
                del service.environment["ENGAGE_FAULT_POINT"]
            deadline = time.monotonic() + injury.lasting
            while service.returncode is None and time.monotonic() < deadline:
                time.sleep(0.05)
            # Where nothing led to the point, there was nothing to kill.
            service.kill()
            service.start()

    def _terminate(self, injury: Injury) -> None:
        for service in self._services(injury):
            _stop(service)
            time.sleep(injury.lasting)
            service.start()

    def _freeze(self, injury: Injury) -> None:
        for service in self._services(injury):
            if service.returncode is not None:
                continue
            os.kill(service.process_id, signal.SIGSTOP)
            try:
                time.sleep(injury.lasting)
            finally:
                os.kill(service.process_id, signal.SIGCONT)

    def _replicate(self, injury: Injury, *, end: Callable[[ServiceProcess], object]) -> None:
        joined = [self._replica(name) for name in injury.targets]
        for replica in joined:
            replica.start()
            time.sleep(injury.lasting / len(joined))
        for replica in joined:
            end(replica)

    def _replica(self, name: str) -> ServiceProcess:
        first = self.stack.services[name.partition("-")[0]]
        ports = {name: str(free_port()) for name in ("ENGAGE_HTTP_PORT", "ENGAGE_HEALTH_PORT")}
        environment = {**first.environment, **ports}
        replica = ServiceProcess(name, first.argv, environment=environment, log_path=self.stack.logs / f"{name}.log")
        self._replicas.append(replica)
        return replica

    def _cut(self, injury: Injury) -> None:
        brokers = [int(target.removeprefix("broker-")) for target in injury.targets if target.startswith("broker-")]
        for number in brokers:
            self.kafka.kill_broker(number)
        if "database" in injury.targets:
            self.stack.postgresql.kill()
        time.sleep(injury.lasting)
        if "database" in injury.targets:
            self.stack.postgresql.start()
        # A majority is needed before any one of them serves.
        self.kafka.restart_brokers(*brokers)

    def _cut_off_and_kill(self, injury: Injury) -> None:
        brokers = [int(target.removeprefix("broker-")) for target in injury.targets if target.startswith("broker-")]
        [service] = (self.stack.services[target] for target in injury.targets if target in self.stack.services)
        for number in brokers:
            self.kafka.kill_broker(number)
        time.sleep(injury.lasting)
        service.kill()
        self.kafka.restart_brokers(*brokers)
        service.start()

    def _bring_monday(self, injury: Injury) -> None:
        """Lets what is gathered for a person's digest fall due."""
        kinds = ", ".join(f"'{kind.kind}'" for kind in KINDS.all if kind.digest)
        asyncio.run(
            self._persistently(
                "UPDATE notifications.follow_up SET due_at = now(), next_attempt_at = now()"
                f" WHERE state = 'scheduled' AND kind IN ({kinds})"
            )
        )

    def _put_out(self, injury: Injury) -> None:
        self.mail.mood = cast("Mood", injury.detail)
        time.sleep(injury.lasting)
        self.mail.mood = "kind"

    def _while_stopped(self, injury: Injury, *, work: Callable[[str], Any]) -> None:
        for service in self._services(injury):
            # By force where need be: a zombie that commits while its lanes are set back is another fault.
            service.terminate(_STOP_SECONDS)
            asyncio.run(work(service.name))
            service.start()

    async def _set_back(self, service: str) -> None:
        """Lets a service read its topics from zero, with all that it knows."""
        await self._persistently(
            f"UPDATE {service}.lane SET next_offset = 0, revision = revision + 1"
            " WHERE topic <> 'writer' AND topic NOT LIKE 'duty.%'"
        )

    async def _empty(self, service: str) -> None:
        """Lets a service read its topics from zero, with nothing in its tables."""
        self.rebuilds += 1
        await self._persistently(f"DROP SCHEMA {service} CASCADE")
        await _until_it_answers(lambda: migrate(DatabaseAddress(self.stack.migrations_url), [service]))

    async def _persistently(self, query: str) -> Any:
        async def ask() -> Any:
            connection = await asyncpg.connect(self.stack.migrations_url)
            try:
                return await connection.fetchval(query)
            finally:
                await connection.close()

        return await _until_it_answers(ask)

    def _services(self, injury: Injury) -> list[ServiceProcess]:
        """The services that are struck, one after the other; one that ended unasked meanwhile is counted."""
        services = [self.stack.services[name] for name in injury.targets]
        self.ended.update(service.name for service in services if service.returncode is not None)
        return services


async def _until_it_answers(work: Callable[[], Awaitable[Any]]) -> Any:
    # The database may be down at the moment, for another fault of the round.
    deadline = time.monotonic() + 30
    while True:
        try:
            return await work()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


def _stop(service: ServiceProcess) -> None:
    service.terminate(_STOP_SECONDS)
