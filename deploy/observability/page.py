"""The page of all metrics, `docs/metrics.md`, as the catalogue has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from libraries.chassis.watching import metrics
from libraries.chassis.watching.catalogue import Metric

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
_ABOUT: Final = """\
# Metrics

Each service answers `/metrics` on `ENGAGE_HEALTH_PORT`: as text, or as OpenMetrics, which also has examples (the trace
of the oldest record of a transaction). This page is made from the code by `make configuration`.

No metric and no label names a person, an organisation or an id of one. Prometheus adds which service it asked, in the
label `service`; [Runbooks](runbooks.md) shows how it is set up. Beside these there are the figures of the process that
every library names alike (`process_resident_memory_bytes`, `process_open_fds` and others).
"""


def page() -> str:
    """The whole page."""
    return "\n".join((_ABOUT, *_tables()))


def _tables() -> Iterator[str]:
    for group, found in groupby(metrics.ALL, key=lambda metric: metric.group):
        yield f"## {group}\n"
        yield "| metric | kind | unit | labels | what it says |\n|---|---|---|---|---|"
        yield from map(_row, found)
        yield ""


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.shown_as}` | {metric.kind} | {metric.unit} | {labels} | {metric.says} |"
