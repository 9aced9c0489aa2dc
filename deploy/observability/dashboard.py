"""The dashboard for Grafana, with a panel for each metric of the catalogue: `deploy/observability/dashboard.json`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import orjson

from libraries.chassis.watching.catalogue import Metric, Unit
from libraries.chassis.watching.metrics import ALL

DASHBOARD: Final = Path(__file__).with_name("dashboard.json")

_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_ACROSS, _HEIGHT, _WIDTH = 3, 8, 8
_UNITS: Final[dict[Unit, str]] = {"seconds": "s"}
_QUANTILES: Final = (0.5, 0.95, 0.99)


def dashboard() -> bytes:
    """The dashboard as Grafana imports it."""
    made = {
        "uid": "engage",
        "title": "Engage",
        "description": "Made from the catalogue of metrics; change that and not this.",
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": _variables()},
        "panels": list(_panels()),
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def expressions(metric: Metric) -> list[tuple[str, str]]:
    """What a metric's panel asks Prometheus for, each with its legend."""
    by = ", ".join(("service", *metric.labels))
    legend = " ".join(f"{{{{{label}}}}}" for label in ("service", *metric.labels))
    chosen = '{service=~"$service"}'
    match metric.kind:
        case "counter":
            return [(f"sum by ({by}) (increase({metric.shown_as}{chosen}[$__rate_interval]))", legend)]
        case "gauge":
            shown = f"{metric.name}{chosen}"
            if metric.name.endswith("_timestamp_seconds"):
                return [(f"time() - max by ({by}) ({shown})", legend)]
            return [(f"max by ({by}) ({shown})", legend)]
        case "histogram":
            buckets = f"sum by (le, {by}) (increase({metric.name}_bucket{chosen}[$__rate_interval]))"
            return [(f"histogram_quantile({part}, {buckets})", f"{part:.0%} {legend}") for part in _QUANTILES]


def _variables() -> list[dict[str, Any]]:
    return [
        {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
        {
            "name": "service",
            "label": "Service",
            "type": "query",
            "datasource": _SOURCE,
            "query": {"query": "label_values(engage_build_info, service)", "refId": "service"},
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "current": {"text": "All", "value": "$__all"},
        },
    ]


def _panels() -> Iterator[dict[str, Any]]:
    number = top = 0
    for group, found in groupby(ALL, key=lambda metric: metric.group):
        number += 1
        yield {"id": number, "type": "row", "title": group, "gridPos": {"h": 1, "w": 24, "x": 0, "y": top}}
        top += 1
        place = 0
        for place, metric in enumerate(found):
            number += 1
            at = {"h": _HEIGHT, "w": _WIDTH, "x": place % _ACROSS * _WIDTH, "y": top + place // _ACROSS * _HEIGHT}
            yield _panel(number, metric, at)
        top += (place // _ACROSS + 1) * _HEIGHT


def _panel(number: int, metric: Metric, at: dict[str, int]) -> dict[str, Any]:
    title = metric.name.removeprefix("engage_").replace("_", " ")
    return {
        "id": number,
        "type": "timeseries",
        "title": title[0].upper() + title[1:],
        "description": metric.says,
        "datasource": _SOURCE,
        "gridPos": at,
        "fieldConfig": {"defaults": {"unit": _UNITS.get(metric.unit, "short"), "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": _SOURCE,
                "expr": asked,
                "legendFormat": legend,
                "exemplar": metric.kind == "histogram",
            }
            for place, (asked, legend) in enumerate(expressions(metric))
        ],
    }
