"""How long a single writer is silent when its owner ends and another replica takes over.

Forms come at a steady rate, and an officer confirms what is proposed. Of two replicas the owner is killed, and in a
second run stopped as an upgrade stops it. What is told is the longest silence of the service's topic afterwards, and
whether each form led to what it leads to. `make bench` runs it, or `python -m tests.benchmarks.takeover --runs 5`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Final

from aiokafka import AIOKafkaConsumer

from contracts.assignments import AssignmentProposed
from contracts.catalogue import PROGRAMME
from contracts.codec import peek_type
from contracts.offers import NoMentorFound, PairOffered
from deploy.local.processes import ServiceProcess
from deploy.local.stack import Stack
from tests.benchmarks._load import form_records
from tests.benchmarks._measuring import stack
from tests.benchmarks.chain.running import from_now_on, running_chain, warm_up
from tests.benchmarks.replicas.joined import joined

_RATE: Final = 20
_SECONDS: Final = 10
_ENDS_AFTER: Final = 3.0
_PATIENCE_SECONDS: Final = 60.0
_TOLD: Final = {
    "matching": ("assignments.v1", {AssignmentProposed.event_type.encode()}),
    "mentoring": ("pairs.v1", {PairOffered.event_type.encode(), NoMentorFound.event_type.encode()}),
}
_ENDS: Final[dict[str, Callable[[ServiceProcess], object]]] = {
    "killed": ServiceProcess.kill,
    "stopped": ServiceProcess.terminate,
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.takeover")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the medians count (3)")
    runs = parser.parse_args().runs
    print(f"the longest silence after its owner ended, seconds; medians of {runs} runs at {_RATE} forms a second")
    for service in _TOLD:
        for how in _ENDS:
            silences = [_run(service, how) for _ in range(runs)]
            each = " ".join(f"{silence:.1f}" for silence in silences)
            print(f"{service:10} {how:8} {median(silences):4.1f} ({each}); load now {os.getloadavg()[0]:.1f}")


def _run(service: str, how: str) -> float:
    with (
        stack(PROGRAMME, {"ENGAGE_MAIL_PAUSED": "true"}, partitions=8) as made,
        joined(made, service, 2) as processes,
    ):
        return asyncio.run(_silence(made, service, processes[0], _ENDS[how]))


async def _silence(made: Stack, service: str, owner: ServiceProcess, end: Callable[[ServiceProcess], object]) -> float:
    """Seconds of the longest silence after the owner ended; raises TimeoutError where a form led to nothing."""
    topic, kinds = _TOLD[service]
    async with running_chain(made) as chain, chain.officer():
        await warm_up(chain, 100)
        records = form_records(_RATE * _SECONDS, first=chain.sent)
        async with from_now_on(made, topic, hold_ms=5) as consumer:
            hearing = asyncio.create_task(_hear(consumer, kinds, len(records)))
            ended = asyncio.create_task(_end(owner, end))
            try:
                await chain.send_steadily(records, _RATE)
                arrivals = await asyncio.wait_for(hearing, _PATIENCE_SECONDS)
                ended_at = await ended
            finally:
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)
    return max(later - earlier for earlier, later in pairwise(arrivals) if later > ended_at)


async def _end(owner: ServiceProcess, end: Callable[[ServiceProcess], object]) -> float:
    """Ends the owner after some seconds of traffic; returns when."""
    await asyncio.sleep(_ENDS_AFTER)
    ended_at = time.monotonic()
    await asyncio.to_thread(end, owner)
    return ended_at


async def _hear(consumer: AIOKafkaConsumer, kinds: set[bytes], count: int) -> list[float]:
    """When each of so many records came that a form led to."""
    arrivals: list[float] = []
    async for record in consumer:
        if peek_type(record.headers) in kinds:
            arrivals.append(time.monotonic())
            if len(arrivals) == count:
                break
    return arrivals


if __name__ == "__main__":
    main()
