"""Versions of Engage side by side: each its own files, and where its lock is another its own packages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.release.texts import last_version
from tests.tools import python_packages

ROOT: Final = Path(__file__).resolve().parents[2]
_LOCK: Final = "requirements.lock"
_PATIENCE_SECONDS: Final = 240


class DrillError(RuntimeError):
    """The drill can't go on, or what it holds for true is not; says why."""


@dataclass(frozen=True)
class Version:
    """A version of Engage: what it is called here, and where its files lie."""

    name: str
    root: Path
    packages: Path | None = field(default=None)
    """Its packages, where they are others than those of this process."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process of Python needs to be of this version, wherever it is started."""
        paths = [str(path) for path in (self.root, self.packages) if path is not None]
        # Without the second the directory that a process starts in would come first.
        return {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}

    def engage(self, *words: str) -> list[str]:
        """A command of this version, to be run in its environment."""
        return [sys.executable, "-m", "deploy.command_line", *words]

    def run(self, *words: str, **environment: str) -> str:
        """Runs a command to its end; returns what it printed. Raises DrillError with what it said."""
        done = subprocess.run(
            self.engage(*words),
            env={**os.environ, **self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        if done.returncode:
            raise DrillError(f"engage {' '.join(words)} of {self.name}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout


PRESENT: Final = Version("the present one", ROOT)


def last_release() -> str | None:
    """The newest tag that names a release; None where there is none, or no repository."""
    version = last_version(_git("tag", "--list", "v*").decode()) if (ROOT / ".git").exists() else None
    return None if version is None else f"v{version}"


def checked_out(reference: str, directory: Path) -> Version:
    """The files of a tag or commit, in a directory; its packages too where its lock is another."""
    directory.mkdir(parents=True)
    subprocess.run(["tar", "-x"], cwd=directory, input=_git("archive", reference), check=True)
    lock = directory / _LOCK
    same = lock.read_bytes() == (ROOT / _LOCK).read_bytes()
    return Version(reference, directory, None if same else python_packages(lock))


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise DrillError(f"git {' '.join(words)}: {done.stderr.decode().strip()}")
    return done.stdout
