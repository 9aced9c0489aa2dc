"""Every resource is what Kubernetes and the operators say it is, and no field is there that they do not know."""

from __future__ import annotations

from copy import deepcopy

import jsonschema
import pytest

from tests.kubernetes.strict import strict
from tests.kubernetes.tools import (
    BUILDS,
    Resource,
    complaints_about_core,
    complaints_about_strimzi,
    definitions,
    rendered,
)


def is_strimzi(resource: Resource) -> bool:
    return str(resource["apiVersion"]).startswith("kafka.strimzi.io/")


def is_custom(resource: Resource) -> bool:
    return (resource["apiVersion"], resource["kind"]) in definitions()


def is_core(resource: Resource) -> bool:
    """Nobody else's: what no operator knows has to be Kubernetes' own."""
    return not is_strimzi(resource) and not is_custom(resource)


def complaints_about_custom(resource: Resource) -> list[str]:
    schema = strict(dict(definitions()[resource["apiVersion"], resource["kind"]]))
    schema["properties"]["metadata"] = {}
    found = jsonschema.Draft202012Validator(schema).iter_errors(resource)
    return [f"{resource['kind']} {resource['metadata']['name']}: {error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("build", BUILDS)
def test_kubernetes_own_resources_are_as_its_schemas_say(build: str) -> None:
    assert complaints_about_core(filter(is_core, rendered(build))) == ""


@pytest.mark.parametrize("build", BUILDS)
def test_operators_resources_are_as_their_definitions_say(build: str) -> None:
    assert [text for resource in filter(is_custom, rendered(build)) for text in complaints_about_custom(resource)] == []


@pytest.mark.parametrize("build", BUILDS)
def test_strimzi_knows_all_of_its_resources(build: str) -> None:
    assert complaints_about_strimzi(filter(is_strimzi, rendered(build))) == ""


def of_kind(kind: str) -> Resource:
    return deepcopy(next(resource for resource in rendered("base") if resource["kind"] == kind))


def test_a_mistyped_field_is_told() -> None:
    deployment, cluster, kafka = of_kind("Deployment"), of_kind("Cluster"), of_kind("Kafka")
    deployment["spec"]["template"]["spec"]["securityContext"]["runAsNonRot"] = True
    cluster["spec"]["postgresql"]["sinchronous"] = {}
    kafka["spec"]["kafka"]["listeners"][0]["tsl"] = True
    assert "runAsNonRot" in complaints_about_core([deployment])
    assert "sinchronous" in "".join(complaints_about_custom(cluster))
    assert "listeners.tsl: unknown" in complaints_about_strimzi([kafka])
