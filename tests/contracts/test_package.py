"""The contracts install alone, with nothing but Pydantic, and work there."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import pydantic
import pytest

from publication.registry import PUBLISHED
from tests.tools import run

CONTRACTS = PUBLISHED.parent
_WITH_PYDANTIC = ("pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions.py")
_ROUND_TRIP = """
import json, sys
import contracts, contracts.catalogue, contracts.codec
from importlib.resources import files

golden = json.loads(files("contracts").joinpath("published/golden/engage.need.published.v1.0.json").read_text("utf-8"))
for example in golden:
    topic = contracts.catalogue.TOPIC_BY_NAME[example["topic"]]
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    event = contracts.codec.decode(topic, example["key"].encode(), json.dumps(example["value"]).encode(), headers)
    key, value, again = contracts.codec.encode(event)
    assert contracts.codec.decode(topic, key, value, again) == event._replace(payload=value)
allowed = {"contracts", "pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions"}
strange = {name.partition(".")[0] for name in sys.modules} - allowed - set(sys.stdlib_module_names) - {"__main__"}
print(sorted(name for name in strange if not name.startswith(("_", "sitecustomize"))))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    # Building writes beside what it builds, so a copy is built.
    shutil.copytree(CONTRACTS, directory / "contracts", ignore=shutil.ignore_patterns("__pycache__", "examples"))
    argv: list[str | Path] = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = run(
        [*argv, "-w", directory, directory / "contracts"], directory=directory, PIP_DISABLE_PIP_VERSION_CHECK="1"
    )
    assert done.returncode == 0, done.stderr
    (built,) = directory.glob("engage_contracts-*.whl")
    return built


def test_the_wheel_holds_the_models_their_types_and_what_is_published(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"contracts/codec.py", "contracts/py.typed", "contracts/published/asyncapi.json"} <= names
    assert len([name for name in names if name.startswith("contracts/published/schemas/")]) == len(
        list((PUBLISHED / "schemas").iterdir())
    )
    (metadata,) = [name for name in names if name.endswith("METADATA")]
    requires = [
        line for line in zipfile.ZipFile(wheel).read(metadata).decode().splitlines() if line.startswith("Requires-Dist")
    ]
    assert requires == ["Requires-Dist: pydantic<3,>=2.11"]


def test_it_works_with_nothing_but_pydantic_beside_it(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    installed = Path(pydantic.__file__).parents[1]
    for name in _WITH_PYDANTIC:
        (tmp_path / name).symlink_to(installed / name)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_ROUND_TRIP}"
    done = run([Path(sys.base_prefix) / "bin" / "python3", "-I", "-S", "-c", code], directory=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
