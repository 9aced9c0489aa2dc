"""More processes of a service beside the one that a stack has started, each with ports and a log of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from deploy.local.ports import free_port
from deploy.local.processes import ServiceProcess
from deploy.local.readiness import is_ready
from deploy.local.stack import Stack

_PATIENCE_SECONDS: Final = 60.0


@contextmanager
def joined(made: Stack, service: str, replicas: int) -> Iterator[Sequence[ServiceProcess]]:
    """So many processes of a service, all ready, the first of them the stack's own; TimeoutError where one is not."""
    first = made.services[service]
    processes = [first]
    try:
        for number in range(1, replicas):
            ports = {name: str(free_port()) for name in ("ENGAGE_HTTP_PORT", "ENGAGE_HEALTH_PORT")}
            log = made.logs / f"{service}-{number}.log"
            replica = ServiceProcess(
                f"{service}-{number}", first.argv, environment={**first.environment, **ports}, log_path=log
            )
            replica.start()
            processes.append(replica)
        for process in processes[1:]:
            _wait(process)
        yield processes
    finally:
        for replica in processes[1:]:
            replica.kill()


def _wait(process: ServiceProcess) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_ready(int(process.environment["ENGAGE_HEALTH_PORT"])):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{process.name} is not ready:\n{process.log_tail()}")
        time.sleep(0.1)
