"""One control plane for the whole run, and what tests say to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.kubernetes.cluster.client import Client
from tests.kubernetes.cluster.servers import ControlPlane
from tests.kubernetes.tools import BUILDS, Resource, rendered, strimzi_definitions, written_definitions

PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A cluster that knows the operators' resources and has no node."""
    with ControlPlane(Path(tmp_path_factory.mktemp("control-plane"))) as plane:
        client = Client(plane)
        define(client)
        yield client
        client.close()


def define(cluster: Client) -> None:
    used = {it["kind"] for name in BUILDS for it in rendered(name)}
    made = [it for it in (*written_definitions(), *strimzi_definitions()) if it["spec"]["names"]["kind"] in used]
    for definition in made:
        cluster.create(definition)

    def established() -> bool:
        return all(is_so(it, "Established") for it in map(cluster.read, made))

    wait_until(established)


def is_so(resource: Resource, condition: str) -> bool:
    conditions = resource.get("status", {}).get("conditions", ())
    return any(it["type"] == condition and it["status"] == "True" for it in conditions)


def wait_until(look: Callable[[], bool]) -> None:
    async def looked() -> bool:
        return look()

    asyncio.run(eventually(looked, within=PATIENCE_SECONDS))


def apply_all(cluster: Client, build: str) -> tuple[Resource, ...]:
    """Has all of a build, what lies in a namespace after it, as kubectl does; returns what was said."""
    said = tuple(sorted(rendered(build), key=lambda it: bool(it["kind"] != "Namespace")))
    for resource in said:
        cluster.apply(resource)
    return said


def of_kind(build: str, kind: str, name: str | None = None) -> Resource:
    found = (it for it in rendered(build) if it["kind"] == kind and name in (None, it["metadata"]["name"]))
    return deepcopy(next(found))
