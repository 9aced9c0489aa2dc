"""Apache Kafka's jars: resolved once with Maven, then taken from a cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from deploy.local.processes import ProcessError, spawn
from deploy.local.scratch import ScratchDirectory

_POM: Final = "pom.xml"


def kafka_jars() -> Path:
    """Return the directory of Kafka's jars, fetched the first time and complete whenever it exists.

    Any number of processes may call it at once: one fetches, the others wait for it. Raises ProcessError
    when Maven is missing or fails, with what to install or with Maven's own words.
    """
    pom = files("deploy.local.apache_kafka").joinpath(_POM).read_bytes()
    return jars_of(pom, f"kafka-{_version(pom)}")


def jars_of(pom: bytes, called: str) -> Path:
    """Return the directory of the jars that a list of dependencies names, as `kafka_jars` does."""
    # The digest keeps jars of an older list of dependencies from being taken for those of this one.
    name = f"{called}-{hashlib.sha256(pom).hexdigest()[:8]}"
    cache = _cache()
    jars = cache / name
    if not jars.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / f"{name}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not jars.exists():
                _fetch(pom, jars)
    return jars


def _version(pom: bytes) -> str:
    # Our own file, so nothing in it means harm.
    version = ElementTree.fromstring(pom).findtext("properties/kafka.version")  # noqa: S314
    if not version:
        raise ProcessError(f"{_POM} names no kafka.version")
    return version


def _cache() -> Path:
    chosen = os.environ.get("XDG_CACHE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "engage"


def _fetch(pom: bytes, destination: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ProcessError(
            "Jars are fetched with Maven, and there is no 'mvn' on the PATH:"
            " install Maven 3.6.3 or later (on Debian and Ubuntu: apt-get install maven)"
        )
    # Beside its destination, so that it gets there by a rename, which either happens or does not.
    scratch = ScratchDirectory(destination.parent)
    try:
        (scratch.path / _POM).write_bytes(pom)
        fetched = scratch.path / "jars"
        _run_maven([maven, "--batch-mode", "--quiet", "--file", str(scratch.path / _POM)], fetched)
        fetched.rename(destination)
    finally:
        scratch.close()


def _run_maven(maven: list[str], fetched: Path) -> None:
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fetched}", "-DincludeScope=runtime"]
    process = spawn([*maven, *goal], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = process.communicate()
    if process.returncode or not fetched.is_dir():
        said = output.decode(errors="replace").strip()[-2000:]
        raise ProcessError(f"Maven could not fetch jars (status {process.returncode}): {said}")
