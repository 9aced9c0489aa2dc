"""A share of a core for one process, kept by the kernel's control groups (their first version, or their second)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

_GROUPS: Final = Path("/sys/fs/cgroup")
# What a process may use is counted anew so often: the kernel's own default.
_PERIOD_US: Final = 100_000


class NoShareError(Exception):
    """This machine gives no shares: says what is missing."""


@contextmanager
def share_of_core(process_id: int, share: float) -> Iterator[None]:
    """Holds a process to a share of one core (0.2: a fifth) while in it; raises NoShareError."""
    group = _parent() / f"engage-{uuid4().hex}"
    quota = int(share * _PERIOD_US)
    try:
        group.mkdir()
        if _is_second_version():
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        else:
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        (group / "cgroup.procs").write_text(str(process_id))
    except OSError as error:
        raise NoShareError(f"no share of a core here, root and control groups are needed: {error}") from error
    try:
        yield
    finally:
        # A group ends once nothing is in it: the process goes back to where it came from, or has ended.
        if Path(f"/proc/{process_id}").exists():
            (_parent() / "cgroup.procs").write_text(str(process_id))
        os.rmdir(group)


def _is_second_version() -> bool:
    return (_GROUPS / "cgroup.controllers").exists()


def _parent() -> Path:
    return _GROUPS if _is_second_version() else _GROUPS / "cpu"
