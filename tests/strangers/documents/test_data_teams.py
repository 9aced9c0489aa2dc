"""What data teams do with the public topics: Kafka Connect by our schemas, DuckDB and Parquet by our recipe."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import TOPICS
from contracts.codec import Record, encode_attributes
from deploy.local.broker import EmbeddedBroker
from publication.duckdb import view_name
from publication.golden import Example, record_of
from publication.registry import PUBLISHED
from publication.versions import Version, versions
from tests.forms import START
from tests.kafka import Sending, send
from tests.strangers.documents.java import JAVA, java_with
from tests.tools import program, run
from tests.unit.docs.documents import blocks

PUBLIC = [topic.name for topic in TOPICS if topic.privacy == "public"]
_RECIPE = "docs/analyse.md"


def golden(topic: str) -> list[Example]:
    """All golden examples of a topic, of every version, each under an id of its own."""
    paths = sorted((PUBLISHED / "golden").glob("*.json"))
    found = [example for path in paths for example in json.loads(path.read_text(encoding="utf-8"))]
    for example in found:
        # Those of one thing share theirs, since each is made by itself.
        example["headers"]["ce_id"] = f"{example['headers']['ce_dataschema']}:{example['example']}"
    return [example for example in found if example["topic"] == topic]


def by_columns(value: Any, schema: dict[str, Any]) -> Any:
    """What a schema of Connect keeps of a JSON value: its fields, null where they are missing."""
    if value is None:
        return None
    if schema["type"] == "struct":
        return {field["field"]: by_columns(value.get(field["field"]), field) for field in schema["fields"]}
    if schema["type"] == "array":
        return [by_columns(item, schema["items"]) for item in value]
    return value


@pytest.mark.parametrize("topic", PUBLIC)
def test_kafka_connect_reads_structs_by_the_schema_of_the_topic(topic: str, tmp_path: Path) -> None:
    java, jars = java_with("connect")
    path = PUBLISHED / "connect" / f"{topic}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    values = [example["value"] for example in golden(topic)]
    (tmp_path / "values.jsonl").write_text("".join(f"{json.dumps(value)}\n" for value in values))
    options = ("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", jars)
    done = run([java, *options, JAVA / "Convert.java", path, tmp_path / "values.jsonl"], directory=tmp_path)
    assert done.returncode == 0, done.stderr[-2_000:]
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert read == [by_columns(value, schema) for value in values]
    assert values


def as_kcat_prints(example: Example, offset: int) -> str:
    """A record as `kcat -J` prints it: names and values of headers in turn, the value as a text."""
    headers = [text for pair in example["headers"].items() for text in pair]
    value = json.dumps(example["value"], ensure_ascii=False)
    said = {"topic": example["topic"], "partition": 0, "offset": offset, "tstype": "create", "ts": 1736499600000,
            "broker": 1, "headers": headers, "key": example["key"], "payload": value}  # fmt: skip
    return json.dumps(said, ensure_ascii=False)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """DuckDB with the views, over the public topics with every golden example, each published twice."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is missing: install engage[development]")
    directory = tmp_path_factory.mktemp("duckdb")
    (directory / "topics").mkdir()
    for topic in PUBLIC:
        lines = [as_kcat_prints(it, number) for number, it in enumerate(golden(topic) * 2)]
        (directory / "topics" / f"{topic}.jsonl").write_text("\n".join(lines) + "\n")
    with duckdb.connect() as connection, pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute((PUBLISHED / "duckdb.sql").read_text(encoding="utf-8"))
        yield connection


@pytest.mark.parametrize("version", [it for it in versions() if it.topic.name in PUBLIC], ids=lambda it: it.name)
def test_duckdb_has_a_row_an_event_and_loses_no_field(version: Version, database: Any) -> None:
    examples = [it for it in golden(version.topic.name) if it["headers"]["ce_type"] == version.model.event_type]
    view = view_name(version)
    columns = {name for name, *_ in database.execute(f"DESCRIBE {view}").fetchall()}
    assert {*examples[-1]["value"]} <= columns
    told = database.execute(f"SELECT event_id, to_json({view})::VARCHAR FROM {view}").fetchall()
    rows = {identifier: json.loads(text) for identifier, text in told}
    assert rows.keys() == {example["headers"]["ce_id"] for example in examples}
    for example in examples:
        row = rows[example["headers"]["ce_id"]]
        lost = [name for name, value in example["value"].items() if value is not None and row[name] is None]
        assert lost == []


@pytest.fixture
def broker() -> Iterator[str]:
    """The public topics with every golden example, twice, and a tombstone."""
    counts = {topic.name: topic.partitions for topic in TOPICS if topic.privacy == "public"}
    examples = [Sending(topic, record_of(it)) for topic in PUBLIC for it in golden(topic)]
    gone = encode_attributes("gone", "urn:engage:matching", "engage.need.published.v1", 0, START, "gone", None, None)
    tombstone = Sending("needs.v1", Record(b"gone", None, gone), 1)
    with EmbeddedBroker(counts) as running:
        asyncio.run(send(running.bootstrap_servers, [*examples, *examples, tombstone]))
        yield running.bootstrap_servers


def test_the_recipe_runs(broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is missing: install engage[development]")
    program("kcat", "apt-get install kcat")
    monkeypatch.chdir(tmp_path)
    reading, *_ = (block.text for block in blocks("sh") if block.place.startswith(_RECIPE))
    done = run(["sh", "-eu", "-c", reading], directory=tmp_path, BROKER=broker)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / "topics").iterdir()} == set(PUBLIC), "the recipe names every public topic"
    with duckdb.connect() as connection:
        connection.execute((PUBLISHED / "duckdb.sql").read_text(encoding="utf-8"))
        queries = [block.text for block in blocks("sql") if block.place.startswith(_RECIPE)]
        for statement in filter(str.strip, ";".join(queries).split(";")):
            connection.execute(statement)
        (kept,) = connection.execute("SELECT count(*) FROM read_parquet('parquet/**/*.parquet')").fetchone()
        (tombstones,) = connection.execute("SELECT count(*) FROM events WHERE data IS NULL").fetchone()
    assert kept == sum(len(golden(topic)) for topic in PUBLIC) + 1
    assert tombstones == 1
    assert len(queries) >= 3
