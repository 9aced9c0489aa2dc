"""What a topic is: what it carries, how it is kept, who may write and read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from contracts.message import EventData, personal_fields

Privacy: TypeAlias = Literal["public", "restricted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic: what it carries, how it is kept, and who may write and read it.

    `retention_days` is None where records are kept for ever. A compacted topic keeps the newest record of
    each key, and a tombstone (a record without a value) says that the key's thing is gone; what a later record replaced
    is there for `compacted_within_days` at most. `earlier` holds
    versions of events that are read, brought up to the newest, and never written any more. `is_form`: forms
    write it, in structured mode too where they like; `event_by_type` has its events by their `ce_type` in UTF-8.
    """

    name: str
    description: str
    key: str
    privacy: Privacy
    producers: tuple[str, ...]
    events: tuple[type[EventData], ...] = ()
    consumers: tuple[str, ...] = ()
    earlier: tuple[type[EventData], ...] = ()
    partitions: int = 4  # never more: a key would move, and its events would lose their order
    retention_days: int | None = None
    compacted: bool = False
    compacted_within_days: int | None = None
    is_form: bool = field(init=False, repr=False, compare=False)
    event_by_type: dict[bytes, type[EventData]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a personal field on a public topic, a key that is no id, one type of two classes."""
        # Kept, since every record that is read asks for both.
        object.__setattr__(self, "is_form", "forms" in self.producers)
        by_type = {event.event_type.encode(): event for event in (*self.events, *self.earlier)}
        object.__setattr__(self, "event_by_type", by_type)
        if len(by_type) < len(self.events) + len(self.earlier):
            raise ValueError(f"{self.name} carries two events of one type, of which one would never be read")
        for event in (*self.events, *self.earlier):
            personal = sorted(personal_fields(event))
            if personal and self.privacy == "public":
                raise ValueError(f"{self.name} is public, and {event.__name__} has personal fields: {personal}")
            if event.key_field in personal or event.model_fields[event.key_field].annotation is not UUID:
                raise ValueError(f"{event.__name__}.{event.key_field} is a key of {self.name}: it must be an id")
