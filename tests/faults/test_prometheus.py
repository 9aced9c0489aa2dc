"""A real Prometheus asks the whole system, and every rule and panel finds what it asks for."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
import yaml

from contracts.codec import Record
from deploy.local.ports import free_port
from deploy.local.stack import Stack
from deploy.roles import WITH_SCHEMA
from libraries.chassis.watching.metrics import ALL
from tests.forms import application, need, sending
from tests.kafka import Sending, send
from tests.tools import program, run

PLACE = Path("deploy/observability").resolve()
PATIENCE_SECONDS = 60.0
ONLY_WHERE_SOMETHING_HAPPENED = {
    "engage_failing_seconds", "engage_held_records", "engage_dead_letters", "engage_http_turned_away",
    "engage_door_requests", "engage_page_seconds", "engage_mails_refused", "engage_mails_ended", "engage_round_seconds",
    "engage_round_placed", "engage_round_value", "engage_duty_last_success_timestamp_seconds",
}  # fmt: skip
"""What has no series where all is well, or before the first round or mail: Prometheus knows these by name alone."""


class Prometheus:
    """A real one, which asks the services of a stack once a second."""

    def __init__(self, stack: Stack, directory: Path) -> None:
        self._port = free_port()
        configuration = yaml.safe_load((PLACE / "prometheus.yaml").read_text())
        configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        configuration["rule_files"] = [str(PLACE / "rules.yaml")]
        addresses = stack.addresses()
        for target in configuration["scrape_configs"][0]["static_configs"]:
            health = addresses[f"{target['labels']['service']}_health"]
            target["targets"] = [health.removeprefix("http://")]
        path = directory / "prometheus.yaml"
        path.write_text(yaml.safe_dump(configuration))
        self._process = subprocess.Popen(
            [
                program("prometheus", "install it (Debian's package prometheus)"),
                f"--config.file={path}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self._port}",
                "--enable-feature=exemplar-storage",
            ],
            stdout=subprocess.DEVNULL,
            stderr=(directory / "log").open("wb"),
        )

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def ask(self, path: str, **parameters: str) -> Any:
        answer = requests.get(f"http://127.0.0.1:{self._port}/api/v1/{path}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def values(self, expression: str) -> list[dict[str, str]]:
        """The labels of what an expression gives now."""
        return [sample["metric"] for sample in self.ask("query", query=expression)["result"]]

    def wait_for(self, expression: str) -> list[dict[str, str]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                if found := self.values(expression):
                    return found
            except requests.ConnectionError:
                assert self._process.poll() is None, "Prometheus has ended"
            time.sleep(0.2)
        raise AssertionError(f"still nothing for {expression}")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    program("prometheus", "install it (Debian's package prometheus)")
    with Stack(services=WITH_SCHEMA) as made:
        yield made


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    made = Prometheus(stack, tmp_path_factory.mktemp("prometheus"))
    try:
        form = sending(application("measured"))
        spoilt = Sending(form.topic, Record(form.record.key, b"{", form.record.headers))
        asyncio.run(send(stack.broker.bootstrap_servers, [sending(need("youth-employment", capacity=9)), form, spoilt]))
        made.wait_for('engage_form_to_effect_seconds_count{service="matching", topic="assignments.v1"} > 0')
        made.wait_for("engage_dead_letters_total")
        made.wait_for(f'count(up{{job="engage"}} == 1) == {len(WITH_SCHEMA)}')
        yield made
    finally:
        made.stop()


def test_all_services_are_asked(prometheus: Prometheus) -> None:
    assert sorted(found["service"] for found in prometheus.wait_for('up{job="engage"} == 1')) == sorted(WITH_SCHEMA)


def test_what_is_shown_is_named_as_prometheus_wants_it(stack: Stack) -> None:
    tool = program("promtool", "install prometheus, which has it")
    for service in WITH_SCHEMA:
        text = requests.get(stack.addresses()[f"{service}_health"] + "/metrics", timeout=10).text
        done = run([tool, "check", "metrics"], directory=PLACE, text=text)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_prometheus_knows_every_metric_of_the_catalogue_as_what_it_is(prometheus: Prometheus) -> None:
    known = {name: found[0]["type"] for name, found in prometheus.ask("metadata").items()}
    assert {metric.name: known.get(metric.name) for metric in ALL} == {metric.name: metric.kind for metric in ALL}


def test_every_metric_has_a_series_once_something_happened(prometheus: Prometheus) -> None:
    missing = {metric.name for metric in ALL if not prometheus.values(f"count({metric.series[0]})")}
    assert missing <= ONLY_WHERE_SOMETHING_HAPPENED


def test_every_rule_and_every_panel_can_be_answered(prometheus: Prometheus) -> None:
    rules = yaml.safe_load((PLACE / "rules.yaml").read_text())["groups"][0]["rules"]
    panels = orjson.loads((PLACE / "dashboard.json").read_bytes())["panels"]
    asked = [rule["expr"] for rule in rules]
    shown = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    # As Grafana fills them in.
    shown = [each.replace("$service", ".*").replace("$__rate_interval", "1m") for each in shown]
    for expression in shown:
        if not any(name in expression for name in ONLY_WHERE_SOMETHING_HAPPENED):
            prometheus.wait_for(expression)
    for expression in (*asked, *shown):
        prometheus.ask("query", query=expression)
    groups = prometheus.ask("rules")["groups"]
    assert [(rule["name"], rule["health"]) for rule in groups[0]["rules"] if rule["health"] == "err"] == []


def test_nothing_is_raised_while_all_is_well(prometheus: Prometheus) -> None:
    prometheus.wait_for('engage_single_writer_seconds{state="owner"}')
    assert prometheus.values('ALERTS{alertstate="firing"}') == []


def test_an_example_leads_to_the_trace_of_a_record(prometheus: Prometheus) -> None:
    now = time.time()
    found = prometheus.ask(
        "query_exemplars",
        query="engage_record_to_commit_seconds_bucket",
        start=str(now - 300),
        end=str(now + 60),
    )
    traces = [example["labels"]["trace_id"] for series in found for example in series["exemplars"]]
    assert traces
    assert all(re.fullmatch("[0-9a-f]{32}", trace) for trace in traces)
