"""What of the lock goes into the image, and what the image holds; nothing but Python is needed to tell.

python deploy/image.py lock [NAME…]   the lock of the packages named and of all that they need; without names of Engage
python deploy/image.py sbom           what the image holds beside Python, as CycloneDX 1.6
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_PACKAGE: Final = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)")
_VIA: Final = re.compile(r"^    #(?: via)?\s+(?P<name>[a-z0-9][a-z0-9._-]*)$")


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of the lock: its lines as they are, and the packages that want it."""

    name: str
    version: str
    lines: tuple[str, ...]

    @property
    def wanted_by(self) -> frozenset[str]:
        """The names of the packages that need it; the project itself is not among them."""
        return frozenset(match["name"] for line in self.lines if (match := _VIA.match(line)))


def locked(lock: str) -> dict[str, Locked]:
    """The packages of a lock by their names, in its order; raises ValueError where there is none."""
    found: dict[str, list[str]] = {}
    for line in lock.splitlines():
        if match := _PACKAGE.match(line):
            found[match["name"]] = [line]
        elif found and line.startswith("    "):
            found[next(reversed(found))].append(line)
    if not found:
        raise ValueError("requirements.lock: no line names a package as name==version")
    return {name: Locked(name, lines[0].split("==")[1].split()[0], tuple(lines)) for name, lines in found.items()}


def needed(packages: Mapping[str, Locked], roots: Iterable[str]) -> dict[str, Locked]:
    """The packages named and all that they need, in the lock's order; raises KeyError for one that is not locked."""
    reached: set[str] = set()
    waiting = [packages[name].name for name in roots]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(other.name for other in packages.values() if name in other.wanted_by)
    return {name: package for name, package in packages.items() if name in reached}


def bill_of_materials(project: str, version: str, packages: Mapping[str, Locked], roots: Iterable[str]) -> Any:
    """The packages as CycloneDX writes them: the same lock makes the same text, byte for byte."""
    references = {name: f"pkg:pypi/{name}@{package.version}" for name, package in packages.items()}
    wants = {
        references[name]: [references[other.name] for other in packages.values() if name in other.wanted_by]
        for name in packages
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": project, "name": project, "version": version}},
        "components": [
            {
                "type": "library",
                "bom-ref": references[name],
                "name": name,
                "version": package.version,
                "purl": references[name],
            }
            for name, package in packages.items()
        ],
        "dependencies": [
            {"ref": project, "dependsOn": [references[name] for name in sorted(roots)]},
            *({"ref": reference, "dependsOn": others} for reference, others in wants.items()),
        ],
    }


def main(arguments: list[str]) -> int:
    """Prints what is asked for; returns the exit code."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = locked((_ROOT / "requirements.lock").read_text(encoding="utf-8"))
    own = [_name(requirement) for requirement in project["dependencies"]]
    match arguments:
        case ["lock", *names]:
            for package in needed(packages, names or own).values():
                print("\n".join(package.lines))
        case ["sbom"]:
            print(
                json.dumps(bill_of_materials(project["name"], project["version"], needed(packages, own), own), indent=2)
            )
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
