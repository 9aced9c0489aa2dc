"""What Apache Kafka needs on a machine: told clearly where it is missing, fetched once where it can be."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.apache_kafka.jars import kafka_jars
from deploy.local.apache_kafka.java import find_java
from deploy.local.processes import ProcessError


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Java, Maven and cached jars; programs come into the directory returned."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return programs


def install(programs: Path, name: str, script: str) -> None:
    program = programs / name
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o755)


def test_without_java_it_says_what_to_install(bare_machine: Path) -> None:
    with pytest.raises(ProcessError, match=r"no 'java' on the PATH: install Java 17 or later .*openjdk-17"):
        ApacheKafka([]).start()


def test_with_an_old_java_it_says_what_to_install(bare_machine: Path) -> None:
    install(bare_machine, "java", "import sys; sys.stderr.write('openjdk version \"11.0.2\" 2019-01-15')")
    with pytest.raises(ProcessError, match="java is Java 11, too old for Apache Kafka: install Java 17"):
        find_java()


def test_without_maven_it_says_what_to_install(bare_machine: Path) -> None:
    with pytest.raises(ProcessError, match=r"no 'mvn' on the PATH: install Maven .*apt-get install maven"):
        kafka_jars()


def test_a_maven_that_fails_is_quoted_and_leaves_nothing(bare_machine: Path, tmp_path: Path) -> None:
    install(bare_machine, "mvn", "print('no route to host'); raise SystemExit(1)")
    with pytest.raises(ProcessError, match=r"could not fetch .* \(status 1\): no route to host"):
        kafka_jars()
    assert [path.suffix for path in (tmp_path / "cache" / "engage").iterdir()] == [".lock"]


def test_jars_are_fetched_once_however_many_ask(bare_machine: Path, tmp_path: Path) -> None:
    install(
        bare_machine,
        "mvn",
        "import sys, time\n"
        "from pathlib import Path\n"
        f"with open({str(tmp_path / 'calls')!r}, 'a') as calls: calls.write('called ')\n"
        "target = Path(next(a.partition('=')[2] for a in sys.argv if a.startswith('-DoutputDirectory=')))\n"
        "target.mkdir()\n"
        "time.sleep(0.3)\n"
        "(target / 'kafka.jar').touch()",
    )
    seen: list[list[str]] = []
    askers = [
        threading.Thread(target=lambda: seen.append([path.name for path in kafka_jars().iterdir()])) for _ in range(4)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert seen == [["kafka.jar"]] * 4, "nobody sees them before all are there"
    assert (tmp_path / "calls").read_text() == "called "
