"""`engage doctor`: what a running system needs, and what it says where something is missing or away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from contracts.catalogue import SERVICES
from deploy.local.stack import Stack

RIVEMONT = Path(__file__).resolve().parents[1] / "programmes" / "rivemont"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["intake"]) as started:
        yield started


@pytest.fixture
def settings(stack: Stack) -> dict[str, str]:
    """What names this machine's servers, and nothing else of ours."""
    addresses = stack.addresses()
    ours = {
        "ENGAGE_DATABASE_URL": addresses["database_url"],
        "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": addresses["kafka_bootstrap_servers"],
        "ENGAGE_SMTP_URL": addresses["smtp"],
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("ENGAGE_")} | ours


def examined(settings: Mapping[str, str], *arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """The exit code, and of each thing the states with what was seen."""
    command = [sys.executable, "-m", "deploy.command_line", "doctor", "--json", *arguments]
    ended = subprocess.run(command, env=dict(settings), capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in ended.stdout.splitlines():
        finding = json.loads(line)
        found.setdefault(finding["thing"], []).append((finding["state"], finding["seen"]))
    return ended.returncode, found


def states(found: dict[str, list[tuple[str, str]]], thing: str) -> list[str]:
    return [state for state, _ in found[thing]]


def test_a_system_that_has_all_is_told_so_with_what_was_left_out(stack: Stack, settings: dict[str, str]) -> None:
    code, found = examined(settings, "--health", f"intake={stack.addresses()['intake_health']}")
    assert code == 0
    for thing in ("settings", "postgresql", "clocks", "logins", "kafka", "mail server", "intake"):
        assert states(found, thing) == ["ok"], thing
    assert {states(found, f"schema {service}")[0] for service in SERVICES} == {"ok"}
    assert states(found, "sources") == ["warning"], "anybody may call themselves a form"
    assert states(found, "matching") == ["not-tried"], "no address was given"


def test_the_programme_in_force_is_told_and_another_one_is_warned_of(settings: dict[str, str]) -> None:
    _, found = examined(settings)
    assert states(found, "programme of intake") == ["ok"]
    assert found["programme of matching"] == [("ok", "none yet: the one of its first start will be in force")]
    code, found = examined(settings | {"ENGAGE_PROGRAMME": str(RIVEMONT)})
    assert code == 0
    ((state, seen),) = found["programme of intake"]
    assert state == "warning"
    assert "; this command has rivemont-2025.1 (" in seen


def test_wrong_settings_are_named_and_what_does_not_hang_on_them_is_tried(settings: dict[str, str]) -> None:
    del settings["ENGAGE_SMTP_URL"]
    settings["ENGAGE_MAIL_FROM"] = "nobody"
    code, found = examined(settings)
    assert code == 1
    told = " ".join(seen for _, seen in found["settings"])
    assert "ENGAGE_SMTP_URL: is not set" in told
    assert "ENGAGE_MAIL_FROM" in told
    assert states(found, "mail server") == ["not-tried"]
    assert states(found, "kafka") == ["ok"]


def test_a_server_that_is_away_is_told_without_its_password(stack: Stack, settings: dict[str, str]) -> None:
    settings |= {
        "ENGAGE_DATABASE_URL": "postgresql://somebody:hunter2@127.0.0.1:1/engage",
        "ENGAGE_SMTP_URL": "smtp://127.0.0.1:1",
    }
    code, found = examined(settings, "--health", "matching=http://127.0.0.1:1")
    assert code == 1
    for thing in ("postgresql", "mail server", "matching"):
        assert states(found, thing) == ["failed"], thing
    assert "hunter2" not in str(found)


def test_a_schema_that_is_behind_is_told(stack: Stack, settings: dict[str, str]) -> None:
    settings["ENGAGE_DATABASE_URL"] = settings["ENGAGE_DATABASE_URL"].rpartition("/")[0] + "/postgres"
    code, found = examined(settings)
    assert code == 1
    assert "engage migrate" in found["schema intake"][0][1]


def test_an_address_of_no_service_is_refused(settings: dict[str, str]) -> None:
    command = [sys.executable, "-m", "deploy.command_line", "doctor", "--health", "nobody=http://127.0.0.1:1"]
    ended = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert (ended.returncode, "give one of intake" in ended.stderr) == (2, True)
