"""Edits: a record that was set aside is corrected by a new event, and stays as it was.

The new event goes where the old one came from, under a name that says that an operator sent it in the place of its
source. It says what it corrects, and has an id of what it says: the same correction twice is one event.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from contracts.attributes import encode_attributes
from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import decode, told_of
from contracts.envelope import opened
from contracts.event import Event, derived_id, is_passed_on
from contracts.headers import readable
from contracts.message import EventData
from contracts.moments import in_utc
from contracts.sources import Sources, in_place_of, stands_for
from contracts.violation import ContractViolation
from libraries.chassis.lanes.reading import TIME_AHEAD
from libraries.chassis.records.received import headers_from_bytes


class NotEditable(ValueError):
    """A record that nothing can be sent in the place of; the text says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form's record says that was set aside, each part as far as it can be read, to be corrected.

    `data` is its JSON as it came, or whatever came in its place. It is personal. `is_dated_anew` where its own time lay
    too far ahead, and that of the record is taken.
    """

    dead_letter_id: UUID
    topic: str
    time: datetime
    data: str
    id: str | None
    type: str | None
    source: str | None
    correlation_id: str | None
    is_dated_anew: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """What events of its topic may be."""
        return tuple(sorted(kind.decode() for kind in TOPIC_BY_NAME[self.topic].event_by_type))


def draft_of(row: Mapping[str, Any]) -> Draft:
    """What a held record says, by its whole row; raises NotEditable."""
    topic = TOPIC_BY_NAME.get(row["topic"])
    if topic is None or not topic.is_form:
        raise NotEditable(f"it came from {row['topic']}, and only what a form sent can be sent anew by an operator")
    if row["state"] not in ("dead", "waiting") or row["resolved_at"] is not None or row["requested"] is not None:
        asked = f", and a {row['requested']} is asked for" if row["requested"] and row["resolved_at"] is None else ""
        raise NotEditable(f"it is {row['state']}{asked}: only what is dead or waiting and undecided can be corrected")
    if row["value"] is None:
        raise NotEditable("its content is not kept any more")
    headers = headers_from_bytes(row["headers"])
    told, read, value = told_of(topic, row["value"], headers), readable(headers), row["value"]
    with suppress(ContractViolation):
        read, value = opened(read, value)
    time, is_ahead = row["recorded_at"], row["reason"] == TIME_AHEAD
    with suppress(KeyError, ValueError):
        time = time if is_ahead else in_utc(datetime.fromisoformat(read["ce_time"]))
    source = None if told.source is None else stands_for(told.source)
    text = value.decode(errors="replace")
    letter_id, story = row["dead_letter_id"], told.correlation_id
    return Draft(letter_id, topic.name, time, text, told.id, told.type, source, story, is_ahead)


def corrected(
    draft: Draft, data: str, *, event_type: str | None, source: str | None, sources: Sources
) -> Event[EventData]:
    """The event that stands in the place of a record; raises ContractViolation, which names each field that is wrong.

    It has the time of what it corrects, since rules go by when a form was sent, and is of the same story.
    """
    topic = TOPIC_BY_NAME[draft.topic]
    if (model := topic.event_by_type.get((event_type or "").encode())) is None:
        carried = ", ".join(draft.types)
        raise ContractViolation("header", f"ce_type: {topic.name} carries {carried}", [("ce_type", carried)])
    if not source or not is_passed_on(in_place_of(source)):
        right = "the name of the form that it came from, in 1 to 180 visible characters"
        raise ContractViolation("header", f"ce_source: {right}", [("ce_source", right)])
    sources.check(in_place_of(source), model.event_type)
    value = data.encode(errors="replace")
    said = blake2b(draft.dead_letter_id.bytes + f"{event_type}\n{source}\n".encode() + value, digest_size=16)
    identifier = str(derived_id(UUID(bytes=said.digest()), draft.time, source="operators", ordinal=0))
    headers = encode_attributes(
        identifier,
        in_place_of(source),
        model.event_type,
        model.minor,
        draft.time,
        draft.correlation_id or identifier,
        draft.id or str(draft.dead_letter_id),
        None,
    )
    event = decode(topic, _key_in(value, model.key_field), value, list(headers))
    assert isinstance(event, Event)  # it has a value
    return event


def is_as_it_was(draft: Draft, data: str, *, event_type: str | None, source: str | None) -> bool:
    """Whether nothing was corrected: what was wrong would be wrong again."""
    same = (event_type, source) == (draft.type, draft.source) and _plain(data) == _plain(draft.data)
    return same and not draft.is_dated_anew


def _plain(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        # A page's form sends other ends of lines than it was given, and no space around it.
        return data.strip().replace("\r\n", "\n")


def _key_in(value: bytes, field: str) -> bytes | None:
    """The key that an event's data asks for; what is no JSON is said so where it is read."""
    said = _plain(value.decode(errors="replace"))
    return str(said[field]).encode() if isinstance(said, dict) and field in said else None
