"""What is published is fresh, whole and true: schemas, golden examples, AsyncAPI, TypeScript, the page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from contracts.codec import decode
from contracts.event import Event
from publication.documents import full_document
from publication.edges import edge_documents
from publication.gate import prepare
from publication.golden import record_of
from publication.registry import PUBLISHED
from publication.schemas import Schema, shape_of
from publication.versions import Version, versions
from tests.tools import node_packages, program, run

VERSIONS = versions()
FEW = TOPICS[:1]  # enough to edit what was published of them
_PARSER, _TYPESCRIPT = "@asyncapi/parser@3.6.6", "typescript@5.9.3"


def published(name: str) -> Any:
    return json.loads((PUBLISHED / name).read_text(encoding="utf-8"))


def test_everything_published_is_fresh() -> None:
    assert prepare().stale == [], "run `engage contracts export`"


@pytest.mark.parametrize("path", sorted((PUBLISHED / "golden").glob("*.json")), ids=lambda path: path.stem)
def test_golden_examples_are_read_for_ever(path: Path) -> None:
    for example in json.loads(path.read_text(encoding="utf-8")):
        event = decode(TOPIC_BY_NAME[example["topic"]], *record_of(example))
        assert isinstance(event, Event)
        assert event.subject == example["key"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_schemas_say_what_the_models_do(version: Version) -> None:
    writer, reader = (published(f"schemas/{version.name}.{side}.json") for side in ("writer", "reader"))
    for schema in (writer, reader):
        jsonschema.Draft202012Validator.check_schema(schema)
    strict, lenient = jsonschema.Draft202012Validator(writer), jsonschema.Draft202012Validator(reader)
    for document in (full_document(writer), *edge_documents(writer)):
        model = version.model.model_validate_json(json.dumps(document))
        assert lenient.is_valid(document)
        assert strict.is_valid(json.loads(model.model_dump_json(by_alias=True))), document
    assert not strict.is_valid({**full_document(writer), "unknown": 1}), "writers write nothing that is not named"
    assert lenient.is_valid({**full_document(writer), "unknown": 1}), "readers ignore what they do not know"


def test_a_shape_ignores_words_and_nothing_else() -> None:
    schema: Schema = {"title": "A", "properties": {"title": {"type": "string", "description": "x"}}}
    assert shape_of(schema) == {"properties": {"title": {"type": "string"}}}


def test_the_catalogue_is_published_whole() -> None:
    catalogue = published("catalogue.json")
    assert [topic["topic"] for topic in catalogue] == [topic.name for topic in TOPICS]
    assert {event for topic in catalogue for event in (*topic["events"], *topic["earlier"])} == {
        it.model.event_type for it in VERSIONS
    }


def test_asyncapi_is_valid_for_its_own_parser(tmp_path: Path) -> None:
    directory = node_packages(_PARSER)
    script = directory / "validate.mjs"
    script.write_text(
        "import { readFileSync } from 'node:fs';\n"
        "import { Parser } from '@asyncapi/parser';\n"
        "const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));\n"
        "const grave = diagnostics.filter((it) => it.severity < 2);\n"
        "console.log(JSON.stringify({ grave: grave.map((it) => `${it.path.join('.')}: ${it.message}`),\n"
        "  channels: document?.channels().all().map((it) => it.address()),\n"
        "  messages: document?.allMessages().all().length }));\n"
    )
    node = program("node", "install Node.js 20 or later")
    done = run([node, script, PUBLISHED / "asyncapi.json"], directory=directory)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["grave"] == []
    assert sorted(seen["channels"]) == sorted(topic.name for topic in TOPICS)
    assert seen["messages"] >= len(VERSIONS)


def test_typescript_types_compile_and_fit_the_examples(tmp_path: Path) -> None:
    directory = node_packages(_TYPESCRIPT)
    lines = [
        'import type { EventByType } from "./engage.js";',
        "// Earlier versions may have had more fields: a generic takes them, and holds what is there against the type.",
        "const take = <K extends keyof EventByType, const T extends EventByType[K]>(_: K, value: T): T => value;",
    ]
    for path in sorted((PUBLISHED / "golden").glob("*.json")):
        for example in json.loads(path.read_text(encoding="utf-8")):
            value = json.dumps(example["value"], ensure_ascii=False)
            lines.append(f"take({json.dumps(example['headers']['ce_type'])}, {value});")
    lines.append("// @ts-expect-error a state is text")
    lines.append('export const wrong: EventByType["engage.application.registered.v1"]["to"] = 1;')
    (tmp_path / "engage.ts").write_text((PUBLISHED / "engage.ts").read_text(encoding="utf-8"))
    (tmp_path / "examples.ts").write_text("\n".join(lines))
    compiler = directory / "node_modules" / "typescript" / "bin" / "tsc"
    options = ("--strict", "--noEmit", "--module", "nodenext", "--target", "es2022")
    done = run([program("node", "install Node.js"), compiler, *options, tmp_path / "examples.ts"], directory=tmp_path)
    assert done.returncode == 0, done.stdout


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if identifier := named.get("id"):
            self.ids.append(identifier)
        if tag == "a":
            self.links.append(named.get("href") or "")
        if tag in {"script", "link", "img", "iframe"}:
            self.loaded.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)


def test_the_page_opens_without_a_network_and_leads_everywhere() -> None:
    text = (PUBLISHED / "index.html").read_text(encoding="utf-8")
    seen = _Page()
    seen.feed(text)
    assert seen.loaded == []
    assert "url(" not in text
    assert "@import" not in text
    assert len(seen.ids) == len(set(seen.ids))
    assert {link.removeprefix("#") for link in seen.links} <= set(seen.ids)
    assert seen.headings.count("h1") == 1
    for version in VERSIONS:
        assert version.model.__name__ in text
