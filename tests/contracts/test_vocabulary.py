"""Every code that is shown to strangers is one of the vocabularies', and states are enumerated as the rules allow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

import jsonschema
import pytest
from pydantic import Field

from contracts.catalogue import TOPICS
from contracts.message import Code, EventData, StateChange
from contracts.states import Known
from contracts.topic import Topic
from publication.containment import gaps
from publication.documents import full_document
from publication.exporting import export
from publication.gate import check
from publication.golden import golden_examples
from publication.registry import PUBLISHED
from publication.schemas import schema_of
from publication.versions import Version, versions
from tests.unit.docs.documents import ROOT, blocks

VOCABULARIES: Final[Mapping[str, Mapping[str, Any]]] = {
    listed["name"]: {code["code"]: code for code in listed["codes"]}
    for listed in json.loads((PUBLISHED / "vocabularies.json").read_text(encoding="utf-8"))
}
_STATES: Final = {code for name, codes in VOCABULARIES.items() if name.endswith("-states") for code in codes}
_REASONS: Final = {code for name, codes in VOCABULARIES.items() if name.endswith("-reasons") for code in codes}

_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    field: frozenset().union(*(VOCABULARIES[name] for name in names))
    for field, names in {
        "themes": ["themes"],
        "skills": ["themes"],
        "publics": ["publics"],
        "territories": ["territories"],
        "nearest": ["territories", "themes", "publics", "directorates", "strategic-axes"],
        "directorate": ["directorates"],
        "strategic_axis": ["strategic-axes"],
        "action": ["support-actions"],
        "actions": ["support-actions"],
        "gate": ["gates"],
        "track": ["tracks"],
        "coverage": ["coverages"],
        "salience": ["saliences"],
        "partner_kind": ["partner-kinds"],
    }.items()
} | {"from": frozenset(_STATES), "to": frozenset(_STATES), "reason": frozenset(_REASONS), "cause": frozenset(_REASONS)}
"""Which codes stand under the name of a field, in forms and in events."""

_FORMS_OWN: Final = frozenset(
    {"agreed-in-committee", "covered-by-another", "no-budget", "another-pair", "handler-failed"}
)
"""Reasons of forms' own vocabularies, and of dead letters, in examples."""


def unknown_codes(value: Any, field: str = "") -> Iterator[str]:
    """The codes of a document that are none of the field's vocabulary, with the field."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from unknown_codes(below, name)
    elif isinstance(value, list):
        for each in value:
            yield from unknown_codes(each, field)
    elif isinstance(value, str) and field in _KNOWN and value not in _KNOWN[field] | _FORMS_OWN:
        yield f"{field}: {value}"


@pytest.mark.parametrize("path", sorted((PUBLISHED / "golden").glob("*.json")), ids=lambda path: path.stem)
def test_a_golden_example_names_known_codes(path: Any) -> None:
    examples = json.loads(path.read_text(encoding="utf-8"))
    assert [list(unknown_codes(example["value"])) for example in examples] == [[] for _ in examples]


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
def test_so_would_one_that_is_made_today(version: Version) -> None:
    assert [list(unknown_codes(example["value"])) for example in golden_examples(version)] == [[], []]


def test_documents_and_examples_name_known_codes() -> None:
    found = [json.loads(block.text) for block in blocks("json") if block.text.lstrip().startswith("{")]
    assert found
    assert [list(unknown_codes(document)) for document in found] == [[] for _ in found]
    quoted = re.compile(r'"(themes|publics|territories)": \["([a-z0-9-]+)"')
    for path in (ROOT / "contracts" / "examples").rglob("*.*"):
        if path.suffix in {".md", ".sh", ".mjs", ".py", ".go"}:
            named = quoted.findall(path.read_text(encoding="utf-8"))
            assert [code for field, code in named if code not in _KNOWN[field]] == []


def test_what_is_published_of_vocabularies_is_checked_to_be_fresh(tmp_path: Path) -> None:
    # One whose events are all in their first version, which is how an empty directory begins.
    begun = [next(topic for topic in TOPICS if not any(event.minor for event in topic.events))]
    export(tmp_path, begun)
    assert check(tmp_path, begun) == []
    path = tmp_path / "vocabularies.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Emploi des jeunes", "Emploi"), encoding="utf-8")
    (finding,) = check(tmp_path, begun)
    assert (finding.version, finding.weight) == ("vocabularies.json", "order")
    assert finding.remedy == "run `engage contracts export`"
    assert export(tmp_path, begun) == ["vocabularies.json"]


_CHANGES = [version for version in versions() if issubclass(version.model, StateChange)]


@pytest.mark.parametrize("version", _CHANGES, ids=lambda version: version.name)
def test_a_state_is_a_choice_for_who_writes_it_and_open_for_who_reads_it(version: Version) -> None:
    writer, reader = schema_of(version, "writer"), schema_of(version, "reader")
    assert set(writer["properties"]["to"]["enum"]) <= _STATES
    later = {**full_document(writer), "to": "a-later-state"}
    assert not jsonschema.Draft202012Validator(writer).is_valid(later)
    assert jsonschema.Draft202012Validator(reader).is_valid(later)
    assert version.model.model_validate_json(json.dumps(later)).to_state == "a-later-state"  # type: ignore[attr-defined]
    assert list(gaps(writer, reader)) == []


class _Thing(StateChange[Annotated[Code, Known(Literal["open", "closed"])], Code]):
    """A thing changed."""

    event_type: ClassVar[str] = "engage.thing.changed.v1"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID = Field(description="The thing")


class _ThingWithMoreStates(StateChange[Annotated[Code, Known(Literal["open", "closed", "paused"])], Code]):
    """A thing changed."""

    event_type: ClassVar[str] = "engage.thing.changed.v1"
    key_field: ClassVar[str] = "thing_id"
    minor: ClassVar[int] = 1

    thing_id: UUID = Field(description="The thing")


class _ThingWithMoreStatesUnseen(_ThingWithMoreStates):
    """A thing changed."""

    minor: ClassVar[int] = 0


def test_the_gate_takes_one_more_state_as_the_next_minor_version_and_not_unseen(tmp_path: Path) -> None:
    def topic(model: type[EventData]) -> Topic:
        return Topic(
            name="things.v1",
            description="Things",
            key="thing id",
            privacy="public",
            producers=("intake",),
            events=(model,),
        )

    export(tmp_path, [topic(_Thing)])
    assert [finding.text for finding in check(tmp_path, [topic(_ThingWithMoreStates)])] == []
    assert check(tmp_path, [topic(_ThingWithMoreStatesUnseen)])
    assert "golden/engage.thing.changed.v1.1.json" in export(tmp_path, [topic(_ThingWithMoreStates)])


def test_a_state_that_joins_the_list_is_compatible_and_one_that_is_no_code_is_not() -> None:
    known = {"type": "string", "enum": ["proposed", "confirmed"]}
    reader = {"anyOf": [known, {"type": "string", "pattern": "^[a-z-]+$", "maxLength": 64}]}
    assert list(gaps({"type": "string", "enum": ["proposed", "confirmed", "paused"]}, reader)) == []
    assert list(gaps({"type": "string", "enum": ["proposed", "No code"]}, reader))
    assert list(gaps({"type": "string", "enum": ["proposed", "x" * 65]}, reader))
