"""Programs of other languages that tests run, where they are there: in continuous integration they must be."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "engage"
_INSTALL_SECONDS = 300


def program(name: str, install: str) -> str:
    """The path of a program; skips where it is missing, and fails in continuous integration."""
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is missing: {install}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def node_packages(*packages: str) -> Path:
    """A directory whose `node_modules` holds npm packages of exact versions, kept between runs."""
    program("node", "install Node.js 20 or later")
    npm = program("npm", "install npm, which comes with Node.js")
    directory = _CACHE / "npm" / "+".join(package.strip("@").replace("/", "-") for package in packages)
    if not (directory / ".installed").exists():
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "package.json").write_text('{"private": true, "type": "module"}')
        options = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        done = run([npm, "install", *options, *packages], directory=directory)
        assert done.returncode == 0, done.stderr
        (directory / ".installed").touch()
    return directory


def run(argv: list[str | Path], *, directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end in a directory; its output is text."""
    return subprocess.run(
        argv,
        cwd=directory,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
