"""Series: what one event plans for one person over the years, in one row until the next of it falls due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from services.notifications.planned.follow_ups import FollowUp, Key, Planned, ids_of

_SERIES: Final = "series"


class Occasion(NamedTuple):
    """One of a series that has no row yet; a kind has one occasion in a series."""

    kind: str
    due_at: datetime


class Series(NamedTuple):
    """Check-ins, reports …: what is to come of them, the first due first; `parameters` as of each follow-up.

    `settled` is why none of it must be sent any more, where that is for the sender to say.
    """

    id: UUID
    key: Key
    application_id: UUID
    matter_version: int
    correlation_id: str
    parameters: str
    occasions: tuple[Occasion, ...]
    caused_at: datetime
    words_of: UUID | None = None
    settled: str | None = None
    traceparent: str | None = None

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"series {self.id}"

    @property
    def next_due_at(self) -> datetime | None:
        """When the next falls due; None where nothing is to come."""
        return self.occasions[0].due_at if self.occasions else None

    @property
    def occasion(self) -> str:
        """What the follow-ups that it becomes have as theirs: empty but where it came back to somebody."""
        return self.key.occasion.removeprefix(_SERIES)

    def follow_up(self, occasion: Occasion) -> FollowUp:
        """The follow-up that one of its occasions becomes; its id is the same before and after."""
        key = Key(self.key.matter_id, self.key.recipient_id, occasion.kind, self.occasion)
        return FollowUp(key.id, key, self.matter_version, settled=self.settled)

    def follow_up_ids(self) -> list[UUID]:
        """The ids of the follow-ups that its occasions become, one for each."""
        return ids_of(self.key.matter_id, self.key.recipient_id, [kind for kind, _ in self.occasions], self.occasion)

    def planned(self, occasion: Occasion) -> Planned:
        """The row that one of its occasions becomes."""
        follow_up = self.follow_up(occasion)
        return Planned(
            follow_up,
            self.application_id,
            None,
            self.correlation_id,
            occasion.due_at,
            self.parameters,
            self.caused_at,
            self.words_of,
            self.traceparent,
        )

    def coming(self, kinds: Collection[str]) -> tuple[Occasion, ...]:
        """What is to come of these kinds."""
        return tuple(occasion for occasion in self.occasions if occasion.kind in kinds)

    def without(self, gone: Collection[Occasion]) -> Series:
        """What is left without these; what was over is over for ever, for its row stays, and says nothing any more."""
        left = tuple(occasion for occasion in self.occasions if occasion not in gone)
        return self._replace(occasions=left, parameters=self.parameters if left else "{}")

    def due(self, now: datetime) -> tuple[Occasion, ...]:
        """What falls due by a moment: everything, where it was settled and only has to be said."""
        if self.settled is not None:
            return self.occasions
        return tuple(occasion for occasion in self.occasions if occasion.due_at <= now)


def series_key(matter_id: UUID, recipient_id: UUID, event: str, occasion: str = "") -> Key:
    """What makes a series the same one: the event that plans it, by its short name, once for each recipient.

    Where it comes back to somebody it had left, the `occasion` tells the second from the first.
    """
    return Key(matter_id, recipient_id, event, _SERIES + occasion)


def in_order(occasions: Iterable[Occasion]) -> tuple[Occasion, ...]:
    """The first due first; the order of kinds.toml where several fall on one day."""
    return tuple(sorted(occasions, key=lambda occasion: occasion.due_at))


def written(occasions: Sequence[Occasion]) -> str:
    """Occasions as the table keeps them: JSON, since they are read and written as a whole only."""
    return orjson.dumps([tuple(occasion) for occasion in occasions]).decode()


def read(text: str) -> tuple[Occasion, ...]:
    """Occasions as the table keeps them."""
    return tuple(Occasion(kind, datetime.fromisoformat(due_at)) for kind, due_at in orjson.loads(text))
