"""The strangers: how each is installed and called."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.local.apache_kafka.jars import jars_of
from deploy.local.apache_kafka.java import find_java
from deploy.local.processes import ProcessError
from tests.tools import go_program, node_packages, program, python_packages, run

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Installed:
    """A stranger's program as it is called on this machine."""

    argv: tuple[str | Path, ...]
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)

    def read(self, broker: str, topics: list[str]) -> list[str]:
        """The lines that it prints of all events of the topics."""
        return self._run(["read", broker, *topics]).splitlines()

    def send(self, broker: str, mode: str, event: dict[str, Any]) -> None:
        """Has it publish an event, `binary` or `structured`."""
        self._run(["send", broker, mode], json.dumps(event))

    def partitions(self, count: int, keys: list[str]) -> list[str]:
        """A line for each key with the partitions that it would choose, of so many; Go's alone says it."""
        return self._run(["partitions", str(count), *keys]).splitlines()

    def _run(self, arguments: list[str], text: str | None = None) -> str:
        done = run([*self.argv, *arguments], directory=self.directory, text=text, **self.environment)
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
        return done.stdout


def node_program(name: str) -> Path:
    """A copy of a program where what it depends on is: nothing is installed into the repository."""
    wanted = json.loads((HERE / "node" / "package.json").read_text())["dependencies"]
    directory = node_packages(*(f"{package}@{version}" for package, version in wanted.items()))
    return Path(shutil.copy(HERE / "node" / name, directory / name))


def _python(name: str) -> Callable[[], Installed]:
    def install() -> Installed:
        packages = python_packages(HERE / "python" / f"{name}.lock")
        return Installed((sys.executable, HERE / "python" / f"{name}.py"), packages, {"PYTHONPATH": str(packages)})

    return install


def _node() -> Installed:
    script = node_program("sdk.mjs")
    return Installed((program("node", "install Node.js 20 or later"), script), script.parent)


def _java() -> Installed:
    try:
        java, jars = find_java(), jars_of((HERE / "java" / "pom.xml").read_bytes(), "stranger")
    except ProcessError as error:
        pytest.skip(str(error))
    return Installed((java, "-cp", str(jars / "*"), HERE / "java" / "Stranger.java"), jars)


def _go() -> Installed:
    return Installed((go_program(HERE / "go", "stranger"),), HERE)


CLIENTS: Final[dict[str, Callable[[], Installed]]] = {
    "python-1": _python("sdk_1"),
    "python-2": _python("sdk_2"),
    "javascript": _node,
    "java": _java,
    "go": _go,
}
"""Each an SDK of CloudEvents on a client of Kafka: confluent-kafka twice, kafkajs, Apache Kafka's own, Sarama."""
