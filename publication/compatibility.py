"""Whether what the contracts say now of an event can live with a version of it that was published before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import jsonschema
from pydantic import ValidationError

from contracts.catalogue import TOPICS
from contracts.codec import ContractViolation, decode, newest
from contracts.topic import Topic
from publication.containment import Gap, gaps
from publication.documents import full_document, smallest_document
from publication.edges import edge_documents
from publication.golden import record_of
from publication.schemas import Schema, schema_of
from publication.versions import Version

Weight: TypeAlias = Literal["breaks", "order"]

_OLD_WRITERS: Final = "whoever still writes the published version, and every replay of what is on the topic"
_OLD_READERS: Final = "subscribers that still read with the published version"
_KEYS_MOVE: Final = "everybody who relies on the order of a key's events"
_NEW_TYPE: Final = "make a new event type, and let the old one `upcast` to it"
_NEW_TOPIC: Final = "make a new topic"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a change does: what, to whom, and what to do.

    `breaks` refuses the change; `order` allows it where one side is upgraded before the other.
    """

    version: str
    weight: Weight
    text: str
    whom: str
    remedy: str


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
        """Whether forms write it: then the reader's schema says what may be sent."""
        return "forms" in self.topic["producers"]

    @property
    def sent(self) -> Schema:
        """What its writers may send."""
        return _closed(self.reader) if self.is_from_forms else self.writer


def judge(old: Published, new: Version | None, topics: Iterable[Topic] = TOPICS) -> list[Finding]:
    """What the present version of an event does to one that was published."""
    if new is None:
        remedy = "list it under the topic's `earlier`, and let it `upcast`"
        return [Finding(old.name, "breaks", "no topic carries it any more", _OLD_WRITERS, remedy)]
    found = [*_topic_findings(old, new, topics)]
    reader = schema_of(new.model, new.uri, "reader")
    sent = _closed(reader) if old.is_from_forms else schema_of(new.model, new.uri, "writer")
    found += _reading(old, new, reader)
    found += _being_read(old, new, sent)
    found += _meaning(old, reader)
    return list(dict.fromkeys(found))


def _reading(old: Published, new: Version, reader: Schema) -> Iterator[Finding]:
    """Can the new reader take all that writers of the published version send? By schema, then by trying."""
    for gap in gaps(old.sent, reader):
        yield Finding(old.name, "breaks", _said(gap), _OLD_WRITERS, _NEW_TYPE)
    sent = jsonschema.Draft202012Validator(old.sent)
    # A model may refuse what its schema allows (a validator, an upcaster), which no comparison of schemas can see.
    for document in (full_document(old.writer), smallest_document(old.sent), *edge_documents(old.sent)):
        text = json.dumps(document)
        if not sent.is_valid(document):
            continue
        try:
            newest(new.model.model_validate_json(text, strict=True))
        except (ValidationError, ValueError) as error:
            yield Finding(old.name, "breaks", f"by trying: {_first_line(error)}", _OLD_WRITERS, _NEW_TYPE)
    for example in old.golden:
        try:
            decode(new.topic, *record_of(example))
        except ContractViolation as violation:
            text = f"its golden example «{example['example']}» can't be read: {violation}"
            yield Finding(old.name, "breaks", text, _OLD_WRITERS, _NEW_TYPE)


def _being_read(old: Published, new: Version, sent: Schema) -> Iterator[Finding]:
    """Can readers of the published version take all that is written now? Of forms, we are the readers."""
    if not new.written:
        return
    weight: Weight = "order" if old.is_from_forms else "breaks"
    remedy = "upgrade the services that read it first, then the forms" if old.is_from_forms else _NEW_TYPE
    # Of forms we are the readers, and can be upgraded first; subscribers are others, at a time of their own.
    for gap in gaps(sent, old.reader):
        yield Finding(old.name, weight, _said(gap), _OLD_READERS, remedy)
    writing, reading = jsonschema.Draft202012Validator(sent), jsonschema.Draft202012Validator(old.reader)
    for document in (full_document(sent), *edge_documents(sent)):
        if writing.is_valid(document):
            for error in reading.iter_errors(document):
                text = f"by trying: {'.'.join(map(str, error.absolute_path))}: not {error.validator} any more"
                yield Finding(old.name, weight, text, _OLD_READERS, remedy)


def _meaning(old: Published, reader: Schema) -> Iterator[Finding]:
    """Changes that no schema refuses and that mean something else."""
    before, after = dict(_leaves(old.reader)), dict(_leaves(reader))
    # Only forms leave out what has a default.
    for path in before.keys() & after.keys():
        defaults = [part.get("default", ...) for part in (before[path], after[path])]
        if old.is_from_forms and ... not in defaults and defaults[0] != defaults[1]:
            text = f"{path}: what is missing is read as {defaults[1]} instead of {defaults[0]}"
            yield Finding(old.name, "breaks", text, _OLD_WRITERS, _NEW_TYPE)
        if _is_personal(before[path]) and not _is_personal(after[path]):
            text = f"{path}: it was personal, and would be protected no longer"
            yield Finding(old.name, "breaks", text, "the people whose data it is", "mark it again")


def _topic_findings(old: Published, new: Version, topics: Iterable[Topic]) -> Iterator[Finding]:
    carrying = [topic for topic in topics if new.model in (*topic.events, *topic.earlier)]
    then = old.topic
    if then["topic"] not in {topic.name for topic in carrying}:
        yield Finding(old.name, "breaks", f"it has left {then['topic']}", _OLD_READERS, "leave it there")
        return
    now = next(topic for topic in carrying if topic.name == then["topic"])
    facts = (
        ("partitions", now.partitions, _KEYS_MOVE),
        ("key", now.key, _KEYS_MOVE),
        ("compacted", now.compacted, _OLD_READERS),
    )
    for name, value, whom in facts:
        if then[name] != value:
            text = f"{now.name}: {name} was {then[name]} and would be {value}"
            yield Finding(old.name, "breaks", text, whom, _NEW_TOPIC)
    if then["privacy"] == "restricted" and now.privacy == "public":
        text = f"{now.name}: what was restricted would be public"
        yield Finding(old.name, "breaks", text, "the people whose data was sent there", _NEW_TOPIC)
    key = old.golden[0]["key"]
    if any(example["value"].get(new.model.key_field) != key for example in old.golden[:1]):
        text = f"its key would be `{new.model.key_field}`"
        yield Finding(old.name, "breaks", text, _KEYS_MOVE, _NEW_TOPIC)


def _closed(schema: Schema) -> Schema:
    """A reader's schema as a form follows it: with the fields that it names, and no others."""
    closed: Schema = json.loads(json.dumps(schema))
    for part in (closed, *closed.get("$defs", {}).values()):
        if "properties" in part:
            part["additionalProperties"] = False
    return closed


def _leaves(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for owner, part in (("", schema), *((f"{name}.", it) for name, it in schema.get("$defs", {}).items())):
        for name, field in part.get("properties", {}).items():
            yield f"{owner}{name}", field


def _is_personal(part: Schema) -> bool:
    return bool(part.get("x-personal")) or any(_is_personal(choice) for choice in part.get("anyOf", ()))


def _said(gap: Gap) -> str:
    doubt = "" if gap.known else " (unknown counts as broken)"
    return f"{gap.path or 'the value'}: {gap.text}{doubt}"


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    return str(error).splitlines()[0]
