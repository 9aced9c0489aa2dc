"""The files that install and deploy Engage."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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


def test_lock_names_no_package_host(lock: str) -> None:
    assert "://" not in lock
    assert not re.search(r"^\s*--(?!hash=)", lock, re.MULTILINE)


def test_lock_pins_every_package_with_a_hash(lock: str) -> None:
    entries = re.findall(r"^([a-z0-9][^\s]*)(.*)\n(\s+--hash=sha256:)?", lock, re.MULTILINE)
    assert entries
    assert [name for name, _, hashed in entries if "==" not in name or not hashed] == []
