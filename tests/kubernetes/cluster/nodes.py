"""Nodes and what runs on them, as far as a scheduler and a disruption budget see: nothing runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tests.kubernetes.cluster.client import Client, Resource

_ROOM: Final = {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "100Gi"}


def add_node(cluster: Client, name: str, zone: str) -> None:
    """A node that is ready, in a zone."""
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
    cluster.create(node)
    cluster.say_status(node, {"capacity": _ROOM, "allocatable": _ROOM, "conditions": [_true("Ready")]})
    # New nodes are tainted until somebody has looked at them.
    cluster.apply({**node, "spec": {"taints": []}})


def run_pods(cluster: Client, namespace: str) -> None:
    """Does for every pod what its node would: says that it is ready, and lets go of it once it is to end."""
    for pod in cluster.listed("v1", "Pod", namespace):
        named = {**pod, "apiVersion": "v1", "kind": "Pod"}  # a list does not say it of each
        if "deletionTimestamp" in pod["metadata"]:
            cluster.delete(named)
        elif "nodeName" in pod["spec"] and pod["status"]["phase"] == "Pending":
            _say_ready(cluster, named)


def _say_ready(cluster: Client, pod: Resource) -> None:
    conditions = [_true(name) for name in ("Initialized", "ContainersReady", "Ready")]
    cluster.say_status(pod, {"phase": "Running", "conditions": [*pod["status"].get("conditions", ()), *conditions]})


def _true(name: str) -> Resource:
    return {"type": name, "status": "True", "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
