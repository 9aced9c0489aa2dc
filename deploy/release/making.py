"""Makes a release in a clone beside the repository, and takes it over only once all of it is there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from deploy.release.released import PATH, migrations_in, mistakes, read_register
from deploy.release.released import with_release as with_what_it_brings
from deploy.release.texts import (
    ReleaseError,
    checked_version,
    last_version,
    notes_of,
    with_image,
    with_release,
    with_version,
)
from deploy.release.upgrades import order_of

_PROJECTS: Final = ("pyproject.toml", "contracts/pyproject.toml")
_KUSTOMIZATION: Final = "deploy/kubernetes/base/kustomization.yaml"
_SUMS: Final = "SHA256SUMS"
# What a signature is for, so that none made for something else passes for it (ssh-keygen's namespaces).
NAMESPACE: Final = "engage-release"


def make_release(
    repository: Path, version: str, key: Path, directory: Path, day: date, tell: Callable[[str], None]
) -> Path:
    """Commits, tags, builds and signs a version; returns the folder of what was built.

    `key` is a private SSH key. Nothing of the repository changes where anything fails, and nothing leaves the machine.
    Raises ReleaseError.
    """
    target = directory / version
    _check(repository, version, key, target)
    with tempfile.TemporaryDirectory() as parent:
        clone, built = Path(parent) / "engage", Path(parent) / "built"
        built.mkdir()
        _run("git", "clone", "--quiet", "--no-hardlinks", str(repository), str(clone), at=repository)
        tell("contracts and migrations: what is published stays readable, what was released stays as it was")
        _run(sys.executable, "-m", "deploy.command_line", "contracts", "check", at=clone, PYTHONPATH=str(clone))
        _check_migrations(clone)
        tell(f"version {version}: pyproject.toml, CHANGELOG.md, {PATH}, the order of upgrades")
        _write(clone, version, day)
        tell(f"commit and tag v{version}")
        _commit(clone, repository, version, key)
        tell("wheels of engage and engage-contracts")
        _build(clone, built)
        tell("image recipe, lock, bill of materials")
        _copy(clone, built, version)
        tell("digests and their signature")
        _sign(built, key)
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copytree(built, target)
        _run("git", "fetch", "--quiet", str(clone), f"refs/tags/v{version}:refs/tags/v{version}", at=repository)
        _run("git", "merge", "--quiet", "--ff-only", f"v{version}", at=repository)
    return target


def _check(repository: Path, version: str, key: Path, target: Path) -> None:
    checked_version(version, last_version(_run("git", "tag", "--list", "v*", at=repository)))
    if _run("git", "status", "--porcelain", "--untracked-files=no", at=repository):
        raise ReleaseError("the work tree has changes that are not committed: commit them first")
    if not key.is_file():
        raise ReleaseError(f"KEY: {key} is no file: should be a private SSH key, as ssh-keygen -t ed25519 makes one")
    if target.exists():
        raise ReleaseError(f"{target} is there already: a release is made once")


def _check_migrations(clone: Path) -> None:
    if found := list(mistakes(read_register(clone), migrations_in(clone))):
        raise ReleaseError("; ".join(found))


def _write(clone: Path, version: str, day: date) -> None:
    for name in _PROJECTS:
        path = clone / name
        path.write_text(with_version(path.read_text(encoding="utf-8"), version), encoding="utf-8")
    manifests = clone / _KUSTOMIZATION
    manifests.write_text(with_image(manifests.read_text(encoding="utf-8"), version), encoding="utf-8")
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(with_release(changelog.read_text(encoding="utf-8"), version, day), encoding="utf-8")
    contracts = json.loads((clone / "contracts/published/register.json").read_bytes())["versions"]
    register = with_what_it_brings(read_register(clone), version, migrations_in(clone), list(contracts))
    (clone / PATH).write_text(register, encoding="utf-8")
    _run(sys.executable, "-m", "deploy.release.upgrades", at=clone, PYTHONPATH=str(clone))


def _commit(clone: Path, repository: Path, version: str, key: Path) -> None:
    by = [
        argument
        for name in ("user.name", "user.email")
        for argument in ("-c", f"{name}={_run('git', 'config', name, at=repository)}")
    ]
    signed = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key.resolve()}")
    _run("git", *by, "commit", "--quiet", "--all", "--message", f"Release {version}", at=clone)
    _run("git", *by, *signed, "tag", "--sign", f"v{version}", "--message", f"Engage {version}", at=clone)
    # Where the key is none, git says so, makes the tag without a signature, and succeeds.
    if "BEGIN SSH SIGNATURE" not in _run("git", "cat-file", "tag", f"v{version}", at=clone):
        raise ReleaseError(f"KEY: {key} signs nothing: should be a private SSH key, as ssh-keygen -t ed25519 makes one")


def _build(clone: Path, built: Path) -> None:
    """Wheels of what the tag holds, dated by its commit: whoever builds it again has the same bytes."""
    moment = _run("git", "log", "-1", "--format=%ct", at=clone)
    wheel = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir")
    for project in (clone, clone / "contracts"):
        _run(*wheel, "--wheel-dir", str(built), str(project), at=clone, SOURCE_DATE_EPOCH=moment)


def _copy(clone: Path, built: Path, version: str) -> None:
    for name, path in (("Containerfile", "deploy/Containerfile"), ("requirements.lock", "requirements.lock")):
        (built / name).write_bytes((clone / path).read_bytes())
    (built / "sbom.cdx.json").write_text(
        _run(sys.executable, "deploy/image.py", "sbom", at=clone) + "\n", encoding="utf-8"
    )
    changelog = (clone / "CHANGELOG.md").read_text(encoding="utf-8")
    notes = f"{notes_of(changelog, version)}\n### Order of upgrade\n\n{order_of(read_register(clone), version)}"
    (built / "NOTES.md").write_text(notes, encoding="utf-8")


def _sign(built: Path, key: Path) -> None:
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(built.iterdir())]
    (built / _SUMS).write_text("".join(lines), encoding="utf-8")
    _run("ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key.resolve()), str(built / _SUMS), at=built)


def _run(*command: str, at: Path, **variables: str) -> str:
    """What a command prints; raises ReleaseError with what it said where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 -- commands of ours, whose arguments no shell reads
            command, cwd=at, env={**os.environ, **variables}, capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        raise ReleaseError(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip()
        raise ReleaseError(f"{' '.join(command[:3])} failed: {said}") from None
    return done.stdout.strip()
