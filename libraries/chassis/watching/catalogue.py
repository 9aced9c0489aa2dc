"""What a metric is: declared once, and from that come `/metrics`, its page in the documents and its panel."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Counted
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time and open files of the process, as every library names them

Kind: TypeAlias = Literal["counter", "gauge", "histogram"]
Unit: TypeAlias = Literal["seconds", "records", "events", "mails", "lanes", "times", "points", "projects", "processes"]
Group: TypeAlias = Literal["Time", "Waiting", "Flow", "Set aside", "Lanes", "Parts", "Doors", "Mail", "Rounds"]

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
"""Buckets of what should take milliseconds, and takes an hour where something is away."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: `name` without a counter's ending, its `unit`, its labels, and what it says in one sentence."""

    name: str
    kind: Kind
    unit: Unit
    labels: tuple[str, ...]
    says: str
    group: Group

    @property
    def shown_as(self) -> str:
        """Its name as people write it: a counter's with its ending."""
        return f"{self.name}_total" if self.kind == "counter" else self.name

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the series that Prometheus keeps of it."""
        if self.kind == "histogram":
            return f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count"
        return (self.shown_as,)


METRICS: Final[dict[str, Metric]] = {}
"""All metrics by their names, in the order in which they are declared."""


def counter(name: str, says: str, *labels: str, unit: Unit, group: Group) -> Counter:
    """Declares what only grows."""
    return Counter(*_declared(name, "counter", unit, labels, says, group), registry=REGISTRY)


def gauge(name: str, says: str, *labels: str, unit: Unit, group: Group) -> Gauge:
    """Declares what goes up and down."""
    return Gauge(*_declared(name, "gauge", unit, labels, says, group), registry=REGISTRY)


def histogram(
    name: str, says: str, *labels: str, unit: Unit, group: Group, buckets: Sequence[float] = SECONDS
) -> Histogram:
    """Declares what is observed often, and counted by how large it was."""
    return Histogram(*_declared(name, "histogram", unit, labels, says, group), registry=REGISTRY, buckets=buckets)


def observe_all(observed: Histogram, values: Sequence[float]) -> None:
    """Observes many at once, such as each record of a transaction: one by one they cost some seven times as much."""
    # prometheus_client has no name for it.
    buckets = Counted(bisect_left(observed._upper_bounds, value) for value in values)
    for place, count in buckets.items():
        observed._buckets[place].inc(count)
    observed._sum.inc(sum(values))


def _declared(
    name: str, kind: Kind, unit: Unit, labels: tuple[str, ...], says: str, group: Group
) -> tuple[str, str, tuple[str, ...]]:
    METRICS[name] = Metric(name, kind, unit, labels, says, group)
    return name, says, labels
