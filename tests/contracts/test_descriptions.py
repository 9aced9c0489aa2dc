"""Whatever was published is as each document of ours describes it, in every version: topics are kept for ever."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from publication.cloudevents import structured
from publication.golden import Example
from publication.registry import PUBLISHED
from publication.schemas import Schema

GOLDEN = sorted((PUBLISHED / "golden").glob("*.json"))
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER


def published(path: str) -> Any:
    return json.loads((PUBLISHED / path).read_text(encoding="utf-8"))


@cache
def document(path: str) -> Any:
    return published(path)


@cache
def described(path: str, part: str) -> jsonschema.Draft202012Validator:
    """A validator of a component that a document names, whose references lead into it."""
    schema: Schema = {"$ref": part, "components": document(path)["components"]}
    return jsonschema.Draft202012Validator(schema, format_checker=FORMATS)


def examples(path: Path) -> list[Example]:
    found: list[Example] = json.loads(path.read_text(encoding="utf-8"))
    return found


def messages(example: Example) -> dict[str, Any]:
    """What AsyncAPI says of the event's type, by content type."""
    return {
        message["contentType"]: message
        for message in document("asyncapi.json")["components"]["messages"].values()
        if message["name"] == example["headers"]["ce_type"]
    }


def file_of(data_schema: str, side: str) -> str:
    """The file that a `ce_dataschema` names, by the rule that contracts/README.md gives."""
    return f"schemas/{data_schema.removeprefix('urn:').replace(':', '.')}.{side}.json"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_record_is_as_asyncapi_describes_it(path: Path) -> None:
    for example in examples(path):
        told = messages(example)
        binary = told.pop("application/json")
        described("asyncapi.json", binary["headers"]["$ref"]).validate(example["headers"])
        described("asyncapi.json", binary["payload"]["$ref"]).validate(example["value"])
        for mode in told.values():
            sent = structured(example)
            described("asyncapi.json", mode["headers"]["$ref"]).validate(sent["headers"])
            described("asyncapi.json", mode["payload"]["$ref"]).validate(sent["payload"])
        assert bool(told) == TOPIC_BY_NAME[example["topic"]].is_form


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_record_is_as_its_schemas_and_the_newest_reader_have_it(path: Path) -> None:
    event_type, _, minor = path.stem.rpartition(".")
    newest = max(int(it.stem.rpartition(".")[2]) for it in GOLDEN if it.stem.rpartition(".")[0] == event_type)
    assert int(minor) <= newest
    for example in examples(path):
        data_schema = example["headers"]["ce_dataschema"]
        for name in (file_of(data_schema, "writer"), file_of(data_schema, "reader"),
                     f"schemas/{event_type}.{newest}.reader.json"):  # fmt: skip
            jsonschema.Draft202012Validator(published(name), format_checker=FORMATS).validate(example["value"])


@pytest.mark.parametrize("path", sorted((PUBLISHED / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_the_file_of_a_data_schema_is_found_by_rule(path: Path) -> None:
    identifier = json.loads(path.read_text(encoding="utf-8"))["$id"]
    side = "reader" if identifier.endswith(":reader") else "writer"
    assert file_of(identifier.removesuffix(":reader"), side) == f"schemas/{path.name}"


@pytest.mark.parametrize("path", [it for it in GOLDEN if ".application." in it.stem], ids=lambda path: path.stem)
def test_what_forms_send_over_http_is_as_openapi_describes_it(path: Path) -> None:
    by_type = {event.event_type: event.__name__ for topic in TOPICS if topic.is_form for event in topic.events}
    for example in examples(path):
        name = by_type.get(example["headers"]["ce_type"])
        if name is not None:
            described("openapi.json", f"#/components/schemas/{name}").validate(example["value"])


def test_a_header_that_is_wrong_is_refused() -> None:
    (example, _) = examples(PUBLISHED / "golden" / "engage.application.rejected.v1.0.json")
    headers = described("asyncapi.json", messages(example)["application/json"]["headers"]["$ref"])
    later = {**example["headers"], "ce_dataschema": "urn:engage:application:rejected:v1.97"}
    assert headers.is_valid(later), "readers meet what is still to come"
    for name, wrong in (
        ("ce_type", "engage.application.registered.v1"),
        ("ce_dataschema", "urn:engage:application:rejected:v2.0"),
        ("ce_dataschema", "urn:engage:application:rejected:v1x0"),
        ("ce_specversion", "0.3"),
        ("ce_id", ""),
        ("content-type", "text/plain"),
    ):
        assert not headers.is_valid({**example["headers"], name: wrong}), name
    assert not headers.is_valid({name: value for name, value in example["headers"].items() if name != "ce_time"})


def test_what_a_form_may_leave_out_its_writers_schema_does_not_ask_for() -> None:
    for topic in TOPICS:
        for event in topic.events:
            name = f"schemas/{event.event_type}.{event.minor}"
            reader, writer = published(f"{name}.reader.json"), published(f"{name}.writer.json")
            whole = set(writer["properties"])
            assert set(writer.get("required", ())) == (set(reader.get("required", ())) if topic.is_form else whole)
            assert writer["additionalProperties"] is False
