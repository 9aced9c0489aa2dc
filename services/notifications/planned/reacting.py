"""What an event does to what is planned about its matter: it settles what it makes untrue, then plans what is new."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from contracts.event import Event
from contracts.message import EventData
from services.notifications.kinds import KINDS, code_of
from services.notifications.planned.announcements import cancelled_event, planned_event
from services.notifications.planned.follow_ups import FollowUp, settle
from services.notifications.planned.planner import Matter, Occurrence, Planner
from services.notifications.planned.plans import PlannedAbout
from services.notifications.store import Unit

_PLANNER: Final = Planner(KINDS)


def react(event: Event[Any], unit: Unit, about: PlannedAbout, matter: Matter) -> None:
    """Cancels what the event settles, then plans what it calls for: both as kinds.toml says."""
    happened: type[EventData] = type(event.data)
    if KINDS.planned_by[happened]:
        matter = _without_the_forgotten(matter, unit)
    # An event that comes again must not settle what it planned itself, or what came after it.
    settle_kinds(event, unit, about, KINDS.settled_by[happened], before=matter.version)
    cause = unit.cause
    because = Occurrence(happened, cause.time, cause.correlation_id)
    if planned := [new for new in _PLANNER.plan(matter, because) if about.plan(new)]:
        unit.publish_plain(planned_event(matter.id, matter.application_id, planned, at=cause.time))


def _without_the_forgotten(matter: Matter, unit: Unit) -> Matter:
    forgotten = unit.store.forgotten
    gone = forgotten.among(matter.concerned, unit.now)
    lead = matter.words_of
    if lead is not None and (lead in gone or (matter.repeats_words and forgotten.has_asked(lead))):
        matter = matter.without_words()
    return matter.without(gone)


def settle_kinds(
    event: Event[Any], unit: Unit, about: PlannedAbout, kinds: Collection[str], before: int | None = None
) -> None:
    """Ends what is open of these kinds about a matter, as far as an earlier version of it than `before` planned it.

    It is said at once, wherever it was planned: how a follow-up ends is the only event under its key, so there is no
    order to keep. Only what is being sent this minute is left to its sender, who alone knows whether it left.
    """
    if not kinds:
        return
    happened: type[EventData] = type(event.data)
    reason = code_of(happened)
    for follow_up in about.open:
        if follow_up.key.kind in kinds and (before is None or follow_up.matter_version < before):
            ended = settle(follow_up, reason)
            about.settle(ended)
            _say(unit, ended, reason)
    if KINDS.in_series.isdisjoint(kinds):
        return
    for series in about.series:
        if (gone := series.coming(kinds)) and (before is None or series.matter_version < before):
            about.move_on(series, series.without(gone))
            for occasion in gone:
                _say(unit, settle(series.follow_up(occasion), reason), reason)


def _say(unit: Unit, ended: FollowUp, reason: str) -> None:
    if ended.state == "cancelled":
        unit.publish_plain(cancelled_event(ended, reason=reason, at=unit.now))
