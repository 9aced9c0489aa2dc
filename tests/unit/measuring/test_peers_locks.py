"""The peers' locks: everything by its digest, and no word of where it comes from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.benchmarks.peers import installing

_FOLDER = Path(installing.__file__).parent


@pytest.mark.parametrize("name", ["requirements.in", "requirements.lock", "package.json", "package-lock.json"])
def test_no_host_is_named(name: str) -> None:
    assert "://" not in (_FOLDER / name).read_text()


def test_what_is_asked_for_is_locked_with_digests() -> None:
    lock = (_FOLDER / "requirements.lock").read_text()
    for line in (_FOLDER / "requirements.in").read_text().splitlines():
        if line and not line.startswith("#"):
            requirement = re.sub(r"\[.*\]", "", line)
            assert re.search(rf"^{re.escape(requirement)} \\\n    --hash=sha256:", lock, re.MULTILINE), line


def test_the_server_is_locked_for_every_machine_that_it_is_built_for() -> None:
    packages = json.loads((_FOLDER / "package-lock.json").read_text())["packages"]
    locked = {name for name, package in packages.items() if package.get("integrity")}
    for machine in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"):
        assert f"node_modules/@restatedev/restate-server-{machine}" in locked
