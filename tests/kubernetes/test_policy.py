"""What every overlay must keep to: restricted pods, known settings, secrets in files, nothing reachable by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.catalogue import SERVICES, topics_read_by
from deploy.configuration import settings
from deploy.kubernetes.workloads import workloads
from libraries.chassis.running import http_port
from libraries.chassis.settings import Settings
from tests.kubernetes.tools import BUILDS, Resource, rendered

SETTINGS = {setting.name: setting for setting in settings()}
SECRETS = {name for name, setting in SETTINGS.items() if setting.values == "secret"}

pytestmark = pytest.mark.parametrize("build", BUILDS)


def of_kind(build: str, kind: str) -> dict[str, Resource]:
    return {it["metadata"]["name"]: it for it in rendered(build) if it["kind"] == kind}


def pods(build: str) -> dict[str, dict[str, Any]]:
    """The pods that are ours, by the name of what makes them."""
    made = {**of_kind(build, "Deployment"), **of_kind(build, "Job")}
    made |= {name: it["spec"]["jobTemplate"] for name, it in of_kind(build, "CronJob").items()}
    return {name: it["spec"]["template"]["spec"] for name, it in made.items()}


def containers(build: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, pod in pods(build).items():
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            yield f"{name}: {container['name']}", container


def test_the_namespace_takes_only_restricted_pods(build: str) -> None:
    (namespace,) = of_kind(build, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    elsewhere = {it["metadata"].get("namespace") for it in rendered(build) if it["kind"] != "Namespace"}
    assert elsewhere == {namespace["metadata"]["name"]}


def test_pods_are_restricted(build: str) -> None:
    for name, pod in pods(build).items():
        context = pod["securityContext"]
        assert context["runAsNonRoot"], name
        assert context["runAsUser"] > 0, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert all(not {"hostPath"} & set(volume) for volume in pod["volumes"]), name
    for name, container in containers(build):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_pods_that_strimzi_makes_are_restricted(build: str) -> None:
    """The namespace refuses them otherwise. Strimzi takes the template of a pool in place of the whole of Kafka's."""
    (kafka,) = of_kind(build, "Kafka").values()
    templates = [
        pool["spec"].get("template") or kafka["spec"]["kafka"]["template"]
        for pool in of_kind(build, "KafkaNodePool").values()
    ]
    templates.append(kafka["spec"]["entityOperator"]["template"])
    for template in templates:
        made = {name: it["securityContext"] for name, it in template.items() if name.lower().endswith("container")}
        assert set(made) in ({"kafkaContainer", "initContainer"}, {"topicOperatorContainer", "userOperatorContainer"})
        for name, context in made.items():
            assert not context["allowPrivilegeEscalation"], name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
        for context in (template["pod"]["securityContext"], *made.values()):
            assert context["runAsNonRoot"]
            assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_brokers_are_spread_over_zones_and_what_looks_after_them_is_not(build: str) -> None:
    (kafka,) = of_kind(build, "Kafka").values()
    spread = kafka["spec"]["kafka"]["template"]["pod"].get("topologySpreadConstraints", [])
    zones = [("topology.kubernetes.io/zone", "DoNotSchedule")] if build == "three-zones" else []
    assert [(it["topologyKey"], it["whenUnsatisfiable"]) for it in spread] == zones
    assert "topologySpreadConstraints" not in kafka["spec"]["entityOperator"]["template"]["pod"]


def test_no_pod_gets_a_token(build: str) -> None:
    assert all(pod["automountServiceAccountToken"] is False for pod in pods(build).values())
    assert all(
        account["automountServiceAccountToken"] is False for account in of_kind(build, "ServiceAccount").values()
    )


def test_images_have_a_version(build: str) -> None:
    for name, container in containers(build):
        _, _, version = container["image"].rpartition("/")[2].partition(":")
        assert version, name
        assert version != "latest", name


def test_containers_are_bounded(build: str) -> None:
    for name, container in containers(build):
        for bound in ("requests", "limits"):
            assert set(container["resources"][bound]) == {"cpu", "memory"}, name


def test_what_stays_up_is_asked_how_it_is(build: str) -> None:
    for name, deployment in of_kind(build, "Deployment").items():
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            ports = {port["name"] for port in container["ports"]}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert container[probe]["httpGet"]["port"] in ports, f"{name}: {probe}"


def test_every_entry_runs_on_its_own_health_port(build: str) -> None:
    deployments = of_kind(build, "Deployment")
    assert {*SERVICES, *workloads()} <= set(deployments)
    for name in workloads():
        (container,) = deployments[name]["spec"]["template"]["spec"]["containers"]
        assert container["args"] == ["run", name]
        assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "health"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "health"}
        assert {"name": "health", "containerPort": int(common(build)["ENGAGE_HEALTH_PORT"])} in container["ports"]


