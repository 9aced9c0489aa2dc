"""Whether what the contracts say now of an event can live with a version of it that was published before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError

from contracts.codec import ContractViolation, decode, newest
from publication.containment import Gap, gaps
from publication.documents import full_document, smallest_document
from publication.edges import edge_documents
from publication.findings import KEYS_MOVE, NEW_TOPIC, NEW_TYPE, OLD_READERS, OLD_WRITERS, Finding, Weight
from publication.golden import record_of
from publication.meaning import changed_meaning
from publication.schemas import Schema, schema_of
from publication.versions import Version


@dataclass(frozen=True, slots=True)
class Published:
    """A version as it was published; `topic` is what the catalogue said of its topic then."""

    name: str
    event_type: str
    topic: Mapping[str, Any]
    writer: Schema
    reader: Schema
    golden: list[dict[str, Any]]

    @property
    def is_from_forms(self) -> bool:
        """Whether forms write it: then we are its readers, and can be upgraded first."""
        return "forms" in self.topic["producers"]


def judge(old: Published, new: Version | None, *, proven: bool = False) -> list[Finding]:
    """What the present version of an event does to one that was published.

    `proven`: whether the published one passed this when it was new, so that its own readers can live with its writers.
    """
    if new is None:
        remedy = "list it under the topic's `earlier`, and let it `upcast`"
        return [Finding(old.name, "breaks", "no topic carries it any more", OLD_WRITERS, remedy)]
    found = [*_key(old, new)]
    reader, writer = schema_of(new, "reader"), schema_of(new, "writer")
    found += _reading(old, new, reader)
    # Most are as they were published, and of those two thirds of the work would prove once more what is proven.
    if not (proven and writer == old.writer):
        found += _being_read(old, new, writer)
    found += changed_meaning(old.name, old.reader, reader)
    return list(dict.fromkeys(found))


def _reading(old: Published, new: Version, reader: Schema) -> Iterator[Finding]:
    """Can the new reader take all that writers of the published version send? By schema, then by trying."""
    for gap in gaps(old.writer, reader):
        yield Finding(old.name, "breaks", _said(gap), OLD_WRITERS, NEW_TYPE)
    # A model may refuse what its schema allows (a validator, an upcaster), which no comparison of schemas can see.
    for text in _sendable(json.dumps(old.writer)):
        try:
            brought_up = newest(new.model.model_validate_json(text, strict=True))
        except (ValidationError, ValueError) as error:
            yield Finding(old.name, "breaks", f"by trying: {_first_line(error)}", OLD_WRITERS, NEW_TYPE)
            continue
        if not new.written and type(brought_up) not in new.topic.events:
            text = f"it is brought up to {brought_up.event_type}, which {new.topic.name} does not write"
            yield Finding(old.name, "breaks", text, OLD_READERS, "list that under its `events`")
    for example in old.golden:
        try:
            decode(new.topic, *record_of(example))
        except ContractViolation as violation:
            text = f"its golden example «{example['example']}» can't be read: {violation}"
            yield Finding(old.name, "breaks", text, OLD_WRITERS, NEW_TYPE)


@cache
def _sendable(schema: str) -> tuple[str, ...]:
    """Documents that writers of a schema may send: the fullest, the smallest, and those at its bounds."""
    # Kept, since what was published never changes, and is judged for each topic and by each test.
    writer = json.loads(schema)
    valid = Draft202012Validator(writer).is_valid
    documents = (full_document(writer), smallest_document(writer), *edge_documents(writer))
    return tuple(json.dumps(document) for document in documents if valid(document))


def _being_read(old: Published, new: Version, sent: Schema) -> Iterator[Finding]:
    """Can readers of the published version take all that is written now? Of forms, we are the readers."""
    if not new.written:
        return
    weight: Weight = "order" if old.is_from_forms else "breaks"
    remedy = "upgrade the services that read it first, then the forms" if old.is_from_forms else NEW_TYPE
    # Of forms we are the readers, and can be upgraded first; subscribers are others, at a time of their own.
    for gap in gaps(sent, old.reader):
        yield Finding(old.name, weight, _said(gap), OLD_READERS, remedy)
    writing, reading = Draft202012Validator(sent), Draft202012Validator(old.reader)
    for document in (full_document(sent), *edge_documents(sent)):
        if writing.is_valid(document):
            for error in reading.iter_errors(document):
                text = f"by trying: {'.'.join(map(str, error.instance_path))}: not {error.kind.name} any more"
                yield Finding(old.name, weight, text, OLD_READERS, remedy)


def _key(old: Published, new: Version) -> Iterator[Finding]:
    key = old.golden[0]["key"]
    if old.golden[0]["value"].get(new.model.key_field) != key:
        text = f"its key would be `{new.model.key_field}`"
        yield Finding(old.name, "breaks", text, KEYS_MOVE, NEW_TOPIC)


def _said(gap: Gap) -> str:
    doubt = "" if gap.known else " (unknown counts as broken)"
    return f"{gap.path or 'the value'}: {gap.text}{doubt}"


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    return str(error).splitlines()[0]
