"""Versions of events: an event type's major version and its minor one, as the catalogue lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.catalogue import TOPICS
from contracts.codec import data_schema
from contracts.message import EventData
from contracts.topic import Topic


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one event on its topic; `written` where it is the one that writers use."""

    topic: Topic
    model: type[EventData]
    written: bool = True

    @property
    def name(self) -> str:
        """The event type with its minor version, such as `engage.application.submitted.v1.0`."""
        return f"{self.model.event_type}.{self.model.minor}"

    @property
    def uri(self) -> str:
        """What `ce_dataschema` says of it."""
        return data_schema(self.model.event_type, self.model.minor)


def versions(topics: Iterable[Topic] = TOPICS) -> tuple[Version, ...]:
    """Every version that some topic carries, each event once, in the catalogue's order."""
    # An event on several topics (contacts, dead letters) is one version, and the first topic carries its example.
    found: dict[str, Version] = {}
    for topic in topics:
        for model in topic.events:
            found.setdefault(model.event_type, Version(topic, model))
        for model in topic.earlier:
            found.setdefault(model.event_type, Version(topic, model, written=False))
    return tuple(found.values())
