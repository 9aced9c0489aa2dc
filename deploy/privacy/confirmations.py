"""What the topics say of a person's erasure: when it was asked for, which services confirmed it, whether all have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.catalogue import PROGRAMME, topic_of
from contracts.codec import decode
from contracts.erasures import ErasureRequested, PersonErased, PersonForgotten, Removed
from contracts.violation import ContractViolation
from libraries.chassis.records.received import Received

# In the order of what they say: a request, then who confirms it.
TOPICS_OF_ERASURES: Final = (topic_of(ErasureRequested, "forms").name, topic_of(PersonForgotten, "intake").name)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A service has forgotten the person: at what time, and what it removed."""

    service: str
    at: datetime
    removed: Sequence[Removed]


@dataclass
class Confirmations:
    """Hears records, and knows of one person's last request who has confirmed it."""

    person_id: UUID
    requested_at: datetime | None = None
    erased_at: datetime | None = None
    _confirmed: dict[str, Confirmation] = field(default_factory=dict)

    def hear(self, records: Iterable[Received]) -> None:
        """Takes in what was read of the topics of erasures."""
        for record in records:
            self._hear_one(record)

    def _hear_one(self, record: Received) -> None:
        if record.value is None or record.violation is not None:
            return
        try:
            data = decode(record.topic, record.key, record.value, record.headers).data  # type: ignore[union-attr]
        except ContractViolation:
            return
        if not isinstance(data, ErasureRequested | PersonForgotten | PersonErased) or data.person_id != self.person_id:
            return
        self._hear(data, record.recorded_at)

    def _hear(self, data: ErasureRequested | PersonForgotten | PersonErased, at: datetime) -> None:
        if self.requested_at is not None and data.requested_at < self.requested_at:
            return
        if data.requested_at != self.requested_at:
            # Whoever asks again is forgotten again: what was confirmed before says nothing of that.
            self.requested_at, self.erased_at, self._confirmed = data.requested_at, None, {}
        if isinstance(data, PersonForgotten):
            self._confirmed.setdefault(data.service, Confirmation(data.service, at, data.removed))
        elif isinstance(data, PersonErased):
            self.erased_at = self.erased_at or at

    @property
    def confirmed(self) -> Sequence[Confirmation]:
        """Who has confirmed the last request."""
        return [self._confirmed[service] for service in PROGRAMME if service in self._confirmed]

    @property
    def missing(self) -> Sequence[str]:
        """Who has not, where there is a request."""
        return [] if self.requested_at is None else [name for name in PROGRAMME if name not in self._confirmed]
