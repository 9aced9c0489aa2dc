"""What a transaction hears of things, event by event; what applications' forms said goes where it may not be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from contracts.any_event import AnyData
from contracts.event import Event
from contracts.unpublished import UNPUBLISHED
from services.journal.things import Said, Thing, known_first_by

ERASED_FIELDS: Final = (
    "organisation_name", "project_title", "organisation", "project", "proposed_tags", "partner_name",
)  # fmt: skip
"""What an application's form said, in the data of the events that repeat it: names, titles and words."""
ERASED_FACTS: Final = ("organisation", "title", "siren", "rna", "partner")
_APPLICATION: Final = "application"
_TITLE: Final = "title"


class Book:
    """Things, as a batch of events leaves them; `changed` and `new` are those that it spoke of.

    `erased` are the applications whose content was erased in it: what was written of them before has to go too. Nothing
    that names them is kept from then on: a service that has not heard of it yet says the old names for a while, and
    what is new can't be told from that. `withdrawn` are those whose texts were public and are no more: what was written
    of them goes too, and comes back only by an event of their own.
    """

    def __init__(self, things: dict[UUID, Thing]) -> None:
        self.things = things
        self.changed: set[UUID] = set()
        self.new: set[UUID] = set()
        self.erased: set[UUID] = set()
        self.withdrawn: set[UUID] = set()

    def hear(self, event: Event[AnyData], told: Sequence[Said]) -> bytes | None:
        """Lets things hear what an event says of them; returns what is kept of its data."""
        is_gone = self._is_erased(told[0]) or self._is_outdated(told[0], event.data.said)
        for said in told:
            self._withdraw(said)
            self._hear(said._replace(facts=_without(said.facts, ERASED_FACTS)) if is_gone else said)
        if not is_gone or event.data.said is None:
            return event.payload
        return orjson.dumps(_without(event.data.said, ERASED_FIELDS))

    def _hear(self, said: Said) -> None:
        if (thing := self.things.get(said.id)) is None:
            self.things[said.id] = known_first_by(said)
            self.new.add(said.id)
        else:
            thing.hear(said)
            if said.id not in self.new:
                self.changed.add(said.id)
        if said.is_erased:
            self.erased.add(said.id)

    def _withdraw(self, said: Said) -> None:
        """Forgets what was public of an application until this is said of it."""
        known = self.things.get(said.id)
        if known is None or said.kind != _APPLICATION or not said.rank.follows(known.rank):
            return
        was_public = known.facts.get(_TITLE, UNPUBLISHED) != UNPUBLISHED
        if not was_public or said.facts.get(_TITLE) != UNPUBLISHED:
            return
        self.withdrawn.add(said.id)
        for thing in self.things.values():
            if said.id in (thing.id, thing.story_id, thing.parent_id):
                thing.facts = _without(thing.facts, ERASED_FACTS)

    def _is_outdated(self, said: Said, data: Mapping[str, Any] | None) -> bool:
        """Whether it names what is not public any more: whoever says it has not heard of that yet."""
        application = self.things.get(said.story_id or said.id)
        if application is None or application.facts.get(_TITLE) != UNPUBLISHED or data is None:
            return False
        is_newer = application.id == said.id and said.rank.follows(application.rank)
        return data.get("project_title", UNPUBLISHED) != UNPUBLISHED and not is_newer

    def _is_erased(self, said: Said) -> bool:
        application = self.things.get(said.story_id or said.id)
        return application is not None and application.erased_at is not None


def _without(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
