"""A real scheduler spreads the replicas over zones, and a node is emptied of one replica at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.kubernetes.workloads import workloads
from tests.kubernetes.cluster.client import Client, Refused, Resource
from tests.kubernetes.cluster.conftest import apply_all, of_kind, wait_until
from tests.kubernetes.cluster.nodes import add_node, run_pods

pytestmark = pytest.mark.timeout(1800)

ZONES = ["a", "b", "c"]
NAMESPACE = "engage"


@pytest.fixture(scope="module")
def cluster_of_zones(cluster: Client) -> Client:
    """Three zones with a node each, and what the overlay for them runs: as many of each as KEDA has at rest."""
    for zone in ZONES:
        add_node(cluster, f"node-{zone}", zone)
    for resource in apply_all(cluster, "three-zones"):
        if resource["kind"] == "ScaledObject":
            scaled = of_kind("three-zones", "Deployment", resource["spec"]["scaleTargetRef"]["name"])
            cluster.scale(scaled, resource["spec"]["minReplicaCount"])
    return cluster


def wait_while_pods_run(cluster: Client, look: Callable[[], bool]) -> None:
    def looked() -> bool:
        run_pods(cluster, NAMESPACE)
        return look()

    wait_until(looked)


def pods_of(cluster: Client, name: str) -> list[Resource]:
    """The pods of a workload, of whatever version, that are not on their way out."""
    return [
        {**pod, "apiVersion": "v1", "kind": "Pod"}
        for pod in cluster.listed("v1", "Pod", NAMESPACE)
        if pod["metadata"]["labels"].get("app.kubernetes.io/name") == name
        and "deletionTimestamp" not in pod["metadata"]
    ]


def zones_of(cluster: Client, name: str) -> list[str]:
    return sorted(pod["spec"].get("nodeName", "").removeprefix("node-") for pod in pods_of(cluster, name))


@pytest.mark.parametrize("name", workloads())
def test_two_replicas_are_in_two_zones(cluster_of_zones: Client, name: str) -> None:
    """After a new version took the place of an old one, whose pods count for nothing by then."""

    def is_rolled_out() -> bool:
        said = cluster_of_zones.read(of_kind("three-zones", "Deployment", name))
        told = said["status"]
        counts = {told.get(count) for count in ("replicas", "updatedReplicas", "availableReplicas")}
        return told["observedGeneration"] == said["metadata"]["generation"] and counts == {2}

    wait_while_pods_run(cluster_of_zones, is_rolled_out)
    zones = zones_of(cluster_of_zones, name)
    assert len(zones) == len(set(zones)) == 2


def test_a_third_replica_takes_the_third_zone(cluster_of_zones: Client) -> None:
    cluster_of_zones.scale(of_kind("three-zones", "Deployment", "intake"), 3)
    wait_while_pods_run(cluster_of_zones, lambda: zones_of(cluster_of_zones, "intake") == ZONES)


def test_a_node_is_emptied_of_one_replica_at_a_time(cluster_of_zones: Client) -> None:
    cluster, budget = cluster_of_zones, of_kind("three-zones", "PodDisruptionBudget", "matching")
    wait_while_pods_run(cluster, lambda: allowed(cluster, budget) == 1)
    one, other = pods_of(cluster, "matching")
    cluster.evict(one)
    with pytest.raises(Refused, match=r"429: .*disruption budget"):
        cluster.evict(other)
    # Once another one is ready in its place the next may go.
    wait_while_pods_run(cluster, lambda: allowed(cluster, budget) == 1)
    cluster.evict(other)


def allowed(cluster: Client, budget: Resource) -> int:
    """How many pods may be evicted now."""
    return int(cluster.read(budget).get("status", {}).get("disruptionsAllowed", 0))
