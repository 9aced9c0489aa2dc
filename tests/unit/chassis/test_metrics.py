"""The catalogue of metrics: complete, named as Prometheus wants it, and told of as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deploy.observability.dashboard import DASHBOARD, dashboard
from deploy.observability.page import PAGE, page
from libraries.chassis.watching.catalogue import REGISTRY, Metric
from libraries.chassis.watching.metrics import ALL

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "libraries/chassis/watching/catalogue.py"
MAKING = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum", "prometheus_client"}
SENSITIVE = {"id", "name", "email", "person", "subject", "application", "organisation", "source", "key", "address"}


def name_of(metric: Metric) -> str:
    return metric.name


def _imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("prometheus_client"):
            found |= {alias.name for alias in node.names}
    return found


def test_no_metric_is_made_elsewhere() -> None:
    makers = {
        path
        for folder in ("contracts", "libraries", "services", "publication", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if _imports_of(path) & MAKING
    }
    assert makers == {CATALOGUE}
    declaring = {"counter", "gauge", "histogram"}
    users = [
        path
        for folder in ("libraries", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if declaring & set(re.findall(r"import .*\b(counter|gauge|histogram)\b", path.read_text(encoding="utf-8")))
    ]
    assert [path.name for path in users] == ["metrics.py"]


@pytest.mark.parametrize("metric", ALL, ids=name_of)
def test_a_metric_is_named_by_the_conventions(metric: Metric) -> None:
    assert re.fullmatch(r"engage(_[a-z]+)+", metric.name)
    assert not metric.name.endswith(("_total", "_count", "_sum", "_bucket"))
    # Base units only: a name with milliseconds or minutes would be read wrongly beside all others.
    assert not re.search(r"milli|minutes|hours|days|kilo|percent", metric.name)
    if metric.unit == "seconds":
        assert metric.name.endswith("_seconds")
    assert metric.says[0].isupper()
    assert not metric.says.endswith(".")


@pytest.mark.parametrize("metric", ALL, ids=name_of)
def test_no_label_is_of_somebody_or_of_many_things(metric: Metric) -> None:
    assert len(metric.labels) <= 2
    assert SENSITIVE.isdisjoint(metric.labels)
    assert {"service", "instance", "job", "le", "quantile"}.isdisjoint(metric.labels), "Prometheus gives these itself"


def test_what_is_shown_is_what_is_declared() -> None:
    shown = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("engage_")}
    assert shown == {metric.name for metric in ALL}


def test_the_page_and_the_dashboard_are_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make configuration`"
    assert DASHBOARD.read_bytes() == dashboard(), "run `make configuration`"
