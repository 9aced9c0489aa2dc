"""The peers' own programs: installed from their own locks, in a folder of their own, the first time they are needed."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_PYTHON_LOCK = _HERE / "requirements.lock"
_NODE_FILES = (_HERE / "package.json", _HERE / "package-lock.json")
_MARK = ".installed"


class PeerError(RuntimeError):
    """A peer can't be installed or run here; says why, and what to install."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the peers are."""

    directory: Path

    @property
    def python(self) -> Path:
        """The interpreter that has the peers' packages."""
        return self.directory / "python" / "bin" / "python"

    @property
    def restate_server(self) -> Path:
        """Restate's server, a program of its own."""
        machine = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
        package = f"@restatedev/restate-server-{platform.system().lower()}-{machine}"
        return self.directory / "node" / "node_modules" / package / "bin" / "restate-server"


def install() -> Installation:
    """The peers, installed whenever their locks changed; raises PeerError where that fails."""
    locks = b"".join(path.read_bytes() for path in (_PYTHON_LOCK, *_NODE_FILES))
    directory = _cache() / f"peers-{hashlib.sha256(locks).hexdigest()[:8]}"
    if not (directory / _MARK).exists():
        shutil.rmtree(directory, ignore_errors=True)
        _install_python(directory / "python")
        _install_node(directory / "node")
        # Last, so that an interrupted start begins again.
        (directory / _MARK).touch()
    return Installation(directory)


def _cache() -> Path:
    chosen = os.environ.get("XDG_CACHE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "engage"


def _install_python(directory: Path) -> None:
    _run([sys.executable, "-m", "venv", str(directory)])
    pip = [str(directory / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--require-hashes", "--requirement", str(_PYTHON_LOCK)])


def _install_node(directory: Path) -> None:
    if shutil.which("npm") is None:
        raise PeerError("Restate's server is installed with npm, which is not on the PATH: install Node.js 20 or later")
    directory.mkdir(parents=True)
    for path in _NODE_FILES:
        shutil.copy(path, directory)
    # Without the packages' own scripts, one of which only reports the installation.
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], directory)


def _run(argv: list[str], directory: Path | None = None) -> None:
    done = subprocess.run(argv, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise PeerError(f"{' '.join(argv[:4])} … failed with status {done.returncode}:\n{done.stdout[-2000:]}")
