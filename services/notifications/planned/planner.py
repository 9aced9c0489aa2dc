"""What an event calls for: its matter, whom it concerns, and the follow-ups and series that kinds.toml makes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from contracts.message import EventData
from services.notifications.kinds import Kinds
from services.notifications.kinds_file import Kind, code_of
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.planned.history import LastSaid
from services.notifications.planned.series import Occasion, Series, in_order, series_key
from services.notifications.roles import Role

# A hundred days of every kind: a replay of years must not grow with them.
_MOST_DUE_DATES: Final = 4_096


IN_THEIR_WORDS: Final = frozenset({"organisation_name", "project_title"})


class Matter(NamedTuple):
    """What an event tells about its aggregate: its file, the people by their role, and what texts may say.

    The names of organisation and project are those that the lead `words_of` gave. The event took it from the state
    `before` into `state`, for a `cause`, as far as it says so.
    """

    id: UUID
    application_id: UUID
    version: int
    people: Mapping[Role, UUID]
    parameters: Mapping[str, object]
    words_of: UUID | None = None
    before: str | None = None
    state: str | None = None
    cause: str | None = None

    @property
    def concerned(self) -> frozenset[UUID]:
        """Whom it names, and whose words it holds."""
        return frozenset(self.people.values()) | ({self.words_of} if self.words_of else frozenset())

    def without_people(self) -> Matter:
        """The matter where its event settles follow-ups and calls for none."""
        return self._replace(people={})

    @property
    def repeats_words(self) -> bool:
        """Whether it says again what the lead wrote at another time: only what a whole form made is their word.

        Who says it again may not have heard yet that they asked to be forgotten, so that its time tells nothing.
        """
        return self.id != self.application_id or self.state == "withdrawn"

    def without(self, forgotten: Collection[UUID]) -> Matter:
        """The matter where some asked to be forgotten, to whom nothing is sent."""
        if not forgotten:
            return self
        return self._replace(people={role: who for role, who in self.people.items() if who not in forgotten})

    def without_words(self) -> Matter:
        """The matter where nothing is said that the lead wrote."""
        parameters = {name: value for name, value in self.parameters.items() if name not in IN_THEIR_WORDS}
        return self._replace(parameters={**parameters, "forgotten": True})


def is_called_for(kind: Kind, matter: Matter, last: LastSaid | None) -> bool:
    """Whether a kind is to be planned about a matter, of which `last` was said to the role that it is for.

    What a newer version has planned since was planned by somebody who knew more.
    """
    if kind.to not in matter.people or (kind.introduces is not None and kind.introduces not in matter.people):
        # Whoever is to be introduced may have been forgotten.
        return False
    if kind.from_states and matter.before not in kind.from_states:
        return False
    if not kind.corrects and kind.occasion != "news":
        return True
    if last is None:
        return not kind.corrects
    return last.state != kind.says and last.version <= matter.version


class Occurrence(NamedTuple):
    """What causes follow-ups: the event, by its class, its time, and the story it belongs to."""

    event: type[EventData]
    at: datetime
    correlation_id: str
    traceparent: str | None = None


class Planner:
    """Makes what kinds call for out of a matter.

    Due dates are worked out once for each kind and day: events come by the thousand on one day, and each sum walks
    over weekends and holidays.
    """

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._due_dates: dict[tuple[date, str], datetime] = {}
        self._occasions: dict[tuple[date, type[EventData], Role], tuple[Occasion, ...]] = {}

    def plan(
        self, matter: Matter, because: Occurrence, last_said: Callable[[Role], LastSaid | None]
    ) -> Iterator[Planned | Series]:
        """What an event calls for about a matter, for the people that it names; `last_said` is what they know."""
        singles, series = self._kinds.singles_by[because.event], self._kinds.series_by[because.event]
        if not matter.people or not (singles or series):
            return
        parameters = orjson.dumps(matter.parameters).decode()
        for kind in singles:
            last = last_said(kind.to) if kind.says else None
            if is_called_for(kind, matter, last):
                yield self._single(kind, matter, because, _correcting(parameters, kind, matter, last))
        for role, kinds in series.items():
            if role in matter.people:
                occasions = self._occasions_of(role, kinds, because)
                key = series_key(matter.id, matter.people[role], code_of(because.event))
                yield Series(
                    key.id,
                    key,
                    matter.application_id,
                    matter.version,
                    because.correlation_id,
                    parameters,
                    occasions,
                    because.at,
                    matter.words_of,
                    traceparent=because.traceparent,
                )

    def _occasions_of(self, role: Role, kinds: Sequence[Kind], because: Occurrence) -> tuple[Occasion, ...]:
        known = self._kinds.calendar.day_of(because.at), because.event, role
        if (occasions := self._occasions.get(known)) is None:
            occasions = in_order(Occasion(kind.kind, self._due(kind, because.at)) for kind in kinds)
            self._occasions[known] = occasions
        return occasions

    def _single(self, kind: Kind, matter: Matter, because: Occurrence, parameters: str) -> Planned:
        occasion = {"once": "", "cause": matter.cause or ""}.get(kind.occasion, str(matter.version))
        key = Key(matter.id, matter.people[kind.to], kind.kind, occasion)
        return Planned(
            FollowUp(key.id, key, matter.version),
            matter.application_id,
            matter.people[kind.introduces] if kind.introduces else None,
            because.correlation_id,
            self._due(kind, because.at),
            parameters,
            because.at,
            matter.words_of,
            because.traceparent,
        )

    def _due(self, kind: Kind, because: datetime) -> datetime:
        if kind.is_at_once:
            return because
        known = self._kinds.calendar.day_of(because), kind.kind
        if (due := self._due_dates.get(known)) is None:
            if len(self._due_dates) >= _MOST_DUE_DATES:
                # A replay of years: the days come in order, so those before are of no use any more.
                self._due_dates.clear()
                self._occasions.clear()
            due = self._due_dates[known] = kind.due(because, self._kinds.calendar)
        return due


def _correcting(parameters: str, kind: Kind, matter: Matter, last: LastSaid | None) -> str:
    """What the text may say, with the state that its readers were told before where it tells them another one."""
    if last is None or last.state == kind.says:
        return parameters
    return orjson.dumps({**matter.parameters, "told_before": last.state}).decode()
