"""What an event does to what is planned about its matter: it settles what it makes untrue, then plans what is new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from contracts.event import Event
from contracts.message import EventData
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import code_of
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.announcements import cancelled_event, planned_event
from services.notifications.planned.follow_ups import FollowUp, Planned, settle
from services.notifications.planned.handing_over import HANDED_OVER, Amendment, hand_over, hand_over_series
from services.notifications.planned.planner import Matter, Occurrence, Planner
from services.notifications.planned.series import Series
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
    because = Occurrence(happened, cause.time, cause.correlation_id, cause.traceparent)
    if planned := [new for new in _PLANNER.plan(matter, because, about.last_said) if about.plan(new)]:
        unit.publish_plain(planned_event(matter.id, matter.application_id, planned, at=cause.time))


def amend(
    event: Event[Any], unit: Unit, about: PlannedAbout, matter: Matter, fallback: Mapping[str, object] | None = None
) -> None:
    """Has what is planned reach whoever holds each role by now, with the names that the matter has by now.

    `fallback` is what a text may say where what was said before is not kept any more.
    """
    gone = unit.store.forgotten.among(matter.concerned, unit.now)
    matter = _without_their_words(matter, gone, unit)
    cause = unit.cause
    amendment = Amendment(matter, cause.time, cause.correlation_id, fallback or {}, gone, cause.traceparent)
    ever = about.ever
    handed_over = hand_over(ever, amendment)
    _end(unit, about, handed_over.ended)
    for new in handed_over.renewed:
        about.renew(new)
    planned: list[Planned | Series] = [new for new in handed_over.planned if about.plan(new)]
    planned += _amend_series(unit, about, ever, amendment)
    if planned:
        unit.publish_plain(planned_event(matter.id, matter.application_id, planned, at=unit.now))


def _amend_series(
    unit: Unit, about: PlannedAbout, ever: Sequence[Planned], amendment: Amendment
) -> Iterator[Planned | Series]:
    for series in about.series:
        change = hand_over_series(series, ever, about.known_series, amendment)
        if change.ended:
            about.move_on(series, change.left)
            for follow_up in change.ended:
                _say(unit, settle(follow_up, HANDED_OVER), HANDED_OVER)
        elif change.left != series:
            about.renew(change.left)
        if change.begun is not None and about.plan(change.begun):
            yield change.begun


def _end(unit: Unit, about: PlannedAbout, follow_ups: Iterable[FollowUp]) -> None:
    for follow_up in follow_ups:
        ended = settle(follow_up, HANDED_OVER)
        about.settle(ended)
        _say(unit, ended, HANDED_OVER)


def _without_the_forgotten(matter: Matter, unit: Unit) -> Matter:
    gone = unit.store.forgotten.among(matter.concerned, unit.now)
    return _without_their_words(matter, gone, unit).without(gone)


def _without_their_words(matter: Matter, gone: Collection[UUID], unit: Unit) -> Matter:
    lead = matter.words_of
    if lead is not None and (lead in gone or (matter.repeats_words and unit.store.forgotten.has_asked(lead))):
        return matter.without_words()
    return matter


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
