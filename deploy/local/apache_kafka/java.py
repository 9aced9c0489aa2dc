"""The Java that runs Apache Kafka, and how it is called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Final

from deploy.local.apache_kafka.jars import kafka_jars
from deploy.local.processes import ProcessError

_OLDEST: Final = 17
# Only the first of Java's compilers: a broker then starts in half the time and with half the work.
_MACHINE: Final = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_INSTALL: Final = (
    f"install Java {_OLDEST} or later (on Debian and Ubuntu: apt-get install openjdk-17-jre-headless),"
    " or let JAVA_HOME name one"
)


def java_command() -> list[str]:
    """Return the command that a main class of Kafka and its arguments follow; 256 MB of heap at most.

    The first call on a machine fetches Kafka's jars. Raises ProcessError, saying what to install, where Java
    or Maven is missing.
    """
    java = find_java()
    configuration = files("deploy.local.apache_kafka").joinpath("log4j2.properties")
    return [java, *_MACHINE, f"-Dlog4j2.configurationFile={configuration}", "-cp", str(kafka_jars() / "*")]


def find_java() -> str:
    """Return the `java` of JAVA_HOME, else of the PATH; raises ProcessError unless it is Java 17 or later."""
    home = os.environ.get("JAVA_HOME")
    java = (shutil.which("java", path=Path(home) / "bin") if home else None) or shutil.which("java")
    if java is None:
        raise ProcessError(f"Apache Kafka runs on Java, and there is no 'java' on the PATH: {_INSTALL}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None:
        raise ProcessError(f"{java} does not say which Java it is ({said.strip()[:200]}): {_INSTALL}")
    if int(version[1]) < _OLDEST:
        raise ProcessError(f"{java} is Java {version[1]}, too old for Apache Kafka: {_INSTALL}")
    return java
