"""Things and what events say of them: pure, and the same in whatever order topics are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracts.any_event import AnyData
from contracts.attributes import canonical_uuid
from contracts.event import Event
from services.journal.kinds import KINDS, MATTER, Entity, Kind

ERASED: Final = "engage.application.content-erased.v1"

_Path = tuple[tuple[str, tuple[str, ...]], ...]


GONE: Final = 2_147_483_647
"""In the place of a version, of a record without a value, which has none."""


class Rank(NamedTuple):
    """What decides which of two words on a thing is the later one: by its version, else by the record's time."""

    version: int
    recorded_at: datetime
    event_id: UUID

    def follows(self, other: Rank) -> bool:
        """Whether it is the later one, or the same."""
        if GONE in (self.version, other.version):
            # What is gone may come back: between the two the time of their records decides, which are on one partition.
            return self[1:] >= other[1:]
        return self >= other


class Said(NamedTuple):
    """What an event says of one thing; None where it says nothing of that."""

    id: UUID
    at: datetime
    rank: Rank
    kind: str | None = None
    story_id: UUID | None = None
    parent_id: UUID | None = None
    need_id: UUID | None = None
    mentor_id: UUID | None = None
    state: str | None = None
    facts: Mapping[str, Any] = {}
    is_erased: bool = False


@dataclass(slots=True)
class Thing:
    """A thing as the events read so far leave it."""

    id: UUID
    first_at: datetime
    last_at: datetime
    said_at: datetime
    rank: Rank
    kind: str | None = None
    story_id: UUID | None = None
    parent_id: UUID | None = None
    need_id: UUID | None = None
    mentor_id: UUID | None = None
    state: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    erased_at: datetime | None = None

    def hear(self, said: Said) -> None:
        """Takes in what an event says of it."""
        self.first_at, self.last_at = min(self.first_at, said.at), max(self.last_at, said.at)
        # A matter is named before it is known, and known by its own events.
        self.kind = self.kind or said.kind
        # Events agree on these. Where they ever did not, the order of reading must not decide.
        self.story_id = _lesser(self.story_id, said.story_id)
        self.parent_id = _lesser(self.parent_id, said.parent_id)
        self.need_id = _lesser(self.need_id, said.need_id)
        self.mentor_id = _lesser(self.mentor_id, said.mentor_id)
        if said.rank.follows(self.rank):
            self.rank, self.said_at = said.rank, said.at
            self.state = said.state or self.state
            self.facts.update(said.facts)
        else:
            self.state = self.state or said.state
            self.facts = {**said.facts, **self.facts}
        if said.is_erased:
            self.erased_at = max(self.erased_at or said.at, said.at)


def known_first_by(said: Said) -> Thing:
    """A thing of which this is the first word."""
    thing = Thing(said.id, said.at, said.at, said.at, said.rank)
    thing.hear(said)
    return thing


def said_by(event: Event[AnyData], recorded_at: datetime) -> list[Said]:
    """What an event says of things, that which it is about first; `recorded_at` is the time of its record."""
    data = event.data.said
    entity = _entity_of(event.type)
    kind, identifier = _about(entity, data or {}, event.data.subject_id)
    if data is None:
        gone = KINDS.kinds[kind].gone if kind else "gone"
        return [Said(identifier, event.time, Rank(GONE, recorded_at, event.id), kind, state=gone)]
    version = data.get("version") if entity.states else None
    rank = Rank(version if isinstance(version, int) and 0 <= version < GONE else 0, recorded_at, event.id)
    found = _said(event, data, kind, identifier, rank)
    if found.state is None and entity.states and isinstance(state := data.get("to"), str):
        found = found._replace(state=state[:_MOST_STATE_CHARACTERS])
    return [found, *_planned_by(event, data, rank)]


_MOST_STATE_CHARACTERS: Final = 100


def _said(event: Event[AnyData], data: Mapping[str, Any], kind: str | None, identifier: UUID, rank: Rank) -> Said:
    story_id = _id(data.get("application_id"))
    known = _NOTHING if kind is None else KINDS.kinds[kind]
    return Said(
        identifier,
        event.time,
        rank,
        None if kind == MATTER else kind,
        story_id if story_id != identifier else None,
        _first(data, known.parents, but=identifier),
        _id(data.get("need_id")) if "need_id" in known.refers else None,
        _id(data.get("mentor_id")) if "mentor_id" in known.refers else None,
        KINDS.given_states.get(event.type),
        dict(_facts(data, kind)),
        event.type == ERASED,
    )


_NOTHING: Final = Kind(id="")


def _planned_by(event: Event[AnyData], data: Mapping[str, Any], rank: Rank) -> Iterator[Said]:
    """The follow-ups that an event plans, those to come later in series too."""
    planned = data.get("follow_ups")
    if not isinstance(planned, list):
        return
    story_id, matter_id = _id(data.get("application_id")), _id(data.get("matter_id"))
    for first in planned:
        if not isinstance(first, dict):
            continue
        later = first.get("occasions")
        for each in (first, *(later if isinstance(later, list) else ())):
            if isinstance(each, dict) and (identifier := _id(each.get("follow_up_id"))) is not None:
                facts = dict(_facts({"recipient_id": first.get("recipient_id"), **each}, "follow-up"))
                said = Said(identifier, event.time, rank, "follow-up", story_id, matter_id, facts=facts)
                yield said._replace(state="scheduled")


@lru_cache(maxsize=1_024)
def _entity_of(event_type: str) -> Entity:
    parts = event_type.split(".")
    return KINDS.entities.get(parts[1] if len(parts) > 1 else "", _UNKNOWN)


_UNKNOWN: Final = Entity(about=())


def _about(entity: Entity, data: Mapping[str, Any], key: UUID) -> tuple[str | None, UUID]:
    for name in entity.about:
        if (identifier := _id(data.get(KINDS.kinds[name].id))) is not None:
            return name, identifier
    # A record without a value has nothing but its key; what no field names is about its key too.
    return (entity.about[0] if entity.about and not data else None), key


def _facts(data: Mapping[str, Any], kind: str | None) -> Iterator[tuple[str, Any]]:
    if kind is None:
        return
    for name, path in _paths(kind):
        value: Any = data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            yield name, value


@lru_cache(maxsize=100)
def _paths(kind: str) -> _Path:
    found: Kind = KINDS.kinds[kind]
    return found.paths


def _first(data: Mapping[str, Any], names: tuple[str, ...], *, but: UUID) -> UUID | None:
    for name in names:
        if (identifier := _id(data.get(name))) is not None and identifier != but:
            return identifier
    return None


def _id(value: object) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        return canonical_uuid(value.encode())
    except ValueError:
        return None


def _lesser(first: UUID | None, second: UUID | None) -> UUID | None:
    if first is None or second is None:
        return first or second
    return min(first, second)
