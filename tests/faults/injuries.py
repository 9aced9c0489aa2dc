"""The faults of a campaign: what is drawn for a round, and what each does to the stack."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from contracts.catalogue import SERVICES
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.processes import ProcessError, ServiceProcess, free_port
from deploy.local.stack import Stack

SESSION_TIMEOUT_MS: Final = 3_000
_STOPPED_SECONDS: Final = (SESSION_TIMEOUT_MS / 1000 + 1.0, SESSION_TIMEOUT_MS / 1000 + 3.0)
_KINDS: Final = {
    "kill": 4,
    "terminate": 3,
    "freeze": 3,
    "replica-killed": 2,
    "replica-terminated": 2,
    "broker-killed": 2,
    "database-killed": 3,
    "both-killed": 1,
}
# A killed sender of mail leaves claims that only time ends: that is worth a wait now and then, not always.
_WEIGHTS: Final = {"intake": 3, "matching": 3, "mentoring": 3, "notifications": 1}


@dataclass(frozen=True, slots=True)
class Injury:
    """One fault: its kind, whom it strikes, when in the round, and how long it lasts."""

    kind: str
    target: str
    at: float
    lasting: float

    def __str__(self) -> str:
        return f"{self.kind} {self.target} at {self.at:.1f} s for {self.lasting:.1f} s"


def drawn(chance: random.Random, seconds: float) -> list[Injury]:
    """Two to four faults, no two of which strike the same process."""
    injuries: list[Injury] = []
    struck: set[str] = set()
    wanted = chance.randint(2, 4)
    while len(injuries) < wanted:
        kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        at, lasting = chance.uniform(0.3, seconds * 0.8), chance.uniform(0.0, 2.0)
        service = chance.choices(SERVICES, [_WEIGHTS[name] for name in SERVICES])[0]
        if kind == "freeze":
            lasting = chance.uniform(*_STOPPED_SECONDS)
        if kind.startswith("replica"):
            lasting = chance.uniform(3.0, 7.0)
        targets = _targets(kind, service)
        if not struck & set(targets):
            struck |= set(targets)
            injuries.append(Injury(kind, "+".join(targets), at, lasting))
    return sorted(injuries, key=lambda injury: injury.at)


def _targets(kind: str, service: str) -> tuple[str, ...]:
    match kind:
        case "broker-killed":
            return ("broker",)
        case "database-killed":
            return ("database",)
        case "both-killed":
            return ("broker", "database")
        case "replica-killed" | "replica-terminated":
            return (f"{service}-replica",)
        case _:
            return (service,)


@dataclass
class Ward:
    """A stack that is struck and healed; `ended` counts the services that ended unasked."""

    stack: Stack
    kafka: ApacheKafka
    ended: Counter[str] = field(default_factory=Counter)
    _replicas: list[ServiceProcess] = field(default_factory=list)

    def strike(self, injury: Injury) -> None:
        """Does what the fault says, from its moment to its end; blocks that long."""
        acts: dict[str, Callable[[Injury], None]] = {
            "kill": self._kill,
            "terminate": self._terminate,
            "freeze": self._freeze,
            "replica-killed": self._replicate,
            "replica-terminated": self._replicate,
            "broker-killed": self._cut,
            "database-killed": self._cut,
            "both-killed": self._cut,
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
            service.terminate(patience=30)
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
        service = self.stack.services[injury.target]
        self._note_end(service)
        service.kill()
        time.sleep(injury.lasting)
        service.start()

    def _terminate(self, injury: Injury) -> None:
        service = self.stack.services[injury.target]
        self._note_end(service)
        service.terminate(patience=30)
        time.sleep(injury.lasting)
        service.start()

    def _freeze(self, injury: Injury) -> None:
        service = self.stack.services[injury.target]
        if service.returncode is not None:
            return
        os.kill(service.process_id, signal.SIGSTOP)
        try:
            time.sleep(injury.lasting)
        finally:
            os.kill(service.process_id, signal.SIGCONT)

    def _replicate(self, injury: Injury) -> None:
        first = self.stack.services[injury.target.removesuffix("-replica")]
        replica = ServiceProcess(
            injury.target,
            first.argv,
            environment={**first.environment, "ENGAGE_HTTP_PORT": str(free_port())},
            log_path=self.stack.logs / f"{injury.target}.log",
        )
        self._replicas.append(replica)
        replica.start()
        time.sleep(injury.lasting)
        if injury.kind == "replica-killed":
            replica.kill()
        else:
            replica.terminate(patience=30)

    def _cut(self, injury: Injury) -> None:
        targets = injury.target.split("+")
        if "broker" in targets:
            self.kafka.kill_broker(1)
        if "database" in targets:
            self.stack.postgresql.kill()
        time.sleep(injury.lasting)
        if "database" in targets:
            self.stack.postgresql.start()
        if "broker" in targets:
            self.kafka.restart_broker(1)

    def _note_end(self, service: ServiceProcess) -> None:
        if service.returncode is not None:
            self.ended[service.name] += 1
