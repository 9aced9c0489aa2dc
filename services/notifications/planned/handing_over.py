"""Who gets what was planned once a role has a new holder, or a matter new names: decided on values alone.

What is open goes to whoever holds the role now. What was sent is not sent again, but for what waits for an answer, or
introduces somebody: of that the new holder would know nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.planned.history import is_told
from services.notifications.planned.planner import IN_THEIR_WORDS, Matter
from services.notifications.planned.series import Series, series_key

HANDED_OVER: Final = "role-handed-over"
"""Why what was planned for somebody is not sent to them: another person holds their role now."""

# What a text may only say to whoever it was said to before, or of somebody who was forgotten.
_OF_ITS_READER: Final = frozenset({"reminder", "told_before"})


class Amendment(NamedTuple):
    """What an event says anew of a matter: its people and names, at which time, in which story.

    `fallback` is what a text may say where it is not kept any more what was said before; `gone` are those among the
    people who asked to be forgotten.
    """

    matter: Matter
    at: datetime
    correlation_id: str
    fallback: Mapping[str, object] = {}
    gone: frozenset[UUID] = frozenset()
    traceparent: str | None = None


class HandOver(NamedTuple):
    """What becomes of what is planned: `ended` for who held a role, `planned` for who holds it, `renewed` in place."""

    ended: tuple[FollowUp, ...]
    planned: tuple[Planned, ...]
    renewed: tuple[Planned, ...]


class SeriesHandOver(NamedTuple):
    """What becomes of a series: `left` of it, the follow-ups that `ended` with that, and the one `begun` for another.

    Where its holder stays, `left` is the same with new names.
    """

    left: Series
    ended: tuple[FollowUp, ...] = ()
    begun: Series | None = None


def hand_over(ever: Sequence[Planned], amendment: Amendment) -> HandOver:
    """What becomes of all that was ever planned about a matter, series aside."""
    ended, renewed, wanted = [], [], {}
    for item in ever:
        kind = KINDS.by_name.get(item.follow_up.key.kind)
        if kind is None or kind.to not in amendment.matter.people:
            continue
        is_open, still_waits = _is_open(item.follow_up), amendment.matter.state in kind.handed_on_in
        if is_open and _is_for_its_holder(item, kind, amendment):
            renewed.append(_renewed(item, amendment))
            continue
        if is_open:
            ended.append(item.follow_up)
        if still_waits and not (is_open and item.follow_up.key.reminder == 0):
            # At once, also where a reminder of it is open: that is due later, and reminds nobody new.
            wanted[_subject(item)] = item._replace(due_at=amendment.at)
        elif is_open:
            wanted.setdefault(_subject(item), item)
    planned = (_for_the_holder(item, ever, amendment) for item in _latest(wanted))
    return HandOver(
        tuple(ended),
        tuple(new for new in planned if new is not None),
        tuple(after for before, after in zip(_open_of(ever, renewed), renewed, strict=True) if after != before),
    )


def hand_over_series(
    series: Series, ever: Sequence[Planned], known: Collection[UUID], amendment: Amendment
) -> SeriesHandOver:
    """What becomes of a series; `known` are the ids of series that are about the matter."""
    if not series.occasions:
        return SeriesHandOver(series)
    matter, role = amendment.matter, KINDS.by_name[series.occasions[0].kind].to
    holder = matter.people.get(role)
    if holder is None or holder == series.key.recipient_id:
        return SeriesHandOver(
            series._replace(
                parameters=_merged(series.parameters, amendment), words_of=matter.words_of or series.words_of
            )
        )
    ended = tuple(series.follow_up(occasion) for occasion in series.occasions)
    return SeriesHandOver(series.without(series.occasions), ended, _begun(series, holder, ever, known, amendment))


def _begun(
    series: Series, holder: UUID, ever: Sequence[Planned], known: Collection[UUID], amendment: Amendment
) -> Series | None:
    told = {it.follow_up.key.kind for it in ever if it.follow_up.key.recipient_id == holder and is_told(it.follow_up)}
    occasions = tuple(occasion for occasion in series.occasions if occasion.kind not in told)
    if holder in amendment.gone or not occasions:
        return None
    matter = amendment.matter
    key = series_key(matter.id, holder, series.key.kind)
    if key.id in known:
        key = series_key(matter.id, holder, series.key.kind, _again("", matter))
    return series._replace(
        id=key.id,
        key=key,
        matter_version=matter.version,
        correlation_id=amendment.correlation_id,
        parameters=_merged(series.parameters, amendment),
        occasions=occasions,
        caused_at=amendment.at,
        words_of=matter.words_of,
        traceparent=amendment.traceparent,
    )


def _for_the_holder(item: Planned, ever: Sequence[Planned], amendment: Amendment) -> Planned | None:
    """The same for whoever holds the role now; None where they had it already, or asked to be forgotten."""
    matter, before = amendment.matter, item.follow_up
    kind = KINDS.by_name[before.key.kind]
    holder, introduced = matter.people[kind.to], _introduced(item, kind, amendment)
    if holder in amendment.gone or introduced in amendment.gone or _has_had(ever, item, holder, introduced):
        return None
    key = Key(matter.id, holder, before.key.kind, before.key.occasion.partition("+")[0])
    if any(it.follow_up.id == key.id for it in ever):
        key = key._replace(occasion=_again(key.occasion, matter))
    return item._replace(
        follow_up=FollowUp(key.id, key, matter.version),
        counterpart_id=introduced,
        correlation_id=amendment.correlation_id,
        due_at=max(item.due_at, amendment.at),
        parameters=_merged(item.parameters, amendment, to_another=True),
        caused_at=amendment.at,
        words_of=matter.words_of,
        traceparent=amendment.traceparent,
    )


def _has_had(ever: Sequence[Planned], item: Planned, holder: UUID, introduced: UUID | None) -> bool:
    """Whether somebody was told the same before, or is to be."""
    return any(
        it.follow_up.key.recipient_id == holder
        and _subject(it) == _subject(item)
        and it.counterpart_id == introduced
        and is_told(it.follow_up)
        for it in ever
    )


def _renewed(item: Planned, amendment: Amendment) -> Planned:
    return item._replace(
        parameters=_merged(item.parameters, amendment), words_of=amendment.matter.words_of or item.words_of
    )


def _is_for_its_holder(item: Planned, kind: Kind, amendment: Amendment) -> bool:
    holder = amendment.matter.people[kind.to]
    return item.follow_up.key.recipient_id == holder and item.counterpart_id == _introduced(item, kind, amendment)


def _introduced(item: Planned, kind: Kind, amendment: Amendment) -> UUID | None:
    if kind.introduces is None:
        return item.counterpart_id
    return amendment.matter.people.get(kind.introduces, item.counterpart_id)


def _is_open(follow_up: FollowUp) -> bool:
    return follow_up.state in ("scheduled", "sending") and follow_up.settled is None


def _open_of(ever: Sequence[Planned], renewed: Sequence[Planned]) -> list[Planned]:
    ids = {new.follow_up.id for new in renewed}
    return [item for item in ever if item.follow_up.id in ids]


def _subject(item: Planned) -> tuple[str, str]:
    """What a follow-up is but for its reader: its kind and its occasion, whether it reminds or comes again."""
    key = item.follow_up.key
    return key.kind, key.occasion.partition("+")[0].partition("@")[0]


def _latest(wanted: Mapping[tuple[str, str], Planned]) -> list[Planned]:
    """Of what was asked several times, as a proposal in each of its versions, the last one alone still waits."""
    latest: dict[str, Planned] = {}
    for item in wanted.values():
        known = latest.get(item.follow_up.key.kind)
        if known is None or item.follow_up.matter_version > known.follow_up.matter_version:
            latest[item.follow_up.key.kind] = item
    return list(latest.values())


def _again(occasion: str, matter: Matter) -> str:
    # What once had an id is never planned again under it.
    return f"{occasion.partition('@')[0]}@{matter.version}"


def _merged(parameters: str, amendment: Amendment, *, to_another: bool = False) -> str:
    """What a text may say: as it was, with the names that the matter has by now."""
    before: dict[str, Any] = orjson.loads(parameters)
    new = amendment.matter.parameters
    # Names that another lead gave are not forgotten with those of the one before.
    gone = IN_THEIR_WORDS | {"forgotten"} if new.keys() & (IN_THEIR_WORDS | {"forgotten"}) else frozenset()
    gone |= _OF_ITS_READER if to_another else frozenset()
    kept = {name: value for name, value in before.items() if name not in gone}
    return orjson.dumps({**amendment.fallback, **kept, **new}).decode()
