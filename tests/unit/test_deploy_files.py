"""The files that install and deploy Engage."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.configuration import settings
from deploy.roles import LOGINS, WITH_SCHEMA

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def containers() -> dict[str, dict[str, str]]:
    """The environment of each of ours in the compose file, by its name."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    ours = {name: it for name, it in services.items() if it["image"] == "engage:local"}
    return {name: it["environment"] for name, it in ours.items()}


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text()


def test_compose_file_follows_the_compose_specification() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")
    command: list[str | Path] = [
        check,
        "--builtin-schema",
        "vendor.compose-spec",
        ROOT / "deploy" / "compose.yaml",
    ]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_login_of_the_compose_file_has_the_password_that_its_container_gives(
    containers: dict[str, dict[str, str]],
) -> None:
    made = {
        name.removeprefix("ENGAGE_ROLE_PASSWORD_").lower(): value
        for name, value in containers["roles"].items()
        if name.startswith("ENGAGE_ROLE_PASSWORD_")
    }
    assert set(made) == set(LOGINS)
    given = {**{name: name for name in WITH_SCHEMA}, "migrate": "migrations"}
    assert set(containers) - {"roles", "topics"} == set(given)
    for name, login in given.items():
        assert containers[name]["ENGAGE_DATABASE_PASSWORD"] == made[login], name
        assert containers[name]["ENGAGE_DATABASE_URL"].startswith(f"postgresql://engage_{login}@"), name


def test_containers_of_the_compose_file_have_the_settings_that_they_need(
    containers: dict[str, dict[str, str]],
) -> None:
    known = {setting.name: setting for setting in settings()}
    for name, environment in containers.items():
        named = {it for it in environment if not it.startswith("ENGAGE_ROLE_PASSWORD_")}
        assert named <= set(known), name
        if name in WITH_SCHEMA:
            readers = ("Every service", f"Only {name}")
            needed = {it.name for it in known.values() if it.reader in readers and it.default == "required"}
            assert needed <= named, name


def test_the_compose_file_says_all_that_has_to_be_chosen() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    head, _, rest = text.partition("\nname:")
    assert set(re.findall(r"\b([A-Z_]+)=\.\.\.", head)) == set(re.findall(r"\$\{([A-Z_]+):\?", rest))


def test_lock_names_no_package_host(lock: str) -> None:
    assert "://" not in lock
    assert not re.search(r"^\s*--(?!hash=)", lock, re.MULTILINE)


def test_lock_pins_every_package_with_a_hash(lock: str) -> None:
    entries = re.findall(r"^([a-z0-9][^\s]*)(.*)\n(\s+--hash=sha256:)?", lock, re.MULTILINE)
    assert entries
    assert [name for name, _, hashed in entries if "==" not in name or not hashed] == []
