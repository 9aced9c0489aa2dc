"""Alerts and dashboards: tested as Prometheus itself tests them, and about nothing that is not measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from contracts.catalogue import SERVICES
from deploy.roles import WITH_SCHEMA
from libraries.chassis.records.received import UNFORESEEN
from libraries.chassis.watching.metrics import ALL
from tests.tools import program, run
from tests.unit.docs.documents import ROOT, anchors_of

PLACE = ROOT / "deploy" / "observability"
RULES: list[dict[str, Any]] = yaml.safe_load((PLACE / "rules.yaml").read_text())["groups"][0]["rules"]
TESTS: list[dict[str, Any]] = yaml.safe_load((PLACE / "rules_test.yaml").read_text())["tests"]
DASHBOARD: dict[str, Any] = orjson.loads((PLACE / "dashboard.json").read_bytes())
ASKED = [rule["expr"] for rule in RULES]
SHOWN = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
OF_PROMETHEUS = {"namespace", "service", "job", "instance", "le"}


def alert_of(rule: dict[str, Any]) -> str:
    return str(rule["alert"])


def promtool(*arguments: str) -> None:
    tool = program("promtool", "install prometheus, which has it (Debian's package prometheus)")
    done = run([tool, *arguments], directory=PLACE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules_and_the_configuration() -> None:
    promtool("check", "rules", "rules.yaml")
    promtool("check", "config", "prometheus.yaml")


def test_each_alert_fires_when_it_should_and_not_when_it_should_not() -> None:
    promtool("test", "rules", "rules_test.yaml")


@pytest.mark.parametrize("rule", RULES, ids=alert_of)
def test_each_alert_is_tested_both_ways(rule: dict[str, Any]) -> None:
    tests = {test["name"]: test["promql_expr_test"][0] for test in TESTS}
    asked = f'ALERTS{{alertname="{rule["alert"]}", alertstate="firing"}}'
    fires, quiet = tests[f"{rule['alert']} fires"], tests[f"{rule['alert']} is quiet"]
    assert fires["expr"] == quiet["expr"] == asked
    assert fires["exp_samples"]
    assert "exp_samples" not in quiet


@pytest.mark.parametrize("rule", RULES, ids=alert_of)
def test_systems_that_one_prometheus_watches_are_told_apart(rule: dict[str, Any]) -> None:
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"])
    assert all("namespace" in names.split(", ") for names in grouped)


def test_each_service_is_missed() -> None:
    [rule] = [rule for rule in RULES if rule["alert"] == "EngageServiceMissing"]
    assert re.findall(r'up\{job="engage", service="(\w+)"\}', rule["expr"]) == [*SERVICES]


@pytest.mark.parametrize("rule", RULES, ids=alert_of)
def test_each_alert_has_a_runbook(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor == rule["alert"].lower()
    assert anchor in anchors_of(ROOT / page)
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_each_runbook_is_of_an_alert_and_says_what_to_do() -> None:
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (Engage\w+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    assert sections.keys() == {rule["alert"] for rule in RULES}
    for section in sections.values():
        assert re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE) == ["What it means.", "Look at", "Do"]


@pytest.mark.parametrize("expression", [*ASKED, *SHOWN])
def test_nothing_is_asked_for_that_is_not_measured(expression: str) -> None:
    labels = {series: {*metric.labels} for metric in ALL for series in metric.series}
    asked = set(re.findall(r"\bengage_[a-z_]+\b", expression))
    assert asked <= labels.keys()
    known = OF_PROMETHEUS.union(*(labels[series] for series in asked))
    in_braces = re.findall(r"(\w+)=~?\"", expression)
    grouped = [
        name.strip() for names in re.findall(r"\b(?:by|on) \(([^)]*)\)", expression) for name in names.split(",")
    ]
    assert {*in_braces, *grouped} <= known


def test_every_metric_is_on_the_dashboard() -> None:
    assert [metric.name for metric in ALL if not any(metric.name in shown for shown in SHOWN)] == []


def test_what_should_never_fail_is_what_the_chassis_takes_for_unforeseen() -> None:
    [rule] = [rule for rule in RULES if rule["alert"] == "EngageUnforeseenFailure"]
    reasons = re.findall(r'reason=~"([^"]*)"', rule["expr"])[0].split("|")
    assert {*reasons} == {*UNFORESEEN, "duty-failed"}


def test_prometheus_is_told_of_all_services_and_of_the_pages() -> None:
    [job] = yaml.safe_load((PLACE / "prometheus.yaml").read_text())["scrape_configs"]
    assert [target["labels"]["service"] for target in job["static_configs"]] == list(WITH_SCHEMA)


def test_files_stand_where_the_page_says() -> None:
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z_]+\.(?:yaml|json))` \|", text, re.MULTILINE))
    assert named == {path.name for path in Path(PLACE).iterdir() if path.suffix in (".yaml", ".json")}