def test_a_stop_has_longer_than_ours_takes(build: str) -> None:
    ours = Settings.model_fields["stop_seconds"].default + http_port._ANSWER_SECONDS
    for name in workloads():
        pod = pods(build)[name]
        before = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert pod["terminationGracePeriodSeconds"] >= 2 * ours + before, name


def test_every_setting_exists(build: str) -> None:
    variables = {entry["name"] for _, container in containers(build) for entry in container.get("env", ())}
    for name in {*variables, *common(build)}:
        assert name in SETTINGS or name.removesuffix("_FILE") in SECRETS, name


def test_commands_are_run_in_a_pod_that_reaches_all_and_is_there_only_when_it_is_asked_for(build: str) -> None:
    (made,) = of_kind(build, "CronJob").values()
    assert made["spec"]["suspend"]
    job = made["spec"]["jobTemplate"]["spec"]
    assert 0 < job["activeDeadlineSeconds"] <= 12 * 3600, "it holds what may change everything"
    labels = job["template"]["metadata"]["labels"]
    (container,) = job["template"]["spec"]["containers"]
    given = {entry["name"]: entry["value"] for entry in container["env"]}
    users = of_kind(build, "KafkaUser")
    assert given["ENGAGE_KAFKA_USERNAME"] in users
    assert given["ENGAGE_DATABASE_URL"] == "postgresql://engage_operators@database-rw:5432/engage"
    out = {
        name
        for name, policy in of_kind(build, "NetworkPolicy").items()
        if "Egress" in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], labels)
    }
    assert out >= {"everybody-to-names", "services-to-kafka", "engage-to-database", "mail-to-its-server"}


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        it["operator"] == "In" and labels.get(it["key"]) in it["values"] for it in selector.get("matchExpressions", ())
    )


def test_no_secret_stands_in_the_environment(build: str) -> None:
    for name, container in containers(build):
        for entry in container.get("env", ()):
            assert set(entry) == {"name", "value"}, name
            assert entry["name"] not in SECRETS, name
        assert all("secretRef" not in source for source in container.get("envFrom", ())), name
    assert not SECRETS & set(common(build))
    assert not of_kind(build, "Secret"), "Secrets are made by whoever deploys"


def test_files_that_are_named_are_mounted(build: str) -> None:
    for name, container in containers(build):
        folders = tuple(f"{mount['mountPath']}/" for mount in container["volumeMounts"])
        for entry in container.get("env", ()):
            if entry["name"].endswith("_FILE"):
                assert entry["value"].startswith(folders), f"{name}: {entry['name']}"


def test_single_writers_have_a_standby_and_the_others_scale(build: str) -> None:
    if build in ("small", "rehearsal"):
        assert not of_kind(build, "ScaledObject")
        assert all(it["spec"]["replicas"] == 1 for it in of_kind(build, "Deployment").values())
        return
    scaled = of_kind(build, "ScaledObject")
    for name, entry in workloads().items():
        replicas = of_kind(build, "Deployment")[name]["spec"].get("replicas")
        is_scaled = not entry.single_writer and bool(topics_read_by(name))
        assert (name in scaled, replicas) == ((True, None) if is_scaled else (False, 2))
        if is_scaled:
            assert 2 <= scaled[name]["spec"]["minReplicaCount"] < scaled[name]["spec"]["maxReplicaCount"]


def test_replicas_are_spread_and_leave_one_by_one(build: str) -> None:
    budgets = of_kind(build, "PodDisruptionBudget")
    for name in workloads():
        deployment = of_kind(build, "Deployment")[name]["spec"]
        assert budgets[name]["spec"]["maxUnavailable"] == 1
        assert budgets[name]["spec"]["selector"] == deployment["selector"]
        zone, host = deployment["template"]["spec"]["topologySpreadConstraints"]
        assert (zone["topologyKey"], host["topologyKey"]) == ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        assert zone["whenUnsatisfiable"] == ("DoNotSchedule" if build == "three-zones" else "ScheduleAnyway")


def test_nothing_is_reachable_but_what_is_named(build: str) -> None:
    policies = of_kind(build, "NetworkPolicy")
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, policy in policies.items():
        for rule in policy["spec"].get("ingress", ()):
            assert rule["from"], name
            assert rule["ports"], name
        for rule in policy["spec"].get("egress", ()):
            assert rule.get("ports") or rule["to"] == [{"podSelector": policy["spec"]["podSelector"]}], name


def test_every_topic_has_as_many_copies_as_there_are_brokers_for_it(build: str) -> None:
    (pool,) = of_kind(build, "KafkaNodePool").values()
    copies = {topic["spec"]["replicas"] for topic in of_kind(build, "KafkaTopic").values()}
    assert copies == {min(pool["spec"]["replicas"], 3)}


def common(build: str) -> dict[str, str]:
    """The settings that all workloads share."""
    (found,) = (it for name, it in of_kind(build, "ConfigMap").items() if name.startswith("settings-"))
    data: dict[str, str] = found["data"]
    return data
