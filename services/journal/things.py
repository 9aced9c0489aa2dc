"""Things and what events say of them: pure, and the same in whatever order topics are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from contracts.any_event import AnyData
from contracts.event import Event, canonical_uuid
from services.journal.kinds import KINDS, MATTER

ERASED: Final = "engage.application.content-erased.v1"

_Paths: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


GONE: Final = 2_147_483_647
"""In the place of a version, of a record without a value, which has none."""


class Rank(NamedTuple):
    """What decides which of two words on a thing is the later one: by its version, else by the record's time."""

    version: int
    recorded_at: datetime
    event_id: str

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
        if said.kind is not None:
            self.kind = said.kind if self.kind is None else min(self.kind, said.kind)
        # Events agree on these. Where they ever did not, the order of reading must not decide.
        if said.story_id is not None:
            self.story_id = _lesser(self.story_id, said.story_id)
        if said.parent_id is not None:
            self.parent_id = _lesser(self.parent_id, said.parent_id)
        if said.need_id is not None:
            self.need_id = _lesser(self.need_id, said.need_id)
        if said.mentor_id is not None:
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
    data, plan = event.data.said, _plan_of(event.type)
    if data is None:
        rank = Rank(GONE, recorded_at, event.id)
        return [Said(event.data.subject_id, event.time, rank, plan.retracted, state=plan.gone)]
    found, identifier = _about(plan, data, event.data.subject_id)
    version = data.get("version") if plan.states else None
    rank = Rank(version if isinstance(version, int) and 0 <= version < GONE else 0, recorded_at, event.id)
    state = plan.given_state or (data.get("to") if plan.states else None)
    said = Said(
        identifier,
        event.time,
        rank,
        found.name,
        _other(data, "application_id", identifier),
        _first(data, found.parents, identifier),
        _id(data.get("need_id")) if found.refers_to_need else None,
        _id(data.get("mentor_id")) if found.refers_to_mentor else None,
        state[:_MOST_STATE_CHARACTERS] if isinstance(state, str) else None,
        _facts(data, found.facts),
        plan.erases,
    )
    return [said, *_planned_by(event, data, rank)] if "follow_ups" in data else [said]


_MOST_STATE_CHARACTERS: Final = 100


class _Kind(NamedTuple):
    """A kind as an event is read by it."""

    name: str | None
    ids: tuple[str, ...]
    parents: tuple[str, ...] = ()
    refers_to_need: bool = False
    refers_to_mentor: bool = False
    facts: _Paths = ()


class _Plan(NamedTuple):
    """How events of a type are read: made once, since there are a hundred types and millions of events."""

    about: tuple[_Kind, ...]
    states: bool
    given_state: str | None
    retracted: str | None
    gone: str
    erases: bool


_KEY: Final = _Kind(None, ())
"""What an event is about that no entity has a place for: its key, of a kind that nobody knows."""


@lru_cache(maxsize=1_024)
def _plan_of(event_type: str) -> _Plan:
    parts = event_type.split(".")
    entity = KINDS.entities.get(parts[1]) if len(parts) > 1 else None
    if entity is None:
        return _Plan((), True, None, None, "gone", erases=False)
    about = tuple(_kind(name) for name in entity.about)
    gone = KINDS.kinds[entity.about[0]].gone
    return _Plan(
        about, entity.states, KINDS.given_states.get(event_type), about[0].name, gone, erases=event_type == ERASED
    )


def _kind(name: str) -> _Kind:
    kind = KINDS.kinds[name]
    # A matter is known by its own events.
    called = None if name == MATTER else name
    return _Kind(called, kind.ids, kind.parents, "need_id" in kind.refers, "mentor_id" in kind.refers, kind.paths)


_FOLLOW_UP: Final = _kind("follow-up")


def _planned_by(event: Event[AnyData], data: Mapping[str, Any], rank: Rank) -> Iterator[Said]:
    """The follow-ups that an event plans, those to come later in series too."""
    story_id, matter_id = _id(data.get("application_id")), _id(data.get("matter_id"))
    planned = data["follow_ups"]
    for first in planned if isinstance(planned, list) else ():
        later = first.get("occasions") if isinstance(first, dict) else None
        for each in (first, *(later if isinstance(later, list) else ())):
            if isinstance(each, dict) and (identifier := _id(each.get("follow_up_id"))) is not None:
                facts = {"recipient": first.get("recipient_id"), **_facts(each, _FOLLOW_UP.facts)}
                yield Said(
                    identifier, event.time, rank, _FOLLOW_UP.name, story_id, matter_id, state="scheduled", facts=facts
                )


def _about(plan: _Plan, data: Mapping[str, Any], key: UUID) -> tuple[_Kind, UUID]:
    for kind in plan.about:
        for name in kind.ids:
            if (identifier := _id(data.get(name))) is not None:
                return kind, identifier
    return _KEY, key


def _facts(data: Mapping[str, Any], paths: _Paths) -> dict[str, Any]:
    found = {}
    for name, path in paths:
        value: Any = data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            found[name] = value
    return found


def _first(data: Mapping[str, Any], names: tuple[str, ...], but: UUID) -> UUID | None:
    for name in names:
        if (identifier := _other(data, name, but)) is not None:
            return identifier
    return None


def _other(data: Mapping[str, Any], name: str, but: UUID) -> UUID | None:
    identifier = _id(data.get(name))
    return None if identifier == but else identifier


def _id(value: object) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        return canonical_uuid(value)
    except ValueError:
        return None


def _lesser(known: UUID | None, said: UUID) -> UUID:
    return said if known is None or said < known else known
