"""What runs on Kubernetes, read from `workloads.toml`, and the resources that are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from textwrap import indent
from typing import Final

import jinja2
from pydantic import BaseModel, ConfigDict, Field, RootModel

from contracts.catalogue import topics_read_by
from deploy.roles import LOGINS
from libraries.data_files import read_data_file
from publication.strimzi import strimzi_files

CLUSTER: Final = "engage"
"""The name of the Kafka cluster, from which Strimzi makes those of its Secrets and addresses."""

_REPLICATION: Final = 3
_WRITTEN: Final = "# Written by `make configuration` from deploy/kubernetes/workloads.toml and the catalogue.\n"
_MEBIBYTES: Final = {"Mi": 1, "Gi": 1024}


class Workload(BaseModel):
    """One entry: what `engage run` starts, and what it needs beyond Kafka and PostgreSQL."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    http: bool = False
    single_writer: bool = False
    mail: bool = False
    secrets: tuple[str, ...] = ()
    memory: str = Field(pattern=r"^[1-9][0-9]{0,3}[MG]i$")

    @property
    def requested(self) -> str:
        """A quarter of the memory that it may take."""
        return f"{int(self.memory[:-2]) * _MEBIBYTES[self.memory[-2:]] // 4}Mi"


class _Workloads(RootModel[dict[str, Workload]]):
    """The whole file."""


def workloads() -> dict[str, Workload]:
    """All entries by name; raises DataFileError for one that is not as it should be."""
    return read_data_file("deploy.kubernetes", "workloads.toml", _Workloads).root


def written_files() -> dict[str, str]:
    """The text of every file of the base that is made and not written by hand, by its name."""
    logins = "".join(f"ENGAGE_ROLE_PASSWORD_{login.upper()}_FILE=/run/engage/logins/{login}\n" for login in LOGINS)
    made = {
        "workloads.yaml": "---\n".join(_resources()),
        "login-files.env": logins,
        "rules.yaml": _rules(),
        **strimzi_files(CLUSTER, _REPLICATION),
    }
    return {name: f"{_WRITTEN}{text}" for name, text in made.items()}


def _rules() -> str:
    """The alerts of deploy/observability, as Prometheus' operator takes them."""
    alerts = files("deploy.observability").joinpath("rules.yaml").read_text(encoding="utf-8")
    groups = indent(alerts[alerts.index("groups:") :], "  ")
    return f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: engage\nspec:\n{groups}"


def _resources() -> Iterator[str]:
    source = files("deploy.kubernetes").joinpath("workload.yaml.jinja").read_text(encoding="utf-8")
    # Names of ours and no markup: there is nothing to escape.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    template = environment.from_string(source)
    for name, workload in workloads().items():
        partitions = max((topic.partitions for topic in topics_read_by(name)), default=0)
        yield template.render(name=name, partitions=partitions, requested=workload.requested, **workload.model_dump())
