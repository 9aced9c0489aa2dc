"""What is measured: each figure with its words, its unit and what it must reach; medians over runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from contracts.catalogue import PROGRAMME


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is measured, by `key`; `at_least` or `at_most` is what it must reach, if anything."""

    key: str
    words: str
    unit: str = ""
    digits: int = 0
    at_least: float | None = None
    at_most: float | None = None

    def is_reached(self, value: float) -> bool | None:
        """Whether a value is what is wanted; None where nothing is."""
        if self.at_least is not None:
            return value >= self.at_least
        return None if self.at_most is None else value <= self.at_most

    def shown(self, value: float) -> str:
        """A value with the digits that mean something."""
        return f"{value:,.{self.digits}f}"

    @property
    def wanted(self) -> str:
        """What it must reach, in signs; nothing where nothing is wanted."""
        if self.at_least is not None:
            return f"≥ {self.shown(self.at_least)}"
        return "" if self.at_most is None else f"≤ {self.shown(self.at_most)}"


@dataclass(frozen=True, slots=True)
class Result:
    """A figure as it was measured, once a run."""

    figure: Figure
    runs: tuple[float, ...]

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    @property
    def reached(self) -> bool | None:
        """Whether the median is what is wanted."""
        return self.figure.is_reached(self.value)


def _for_each_service(
    key: str, words: str, unit: str = "", digits: int = 0, *, at_most: float | None = None
) -> tuple[Figure, ...]:
    return tuple(
        Figure(f"{key}.{service}", f"{words} {service}", unit, digits, at_most=at_most) for service in PROGRAMME
    )


FIGURES: tuple[Figure, ...] = (
    Figure("chain.rate", "whole chain, applications a second", at_least=2_000),
    Figure("chain.floor", "  floor of the same messages"),
    Figure("chain.ratio", "  chain / floor", digits=2, at_least=0.6),
    Figure("chain.ratio_with_broker", "  chain / floor with the broker's share", digits=2),
    Figure("peers.dbos", "  DBOS, thin flows a second"),
    Figure("peers.restate", "  Restate, thin flows a second"),
    Figure("peers.one-by-one", "  one-by-one FastStream, thin flows a second"),
    Figure("peers.ratio", "  chain / the better of DBOS and Restate", digits=1, at_least=15),
    Figure("chain.cpu.services", "CPU an application, services", "µs", at_most=850),
    *_for_each_service("chain.cpu", "", "µs"),
    Figure("chain.cpu.postgresql", "CPU an application, PostgreSQL", "µs", at_most=200),
    Figure("chain.cpu.broker", "CPU an application, broker", "µs"),
    Figure("chain.wal", "WAL an application", "bytes", at_most=20_000),
    Figure("floor.cpu.services", "floor: CPU an application, services", "µs"),
    *_for_each_service("floor.cpu", "", "µs"),
    Figure("floor.cpu.postgresql", "floor: CPU an application, PostgreSQL", "µs"),
    Figure("floor.cpu.broker", "floor: CPU an application, broker", "µs"),
    Figure("floor.wal", "floor: WAL an application", "bytes"),
    Figure("floor.events", "events published an application", digits=1),
    Figure("intake.rate", "intake alone, forms a second"),
    Figure("intake.rate_a_core", "intake alone, forms a second and core", at_least=8_000),
    Figure("intake.cpu.postgresql", "  CPU a form, PostgreSQL", "µs"),
    Figure("intake.wal", "  WAL a form", "bytes"),
    Figure("latency.500.p50", "form → planned mail, 500 a second, p50", "ms", at_most=60),
    Figure("latency.500.p99", "form → planned mail, 500 a second, p99", "ms", at_most=120),
    Figure("latency.50.p50", "form → planned mail, 50 a second, p50", "ms", at_most=25),
    Figure("latency.50.p99", "form → planned mail, 50 a second, p99", "ms", at_most=50),
    *_for_each_service("idle.cpu", "idle, of a core:", "%", 2, at_most=0.5),
    Figure("idle.cpu.postgresql", "idle, of a core: PostgreSQL", "%", 2),
    Figure("idle.cpu.broker", "idle, of a core: broker", "%", 2),
    Figure("idle.transactions", "idle, transactions a second", digits=1),
    Figure("growth.first", "PostgreSQL's CPU an application, the first", "µs"),
    Figure("growth.later", "PostgreSQL's CPU an application, after more", "µs"),
    Figure("growth.ratio", "  later / first", digits=2, at_most=1.1),
    Figure("backlog.growth.ratio", "  after the backlog / first", digits=2, at_most=1.1),
    *_for_each_service("memory.rest", "memory at rest:", "MB", at_most=100),
    *_for_each_service("memory.load", "memory under load, at most:", "MB", at_most=160),
    *_for_each_service("memory.backlog", "memory behind a backlog, at most:", "MB", at_most=160),
    *_for_each_service("backlog.rate", "backlog, records a second:"),
)
"""In the order in which they are read: what belongs to a figure comes below it."""


def results(runs: Sequence[Mapping[str, float]]) -> list[Result]:
    """The figures that were measured in any run, in the order of `FIGURES`.

    Raises KeyError where something was measured that no figure describes.
    """
    known = {figure.key for figure in FIGURES}
    for measured in runs:
        if unknown := sorted(set(measured) - known):
            raise KeyError(f"no figure describes {', '.join(unknown)}")
    by_figure = ((figure, tuple(run[figure.key] for run in runs if figure.key in run)) for figure in FIGURES)
    return [Result(figure, values) for figure, values in by_figure if values]
