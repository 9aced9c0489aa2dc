"""Who waits for a mentor, in the order of their turns, and who of them has just come."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import overload
from uuid import UUID

from services.mentoring.states.lead import Lead, Turn


class WaitingLine:
    """The turns of the leads who wait, and those of them whom nobody has looked at yet."""

    def __init__(self, leads: Iterable[Lead]) -> None:
        waiting = [lead for lead in leads if lead.state == "waiting"]
        self._turns = sorted(lead.turn for lead in waiting)
        # A lead who waits was looked at when they came, so only who was told of nothing yet is new.
        self._newcomers = {lead.turn for lead in waiting if not lead.told}

    def move(self, lead: Lead, known: Lead | None) -> None:
        """Takes in a lead who begins to wait, and lets one out who no longer does; `known` is the lead as they were."""
        waited = known is not None and known.state == "waiting"
        if lead.state == "waiting" and not waited:
            insort(self._turns, lead.turn)
            self._newcomers.add(lead.turn)
        elif waited and known is not None and lead.state != "waiting":
            del self._turns[bisect_left(self._turns, known.turn)]
            self._newcomers.discard(known.turn)

    def renew(self, lead: Lead) -> None:
        """Has whoever waits looked at as if they had just come."""
        if lead.state == "waiting":
            self._newcomers.add(lead.turn)

    def all(self, leads: Mapping[UUID, Lead]) -> Sequence[Lead]:
        """All who wait, in the order of their turns."""
        return _Line(self._turns, leads)

    def newcomers(self, leads: Mapping[UUID, Lead], *, besides: Iterable[Lead] = ()) -> list[Lead]:
        """Those who have just come, and others, in the order of their turns."""
        turns = self._newcomers.union(lead.turn for lead in besides)
        return [leads[assignment_id] for _, assignment_id in sorted(turns)]

    def all_were_looked_at(self) -> None:
        """Says that nobody is new any more."""
        self._newcomers.clear()


class _Line(Sequence[Lead]):
    """The leads of a queue, looked up only as far as somebody looks: thousands may wait for one place."""

    def __init__(self, turns: Sequence[Turn], leads: Mapping[UUID, Lead]) -> None:
        self._turns = turns
        self._leads = leads

    def __len__(self) -> int:
        return len(self._turns)

    @overload
    def __getitem__(self, index: int) -> Lead: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Lead]: ...

    def __getitem__(self, index: int | slice) -> Lead | Sequence[Lead]:
        if isinstance(index, slice):
            return _Line(self._turns[index], self._leads)
        return self._leads[self._turns[index][1]]
