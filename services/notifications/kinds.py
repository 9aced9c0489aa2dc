"""The kinds of follow-up: what plans each, when it is due, to whom it goes, and what settles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, get_args

from contracts.catalogue import topics_read_by
from contracts.contacts import ContactRole
from contracts.message import EventData
from libraries.programme.running import programme
from libraries.work_days.city import CITY
from libraries.work_days.due_dates import Calendar
from services.notifications.courtesy import Courtesy, Retry
from services.notifications.kinds_file import Kind, KindsFile, code_of
from services.notifications.roles import OFFICES, Role

_ROLES: Final[tuple[Role, ...]] = (*get_args(ContactRole), *OFFICES)


@dataclass(frozen=True, slots=True)
class Kinds:
    """All kinds, found by the event that plans or settles them."""

    version: int
    calendar: Calendar
    retry: Retry
    courtesy: Courtesy
    content_days: int
    words: timedelta
    too_late: timedelta
    all: tuple[Kind, ...]
    by_name: Mapping[str, Kind]
    planned_by: Mapping[type[EventData], tuple[Kind, ...]]
    singles_by: Mapping[type[EventData], tuple[Kind, ...]]
    """Of what an event plans: what gets a row at once."""
    series_by: Mapping[type[EventData], Mapping[Role, tuple[Kind, ...]]]
    """Of what an event plans: several kinds that come later, one after the other, for one person."""
    settled_by: Mapping[type[EventData], frozenset[str]]
    in_series: frozenset[str]
    """The kinds that a series may hold, whichever event plans it."""


def kinds_of(file: KindsFile) -> Kinds:
    """The kinds that a file holds."""
    events = [event for topic in topics_read_by("notifications") for event in topic.events]
    planned_by = {event: tuple(kind for kind in file.kinds if code_of(event) in kind.planned_by) for event in events}
    series_by = {event: _series(kinds) for event, kinds in planned_by.items()}
    return Kinds(
        version=file.version,
        calendar=CITY.calendar(at=file.due_at),
        retry=file.retry,
        courtesy=file.courtesy,
        content_days=file.content_days,
        words=timedelta(days=file.words_days),
        too_late=timedelta(days=file.too_late_days),
        all=file.kinds,
        by_name={kind.kind: kind for kind in file.kinds},
        planned_by=planned_by,
        singles_by={
            event: tuple(kind for kind in kinds if kind not in series_by[event].get(kind.to, ()))
            for event, kinds in planned_by.items()
        },
        series_by=series_by,
        settled_by={
            event: frozenset(kind.kind for kind in file.kinds if code_of(event) in kind.settled_by) for event in events
        },
        in_series=frozenset(kind.kind for roles in series_by.values() for kinds in roles.values() for kind in kinds),
    )


def _series(kinds: Sequence[Kind]) -> Mapping[Role, tuple[Kind, ...]]:
    """The kinds that share a row until they fall due; one alone would share it with nothing."""
    found = {role: tuple(kind for kind in kinds if kind.to == role and kind.is_later) for role in _ROLES}
    return {role: kinds for role, kinds in found.items() if len(kinds) > 1}


KINDS: Final = kinds_of(programme().read("mails/kinds.toml", KindsFile))
