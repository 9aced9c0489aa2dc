"""The people of the pool: who owns needs, who stands in for them, who decides on all, and who is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.sources import speaks_for
from services.matching.states.officers import Deputy, Officer

if TYPE_CHECKING:
    from services.matching.states.needs import Need


class People:
    """Officers and deputies by id, heads of the programme, and when people asked to be forgotten."""

    def __init__(
        self,
        heads: Iterable[UUID] = (),
        *,
        officers: Iterable[Officer] = (),
        deputies: Iterable[Deputy] = (),
        erased: Iterable[tuple[UUID, datetime]] = (),
    ) -> None:
        self.heads = frozenset(heads)
        """Who may decide on all needs: as the service was started, so no table has them."""
        self.officers = {officer.person_id: officer for officer in officers}
        self.deputies = {deputy.owner_id: deputy for deputy in deputies}
        """By the owner in whose place they decide."""
        self.erased = dict(erased)
        """When people last asked to be forgotten: all of them, for few do, and every form is held against it."""
        self._changed_officers: dict[UUID, None] = {}
        self._changed_deputies: dict[UUID, None] = {}

    # Who is who.

    def is_of_another_source(self, person_id: UUID, source: str) -> bool:
        """Whether another source than this one, which can't speak for it, introduced a person as an officer."""
        officer = self.officers.get(person_id)
        return officer is not None and not speaks_for(source, officer.source)

    def introduce(self, person_id: UUID, source: str, *, reached_at: datetime | None) -> None:
        """Binds a person to the first source that names them, and keeps when it was said how they are reached."""
        officer = self.officers.get(person_id)
        self._put(Officer(person_id, source if officer is None else officer.source, reached_at))

    def is_reached(self, person_id: UUID) -> bool:
        """Whether it was said how an officer is reached, as contacts have it."""
        officer = self.officers.get(person_id)
        return officer is not None and officer.reached_at is not None

    def _put(self, officer: Officer) -> None:
        if self.officers.get(officer.person_id) != officer:
            self.officers[officer.person_id] = officer
            self._changed_officers[officer.person_id] = None

    # Who decides.

    def name_deputy(self, deputy: Deputy) -> None:
        """Lets a person decide in an owner's place, instead of who did before."""
        self.deputies[deputy.owner_id] = deputy
        self._changed_deputies[deputy.owner_id] = None

    def end_deputy(self, owner_id: UUID) -> None:
        """Lets nobody decide in an owner's place any more."""
        if self.deputies.pop(owner_id, None) is not None:
            self._changed_deputies[owner_id] = None

    def owner_of(self, need: Need) -> UUID | None:
        """Who owns a need; None where they asked to be forgotten after it was last declared."""
        return None if self.is_forgotten(need.owner_id, need.said_at) else need.owner_id

    def deputy_of(self, owner_id: UUID) -> UUID | None:
        """Who stands in for an owner, also for one who is forgotten."""
        deputy = self.deputies.get(owner_id)
        return None if deputy is None or deputy.is_over else deputy.person_id

    def may_decide(self, person_id: UUID, need: Need, at: datetime) -> bool:
        """Whether a person owns a need, stands in for who does at this moment, or heads the programme."""
        # Who asked to be forgotten heads nothing any more, though the settings still name them.
        if person_id in self.heads and person_id not in self.erased:
            return True
        deputy = self.deputies.get(need.owner_id)
        deputises = deputy is not None and deputy.person_id == person_id and deputy.stands_in(at)
        return deputises or person_id == self.owner_of(need)

    def told_of(self, need: Need) -> UUID:
        """Whom events name as a need's owner: where that one is forgotten, whoever decides in their place."""
        # Most pools have nobody who is forgotten, and every proposal asks.
        if not self.erased or self.owner_of(need) is not None:
            return need.owner_id
        return self.deputy_of(need.owner_id) or need.owner_id

    # Who is forgotten.

    def is_forgotten(self, person_id: UUID, said_at: datetime) -> bool:
        """Whether a person has asked to be forgotten since something of them was said."""
        erased_at = self.erased.get(person_id)
        return erased_at is not None and said_at <= erased_at

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Remembers that a person asked to be forgotten; requests may come in any order, and the latest counts."""
        self.erased[person_id] = max(at, self.erased.get(person_id, at))

    def unreach(self, person_id: UUID) -> bool:
        """Forgets how an erased person is reached; returns whether it was known, and not said again since."""
        officer = self.officers.get(person_id)
        if officer is None or officer.reached_at is None or not self.is_forgotten(person_id, officer.reached_at):
            return False
        self._put(officer._replace(reached_at=None))
        return True

    def deputised_by(self, person_id: UUID, before: datetime) -> list[UUID]:
        """The owners who named a person before a moment to stand in for them."""
        return [
            deputy.owner_id
            for deputy in self.deputies.values()
            if deputy.person_id == person_id and deputy.named_at <= before
        ]

    # What has to be written.

    def take_changes(self) -> tuple[list[Officer], Mapping[UUID, Deputy | None]]:
        """Officers, and deputies by owner (None for one that ended), that changed since they were taken last."""
        officers = [self.officers[person_id] for person_id in self._changed_officers]
        deputies = {owner_id: self.deputies.get(owner_id) for owner_id in self._changed_deputies}
        self._changed_officers, self._changed_deputies = {}, {}
        return officers, deputies
