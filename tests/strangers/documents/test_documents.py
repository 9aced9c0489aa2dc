"""Linters find no error in what is published, strict validators take it, and generated code has names."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from publication.registry import PUBLISHED
from tests.strangers.documents.java import JAVA, java_with
from tests.tools import node_packages, program, python_packages, run

_SPECTRAL = "@stoplight/spectral-cli@6.16.3"
_REDOCLY = "@redocly/cli@2.77.0"
_MODELINA = "@asyncapi/modelina@5.10.1"
_AJV = ("ajv@8.20.0", "ajv-formats@3.0.1")
_PYTHON = Path(__file__).parent / "python"
_README = PUBLISHED.parent / "README.md"

pytestmark = pytest.mark.timeout(900)  # the first time each stranger is installed

_VALIDATE = """
import { readFileSync, readdirSync } from "node:fs";
const [, , published] = process.argv;
const read = (path) => JSON.parse(readFileSync(`${published}/${path}`, "utf8"));
const refused = [];
const compiled = new Map();
for (const name of readdirSync(`${published}/schemas`)) {
  compiled.set(name, ajv.compile(read(`schemas/${name}`)));
}
for (const name of readdirSync(`${published}/golden`)) {
  for (const { example, value } of read(`golden/${name}`)) {
    for (const side of ["reader", "writer"]) {
      const validate = compiled.get(name.replace(/json$/, `${side}.json`));
      if (!validate(value)) refused.push(`${name} ${example} ${side}: ${ajv.errorsText(validate.errors)}`);
      if (validate({ ...value, unknown: 1 }) !== (side === "reader")) refused.push(`${name} ${side}: unknown fields`);
    }
  }
}
console.log(JSON.stringify({ compiled: compiled.size, refused }));
"""

_GENERATE = """
import { readFileSync } from "node:fs";
import { JavaGenerator, TypeScriptGenerator } from "@asyncapi/modelina";
const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const made = {};
for (const Generator of [JavaGenerator, TypeScriptGenerator]) {
  const models = await new Generator().generate(structuredClone(document));
  made[Generator.name] = models.map((model) => `${model.modelName}\\n${model.result}`);
}
console.log(JSON.stringify(made));
"""


def node() -> str:
    return program("node", "install Node.js 20 or later")


def executed(directory: Path, script: str, argument: Path) -> Any:
    """What a script says as JSON, run where its packages are."""
    path = directory / "stranger.mjs"
    path.write_text(script)
    done = run([node(), path, argument], directory=directory)
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("document", "rules"), [("asyncapi.json", "spectral:asyncapi"), ("openapi.json", "spectral:oas")]
)
def test_spectral_finds_no_error(document: str, rules: str, tmp_path: Path) -> None:
    command = node_packages(_SPECTRAL) / "node_modules" / ".bin" / "spectral"
    (tmp_path / "rules.yaml").write_text(f'extends: ["{rules}"]\n')
    options = ("--ruleset", tmp_path / "rules.yaml", "--format", "json", "--quiet", "--fail-severity", "error")
    done = run([command, "lint", *options, PUBLISHED / document], directory=tmp_path)
    assert [it for it in json.loads(done.stdout) if it["severity"] == 0] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", ["asyncapi.json", "openapi.json"])
def test_redocly_finds_no_error(document: str, tmp_path: Path) -> None:
    command = node_packages(_REDOCLY) / "node_modules" / ".bin" / "redocly"
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    options = ("--format", "json", "--max-problems", "1000")
    done = run([command, "lint", *options, PUBLISHED / document], directory=tmp_path, **quiet)
    found = json.loads(done.stdout)
    assert [(it["ruleId"], it["message"]) for it in found["problems"] if it["severity"] == "error"] == []
    assert found["totals"]["errors"] == 0


def test_a_strict_validator_takes_every_schema_by_the_lines_of_the_readme() -> None:
    (lines,) = re.findall("```js\n(.*?)```", _README.read_text(encoding="utf-8"), re.DOTALL)
    assert "strict: true" in lines
    told = executed(node_packages(*_AJV), lines + _VALIDATE, PUBLISHED)
    assert told == {"compiled": len(list((PUBLISHED / "schemas").iterdir())), "refused": []}


def test_generated_code_has_no_anonymous_models() -> None:
    made = executed(node_packages(_MODELINA), _GENERATE, PUBLISHED / "asyncapi.json")
    for language, models in made.items():
        assert len(models) > 200, language
        assert [model for model in models if re.search("anonymous", model, re.IGNORECASE)] == []


@pytest.mark.parametrize("document", ["asyncapi.json", "openapi.json"])
def test_a_generator_of_python_names_every_class_after_its_field(document: str, tmp_path: Path) -> None:
    classes = re.findall(r"^class (\w+)", generated(document, tmp_path).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(classes) > 20
    assert [name for name in classes if re.fullmatch(r"(Model|Field|Anonymous).*|.*[0-9]", name)] == []


@pytest.mark.parametrize("language", ["java", "python", "typescript-fetch"])
def test_openapi_generator_names_every_model(language: str, tmp_path: Path) -> None:
    java, jars = java_with("generator")
    main = "org.openapitools.codegen.OpenAPIGenerator"
    options = ("--generator-name", language, "--input-spec", PUBLISHED / "openapi.json", "--output", tmp_path / "made")
    done = run([java, "-cp", jars, main, "generate", *options], directory=tmp_path)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    models = [path.stem for path in (tmp_path / "made").rglob("*") if path.parent.name in {"model", "models"}]
    assert len(models) > 20
    unnamed = re.compile("inline|anonymous|anyof|oneof|allof|^model|[0-9]$", re.IGNORECASE)
    assert [name for name in models if unnamed.search(name)] == []


def test_a_validator_of_java_takes_every_record() -> None:
    java, jars = java_with("validator")
    done = run([java, "-cp", jars, JAVA / "Validate.java", PUBLISHED], directory=JAVA)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.split("\n") == [str(4 * len(list((PUBLISHED / "golden").iterdir()))), ""]


def test_generated_python_takes_every_record(tmp_path: Path) -> None:
    module = generated("asyncapi.json", tmp_path)
    document = json.loads((PUBLISHED / "asyncapi.json").read_text(encoding="utf-8"))
    binary = [it for it in document["components"]["messages"].values() if it["contentType"] == "application/json"]
    names = json.dumps({message["name"]: message["title"] for message in binary})
    golden = sorted((PUBLISHED / "golden").glob("*.json"))
    done = run([sys.executable, _PYTHON / "take.py", module, *golden], directory=tmp_path, text=names)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout) == {"taken": 2 * len(golden), "refused": []}


def generated(document: str, directory: Path) -> Path:
    """Pydantic's models of a document, as datamodel-code-generator makes them."""
    packages = python_packages(_PYTHON / "generator.lock")
    module = directory / "generated.py"
    options = ("--input-file-type", document.removesuffix(".json"), "--output-model-type", "pydantic_v2.BaseModel",
               "--use-title-as-name", "--target-python-version", "3.11")  # fmt: skip
    argv = [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator", *options]
    done = run(
        [*argv, "--input", PUBLISHED / document, "--output", module], directory=directory, PYTHONPATH=str(packages)
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return module
