"""What strangers run on Java: their jars come from Maven, once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deploy.local.apache_kafka.jars import jars_of
from tests.tools import program

JAVA: Final = Path(__file__).parent


def java_with(name: str) -> tuple[str, str]:
    """The program `java`, and the class path of what a list of dependencies of that name has; skips without Java."""
    java = program("java", "install Java 17 or later")
    program("mvn", "install Maven 3.6.3 or later")
    return java, f"{jars_of((JAVA / f'{name}.xml').read_bytes(), f'stranger-{name}')}/*"
