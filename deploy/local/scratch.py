"""Directories that go with the process that made them, even when it was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_PREFIX: Final = "engage-local-"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (a folder of a name of its own is made in it, for its owner alone)
_MEMORY_NEEDED: Final = 1 << 30


def memory_or_disk() -> Path:
    """Return a place in memory if the machine has one with a gigabyte to spare, else one on disk."""
    # Containers often have a /dev/shm of 64 MB, which a single database fills.
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED:
        return _MEMORY
    return Path(tempfile.gettempdir())


class ScratchDirectory:
    """A new private directory under `base`, removed by `close()`.

    What a killed process leaves behind is removed by the next one that makes such a directory in the
    same place: a lock, which the kernel releases, tells the living from the dead.
    """

    def __init__(self, base: Path | None = None) -> None:
        base = base or Path(tempfile.gettempdir())
        _sweep(base)
        # Locked before it gets the name that a sweep looks for, else a sweep could take it for abandoned.
        unlocked = Path(tempfile.mkdtemp(prefix="engage-new-", dir=base))
        self._lock = (unlocked / ".lock").open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.path = unlocked.rename(unlocked.with_name(unlocked.name.replace("engage-new-", _PREFIX)))

    def close(self) -> None:
        """Remove the directory with all that is in it; a second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _sweep(base: Path) -> None:
    for abandoned in base.glob(f"{_PREFIX}*"):
        # Another user's directory, or one that another sweep removes at this moment, is left alone.
        with contextlib.suppress(OSError), (abandoned / ".lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(abandoned, ignore_errors=True)
