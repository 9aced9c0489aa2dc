"""What Kubernetes' own people read manifests with: fetched once as packages, then taken from a cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.local.apache_kafka.jars import jars_of
from tests.tools import cache_directory, program, python_packages

ROOT: Final = Path(__file__).resolve().parents[2]
KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
BUILDS: Final = {"base": KUBERNETES / "base", **{it.name: it for it in (KUBERNETES / "overlays").iterdir()}}

_KUBERNETES: Final = "1.34"
_KUSTOMIZE: Final = ("sigs.k8s.io/kustomize/kustomize/v5", "v5.7.1")
_GO: Final = "Go 1.24 or later"
_DEFINITIONS: Final = {
    "github.com/cloudnative-pg/cloudnative-pg@v1.27.0": "config/crd/bases",
    "github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0": "config/crd/bases",
    "github.com/kedacore/keda/v2@v2.21.0": "config/crd/bases",
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": "example/prometheus-operator-crd",
}
"""Where each operator keeps the definitions of its resources, by the Go module that it is published as."""

Resource = dict[str, Any]


class _Definitions(yaml.CSafeLoader):
    """Reads a bare `=`, which is one of Prometheus' operators, as the text that it is."""


def _as_text(_: _Definitions, node: yaml.Node) -> str:
    return str(node.value)


_Definitions.add_constructor("tag:yaml.org,2002:value", _as_text)


@cache
def rendered(name: str) -> tuple[Resource, ...]:
    """The resources of the base or an overlay."""
    return built(BUILDS[name])


def built(directory: Path) -> tuple[Resource, ...]:
    """The resources that Kustomize makes of a directory."""
    done = subprocess.run([_kustomize(), "build", directory], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


@cache
def definitions() -> Mapping[tuple[str, str], Resource]:
    """The OpenAPI schema of each custom resource of the operators, by its apiVersion and kind."""
    return {
        (f"{made['spec']['group']}/{version['name']}", made["spec"]["names"]["kind"]): version["schema"][
            "openAPIV3Schema"
        ]
        for made in written_definitions()
        for version in made["spec"]["versions"]
    }


@cache
def written_definitions() -> Sequence[Resource]:
    """The CustomResourceDefinitions that the operators written in Go publish."""
    return [made for module, folder in _DEFINITIONS.items() for made in _defined(module, folder)]


def strimzi_definitions() -> list[Resource]:
    """CustomResourceDefinitions of Strimzi's kinds, with schemas made from its own model, as its own are."""
    schemas: dict[str, Resource] = json.loads(_strimzi("Describe.java"))
    return [_strimzi_definition(kind, schema) for kind, schema in schemas.items()]


def complaints_about_core(resources: Iterable[Resource]) -> str:
    """What Kubernetes' own schemas, made strict, do not know or can't read."""
    packages = python_packages(Path(__file__).with_name("validate.lock"))
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("core.py"), _KUBERNETES],
        env={**os.environ, "PYTHONPATH": str(packages)},
        input=json.dumps(list(resources)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def complaints_about_strimzi(resources: Iterable[Resource]) -> str:
    """What Strimzi's own model of its resources, which its definitions are made from, does not know or can't read."""
    return _strimzi("ReadStrictly.java", yaml.safe_dump_all(list(resources)))


def _strimzi(source: str, text: str = "") -> str:
    """What a program beside Strimzi's own model says about a text."""
    folder = Path(__file__).parent / "strimzi"
    jars = jars_of((folder / "pom.xml").read_bytes(), "strimzi")
    done = subprocess.run(
        [program("java", "Java 17 or later"), "-cp", f"{jars}/*", folder / source],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _strimzi_definition(kind: str, schema: Resource) -> Resource:
    group, plural = "kafka.strimzi.io", f"{kind.lower()}s"
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [version]},
    }


def _defined(module: str, folder: str) -> Iterator[Resource]:
    done = subprocess.run(
        [program("go", _GO), "mod", "download", "-json", module], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for path in sorted((Path(json.loads(done.stdout)["Dir"]) / folder).glob("*.yaml")):
        yield yaml.load(path.read_text(encoding="utf-8"), _Definitions)


@cache
def _kustomize() -> Path:
    module, version = _KUSTOMIZE
    folder = cache_directory(f"kustomize-{version}")
    if not (folder / "kustomize").exists():
        environment = {**os.environ, "GOBIN": str(folder)}
        command = [program("go", _GO), "install", f"{module}@{version}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder / "kustomize"
