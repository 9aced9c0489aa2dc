"""What is made of the catalogue for Kubernetes is fresh, and says of each service what the service itself is."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from contracts.catalogue import SERVICES
from deploy.command_line.commands import program
from deploy.configuration import settings
from deploy.kubernetes.workloads import Workload, workloads, written_files
from deploy.roles import LOGINS
from libraries.chassis.service import Service

_BASE = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes" / "base"
_KNOWN = {setting.name for setting in settings()}


@pytest.mark.parametrize("name", written_files())
def test_what_is_written_is_fresh(name: str) -> None:
    assert (_BASE / name).read_text(encoding="utf-8") == written_files()[name], "run `make configuration`"


def test_topics_and_users_are_those_that_are_exported(tmp_path: Path) -> None:
    exported = CliRunner().invoke(program, ["contracts", "export", "--strimzi", "--directory", str(tmp_path)])
    assert exported.exit_code == 0, exported.output
    for path in tmp_path.iterdir():
        assert list(yaml.safe_load_all((_BASE / path.name).read_text())) == list(yaml.safe_load_all(path.read_text()))


def test_every_service_runs() -> None:
    assert set(SERVICES) <= set(workloads())


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_what_its_entry_says(name: str) -> None:
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    entry = workloads()[name]
    assert (entry.single_writer, entry.http) == (service.single_writer, service.http is not None)


@pytest.mark.parametrize("name", workloads())
def test_secrets_are_settings_that_hold_secrets(name: str) -> None:
    secrets = {setting.name for setting in settings() if setting.values == "secret"}
    assert set(workloads()[name].secrets) <= secrets


def test_common_settings_exist() -> None:
    lines = (_BASE / "settings.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert names <= _KNOWN


def test_every_login_gets_its_password_from_a_file() -> None:
    assert re.findall(r"/logins/(\w+)$", written_files()["login-files.env"], re.MULTILINE) == list(LOGINS)


@pytest.mark.parametrize(("memory", "requested"), [("1Gi", "256Mi"), ("2Gi", "512Mi"), ("512Mi", "128Mi")])
def test_a_quarter_of_the_memory_is_requested(memory: str, requested: str) -> None:
    assert Workload(memory=memory).requested == requested
