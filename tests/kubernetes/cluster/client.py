"""What tests ask of the API server: to take a resource as `kubectl apply` does, and to give it back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import httpx2

from tests.kubernetes.cluster.servers import ControlPlane

Resource = dict[str, Any]

_MANAGER: Final = "engage"


class Refused(Exception):
    """The API server does not take it; the text is its own."""


class Client:
    """Speaks to the API server as its administrator."""

    def __init__(self, plane: ControlPlane) -> None:
        headers = {"Authorization": f"Bearer {plane.token}"}
        self._client = httpx2.Client(base_url=plane.url, verify=plane.context, headers=headers, timeout=60)
        self._kinds = cache(self._discovered)

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def apply(self, resource: Resource) -> Resource:
        """Has it as it is written, by server-side apply, and every unknown field refused; raises Refused."""
        return self._asked(
            "PATCH",
            self._path(resource),
            params={"fieldManager": _MANAGER, "force": "true", "fieldValidation": "Strict"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            content=json.dumps(resource),
        )

    def read(self, resource: Resource) -> Resource:
        """What the server has of a resource of this kind, namespace and name; raises Refused."""
        return self._asked("GET", self._path(resource))

    def listed(self, version: str, kind: str, namespace: str | None = None) -> list[Resource]:
        """All resources of a kind, in a namespace if it has such."""
        collection = self._collection({"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace}})
        items: list[Resource] = self._asked("GET", collection)["items"]
        return items

    def create(self, resource: Resource) -> Resource:
        """Creates it; raises Refused."""
        return self._asked("POST", self._collection(resource), params={"fieldValidation": "Strict"}, json=resource)

    def evict(self, pod: Resource) -> None:
        """Removes a pod as who empties a node does, where its budget lets it; raises Refused."""
        place = {name: pod["metadata"][name] for name in ("name", "namespace")}
        asked = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": place}
        self._asked("POST", f"{self._path(pod)}/eviction", json=asked)

    def scale(self, resource: Resource, replicas: int) -> None:
        """Has a workload so many replicas, as KEDA does; raises Refused."""
        headers = {"Content-Type": "application/merge-patch+json"}
        content = json.dumps({"spec": {"replicas": replicas}})
        self._asked("PATCH", f"{self._path(resource)}/scale", headers=headers, content=content)

    def delete(self, resource: Resource) -> None:
        """Removes it at once, with what belongs to it in the background; raises Refused."""
        options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        self._asked("DELETE", self._path(resource), params=options)

    def say_status(self, resource: Resource, status: Mapping[str, Any]) -> None:
        """Says how it is with a resource, as who looks after it on its node does; raises Refused."""
        headers = {"Content-Type": "application/merge-patch+json"}
        self._asked("PATCH", f"{self._path(resource)}/status", headers=headers, content=json.dumps({"status": status}))

    def _path(self, resource: Resource) -> str:
        return f"{self._collection(resource)}/{resource['metadata']['name']}"

    def _collection(self, resource: Resource) -> str:
        version = resource["apiVersion"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        plural, is_namespaced = self._kinds(root)[resource["kind"]]
        space = resource["metadata"].get("namespace")
        return f"{root}/namespaces/{space}/{plural}" if is_namespaced else f"{root}/{plural}"

    def _discovered(self, root: str) -> dict[str, tuple[str, bool]]:
        known: Sequence[Resource] = self._asked("GET", root)["resources"]
        return {it["kind"]: (it["name"], it["namespaced"]) for it in known if "/" not in it["name"]}

    def _asked(self, method: str, path: str, **how: Any) -> Resource:
        answer = self._client.request(method, path, **how)
        said: Resource = answer.json()
        if not answer.is_success:
            raise Refused(f"{answer.status_code}: {said.get('message', said)}")
        return said
