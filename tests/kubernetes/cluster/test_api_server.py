"""A real API server takes every manifest as it is written, makes pods of it, and refuses what is wrong."""

from __future__ import annotations

import pytest

from tests.kubernetes.cluster.client import Client, Refused
from tests.kubernetes.cluster.comparing import lost
from tests.kubernetes.cluster.conftest import apply_all, of_kind, wait_until
from tests.kubernetes.tools import BUILDS, Resource

pytestmark = pytest.mark.timeout(1800)  # the first time, building the program takes minutes

# The base and two overlays lie in one namespace: each is put over the one before, as by a city that grows.
IN_ORDER = ("small", "base", "three-zones", "rehearsal")


def test_all_builds_are_tried() -> None:
    assert set(IN_ORDER) == set(BUILDS)


@pytest.mark.parametrize("build", IN_ORDER)
def test_every_resource_is_taken_and_kept_as_it_was_said(cluster: Client, build: str) -> None:
    for resource in apply_all(cluster, build):
        kept = cluster.read(resource)
        place = f"{resource['kind']} {resource['metadata']['name']}"
        assert list(lost(resource, kept)) == [], place
        # Whoever looks for what differs from the repository finds nothing: once more is no change.
        again = cluster.apply(resource)
        assert again["metadata"].get("generation") == kept["metadata"].get("generation"), place


@pytest.mark.parametrize("build", ["three-zones", "rehearsal"])
def test_pods_of_every_workload_are_admitted(cluster: Client, build: str) -> None:
    """A workload is taken whatever its pods are: only who makes them hears that they are refused."""
    said = apply_all(cluster, build)
    workloads = [it for it in said if it["kind"] in ("Deployment", "Job")]
    space = workloads[0]["metadata"]["namespace"]

    def all_made() -> bool:
        made = {owner(pod) for pod in cluster.listed("v1", "Pod", space)}
        return all(any(name.startswith(it["metadata"]["name"]) for name in made) for it in workloads)

    wait_until(all_made)
    assert not [it for it in cluster.listed("v1", "Event", space) if it["reason"] == "FailedCreate"]


def owner(pod: Resource) -> str:
    name: str = pod["metadata"]["ownerReferences"][0]["name"]
    return name


def test_a_quota_and_default_limits_of_the_city_let_it_in(cluster: Client) -> None:
    """Where a namespace has a quota, a pod without requests and limits is refused: ours have both."""
    space = {**of_kind("rehearsal", "Namespace"), "metadata": {"name": "with-a-quota"}}
    cluster.apply(space)
    hard = {"requests.cpu": "8", "requests.memory": "16Gi", "limits.cpu": "32", "limits.memory": "32Gi"}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all", "namespace": "with-a-quota"}}
    cluster.apply({**quota, "spec": {"hard": hard}})
    wait_until(lambda: bool(cluster.read(quota).get("status", {}).get("hard")))
    pod = {**pod_of("rehearsal", "intake"), "metadata": {"name": "intake", "namespace": "with-a-quota"}}
    pod["spec"]["serviceAccountName"] = "default"
    wait_until(lambda: any(it["metadata"]["name"] == "default" for it in accounts(cluster, "with-a-quota")))
    cluster.create(pod)
    pod["metadata"]["name"] = "unbounded"
    del pod["spec"]["containers"][0]["resources"]
    with pytest.raises(Refused, match=r"must specify limits\.cpu"):
        cluster.create(pod)


def accounts(cluster: Client, space: str) -> list[Resource]:
    return cluster.listed("v1", "ServiceAccount", space)


def pod_of(build: str, name: str) -> Resource:
    """A pod as a Deployment makes it."""
    template = of_kind(build, "Deployment", name)["spec"]["template"]
    space = of_kind(build, "Namespace")["metadata"]["name"]
    place = {"name": f"{name}-of-a-test", "namespace": space}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": template["spec"]}


def test_a_pod_that_is_not_restricted_is_refused(cluster: Client) -> None:
    apply_all(cluster, "three-zones")
    pod = pod_of("three-zones", "intake")
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    with pytest.raises(Refused, match=r'403: .*violates PodSecurity "restricted.*allowPrivilegeEscalation'):
        cluster.create(pod)


def test_what_is_mistyped_is_refused_by_the_name_of_its_field(cluster: Client) -> None:
    apply_all(cluster, "three-zones")
    deployment = of_kind("three-zones", "Deployment", "intake")
    deployment["spec"]["template"]["spec"]["terminationGracePeriodSecond"] = 60
    with pytest.raises(Refused, match="terminationGracePeriodSecond"):
        cluster.apply(deployment)
    cluster_of_database = of_kind("three-zones", "Cluster")
    cluster_of_database["spec"]["instances"] = "three"
    with pytest.raises(Refused, match="instances"):
        cluster.apply(cluster_of_database)
    kafka = of_kind("three-zones", "Kafka")
    kafka["spec"]["kafka"]["listeners"][0]["authentication"]["type"] = "scram-sha-1"
    with pytest.raises(Refused, match=r"authentication\.type"):
        cluster.apply(kafka)
    kafka = of_kind("three-zones", "Kafka")
    kafka["spec"]["kafka"]["listener"] = []
    with pytest.raises(Refused, match=r"spec\.kafka\.listener"):
        cluster.apply(kafka)


def test_the_job_of_migrations_has_to_go_before_the_next_version_comes(cluster: Client) -> None:
    """As docs/kubernetes.md has it under "Upgrade"."""
    apply_all(cluster, "rehearsal")
    job = of_kind("rehearsal", "Job", "migrations")
    job["spec"]["template"]["spec"]["containers"][0]["image"] = "engage:9.9.9"
    with pytest.raises(Refused, match="field is immutable"):
        cluster.apply(job)
    cluster.delete(job)
    cluster.apply(job)
    assert list(lost(job, cluster.read(job))) == []
