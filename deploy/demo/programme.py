"""What became of everything, read from the topics as any subscriber would."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TypeVar, cast
from uuid import UUID

from contracts.assignments import AssignmentConfirmed, AssignmentDeclined, AssignmentProposed, AssignmentReleased
from contracts.event import Event
from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent, Occasion
from contracts.message import EventData
from contracts.obstacles import ObstacleState
from contracts.pairs import PairActivated, PairEnded
from contracts.rounds import NeedUnmet

Data = TypeVar("Data", bound=EventData)


class Programme:
    """The programme as it stands: of each type of event the last one about each thing, and how many there were.

    `unreachable` are those whom nobody may write to.
    """

    def __init__(self, unreachable: frozenset[UUID]) -> None:
        self.counts: Counter[type[EventData]] = Counter()
        self.planned: dict[UUID, Occasion] = {}
        self.obstacles: dict[UUID, ObstacleState] = {}
        self._unreachable = unreachable
        self._last: defaultdict[type[EventData], dict[UUID, EventData]] = defaultdict(dict)

    def note(self, event: Event[EventData]) -> None:
        """Takes an event in."""
        data = event.data
        self.counts[type(data)] += 1
        if isinstance(data, ObstacleState):
            self.obstacles[data.obstacle_id] = data
        elif isinstance(data, FollowUpPlanned):
            # Of who gave no consent there is no address that anything could be sent to.
            for one in (one for one in data.follow_ups if one.recipient_id not in self._unreachable):
                self.planned |= {each.follow_up_id: each for each in (one, *one.occasions)}
        self._last[type(data)][_thing(data)] = data

    def last(self, kind: type[Data]) -> Mapping[UUID, Data]:
        """The last event of a type about each thing, by the thing's id."""
        return cast("Mapping[UUID, Data]", self._last[kind])

    @property
    def accompanied(self) -> list[PairActivated]:
        """The pairs that are active now."""
        ended = self.last(PairEnded)
        return [pair for identifier, pair in self.last(PairActivated).items() if identifier not in ended]

    @property
    def confirmed(self) -> list[AssignmentProposed]:
        """The proposals that were confirmed, as they were made."""
        proposed, released = self.last(AssignmentProposed), self.last(AssignmentReleased)
        return [proposed[each] for each in self.last(AssignmentConfirmed) if each not in released]

    def is_decided(self, assignment_id: UUID) -> bool:
        """Whether a proposal waits for nobody any more."""
        return any(
            assignment_id in self._last[kind] for kind in (AssignmentConfirmed, AssignmentDeclined, AssignmentReleased)
        )

    @property
    def still_to_come(self) -> int:
        """Mails that are planned, and neither left nor were cancelled."""
        over = {each for kind in (FollowUpSent, FollowUpCancelled, FollowUpFailed) for each in self._last[kind]}
        return len(self.planned.keys() - over)


def _thing(data: EventData) -> UUID:
    # That a need is unmet is told of the round, which leaves many of them.
    return data.need_id if isinstance(data, NeedUnmet) else data.aggregate_id
