"""Two demonstrations in one directory: the second says that the first plays there, and takes nothing from it."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from deploy.demo.play import DIRECTORY, Shown, play
from deploy.local.processes import ProcessError


def test_a_second_demonstration_leaves_the_first_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    DIRECTORY.mkdir()
    kept = DIRECTORY / "mails"
    kept.mkdir()
    with (DIRECTORY / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ProcessError, match=f"another demonstration plays in {DIRECTORY.resolve()}"):
            play(Shown("en"))
    assert kept.is_dir()
