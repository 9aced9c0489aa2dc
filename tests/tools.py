"""Programs of other languages that tests run, where they are there: in continuous integration they must be."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
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


def cache_directory(name: str) -> Path:
    """A directory outside the repository that is kept between runs."""
    directory = _CACHE / name
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def node_packages(*packages: str) -> Path:
    """A directory whose `node_modules` holds npm packages of exact versions, kept between runs."""
    program("node", "install Node.js 20 or later")
    npm = program("npm", "install npm, which comes with Node.js")
    directory = cache_directory("npm/" + "+".join(package.strip("@").replace("/", "-") for package in packages))
    if not (directory / ".installed").exists():
        (directory / "package.json").write_text('{"private": true, "type": "module"}')
        options = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        done = run([npm, "install", *options, *packages], directory=directory)
        assert done.returncode == 0, done.stderr
        (directory / ".installed").touch()
    return directory


def python_packages(lock: Path) -> Path:
    """A directory with the Python packages of a lock, kept between runs: for `PYTHONPATH`, and not for ours."""
    name = f"{lock.stem}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:8]}"
    directory = cache_directory(f"python/{name}")
    if not (directory / ".installed").exists():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
        done = run([*pip, "--target", directory, "--requirement", lock], directory=directory)
        assert done.returncode == 0, done.stderr
        (directory / ".installed").touch()
    return directory


def go_program(directory: Path, name: str) -> Path:
    """The program that a directory of Go makes, outside of the repository."""
    go = program("go", "install Go 1.24 or later")
    binary = cache_directory("go") / name
    done = run([go, "build", "-o", binary, "."], directory=directory)
    assert done.returncode == 0, done.stderr
    return binary


def run(
    argv: Sequence[str | Path], *, directory: Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end in a directory, with `text` on its standard input; its output is text."""
    return subprocess.run(
        argv,
        cwd=directory,
        input=text,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
