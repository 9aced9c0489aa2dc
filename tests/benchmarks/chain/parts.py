"""The parts of the benchmark, each on a stack of its own, with what that stack must be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from contracts.catalogue import PROGRAMME, TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.benchmarks._measuring import stack
from tests.benchmarks.chain.backlog import backlog
from tests.benchmarks.chain.growth import growth
from tests.benchmarks.chain.intake import intake
from tests.benchmarks.chain.latency import latency
from tests.benchmarks.chain.resting import resting
from tests.benchmarks.chain.saturation import saturation
from tests.benchmarks.chain.sizes import Sizes

_LEAST_PARTITIONS = 8
# The embedded broker keeps 5 MB of a partition, and keys fall unevenly. The largest record that waits is a form of
# 2.1 kB; in the backlog, of short forms, it is a proposal of 1.9 kB.
_RECORDS_A_PARTITION = 1_900
_SHORT_RECORDS_A_PARTITION = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """What it is called and measures, and the stack it takes: partitions by size, services, their settings.

    What takes minutes is measured `once`, unless a number of runs is asked for.
    """

    name: str
    words: str
    measure: Callable[[Stack, Sizes], Coroutine[Any, Any, dict[str, float]]]
    partitions: Callable[[Sizes], int] = lambda _: _LEAST_PARTITIONS
    services: tuple[str, ...] = PROGRAMME
    environment: Mapping[str, str] = field(default_factory=lambda: {"ENGAGE_MAIL_PAUSED": "true"})
    once: bool = False

    def run(self, sizes: Sizes, *, apache: bool) -> dict[str, float]:
        """Measures once, on a stack that begins empty."""
        partitions = max(_LEAST_PARTITIONS, self.partitions(sizes))
        # A real broker keeps everything, whatever the number of partitions.
        broker = ApacheKafka(TOPICS, partitions=_LEAST_PARTITIONS) if apache else None
        with stack(self.services, self.environment, partitions=partitions, broker=broker) as made:
            return asyncio.run(self.measure(made, sizes))


PARTS: tuple[Part, ...] = (
    Part("resting", "what idle services use", resting),
    Part("intake", "intake alone", intake, lambda sizes: ceil(sizes.forms / _RECORDS_A_PARTITION), ("intake",)),
    Part("saturation", "the whole chain at saturation, and its floor", saturation),
    Part("latency", "form to planned mail at a steady rate", latency),
    Part("growth", "PostgreSQL's cost as tables grow", growth),
    Part(
        "backlog",
        "each service behind a backlog",
        backlog,
        lambda sizes: ceil(sizes.behind / _SHORT_RECORDS_A_PARTITION),
        once=True,
    ),
)
