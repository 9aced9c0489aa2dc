"""A journey out of things and events: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.journal.journeys.causes import Caused, in_causal_order
from services.journal.journeys.model import DeadLetter, Journey, Part, Step, Waiting
from services.journal.journeys.words import WORDS, Vocabulary, Words
from services.journal.things import Thing

Row = Mapping[str, Any]
"""An event as its row has it; `data` is read."""

_LIVE_ASSIGNMENTS: Final = frozenset({"proposed", "confirmed"})
_OUR_SOURCES: Final = "urn:engage:"
_MOST_WHY: Final = 20


def journey_of(
    story_id: UUID, things: Sequence[Thing], referred: Iterable[Thing], rows: Sequence[Row], *, is_whole: bool
) -> Journey:
    """The journey of a story: of its things, of those that refer to it, and of its events."""
    kinds = {thing.id: thing.kind for thing in things}
    referred = tuple(referred)
    parts = tuple(part_of(thing) for thing in things)
    head = next((part for part in parts if part.id == story_id), None)
    mails = [part for part in parts if part.kind == "follow-up"]
    coming = sorted((part for part in mails if part.state == "scheduled"), key=lambda part: str(part.facts["due_at"]))
    return Journey(
        story_id=story_id,
        kind=head.kind if head and head.kind else _kind_by_others(story_id, (*things, *referred)),
        title=_named(parts, "title"),
        organisation=_named(parts, "organisation"),
        state=head.called if head else WORDS.state(None, None),
        parts=parts,
        steps=_steps(rows, kinds),
        now=tuple(_now(parts)),
        mails=dict(sorted(Counter(part.state or "?" for part in mails).items())),
        next_mail=coming[0] if coming else None,
        dead_letters=tuple(_dead_letter(thing) for thing in things if thing.kind == "dead-letter"),
        referred=tuple(map(part_of, referred)),
        is_whole=is_whole,
    )


def _kind_by_others(story_id: UUID, others: Iterable[Thing]) -> str | None:
    """What that is which others only refer to: no event is about a mentor alone."""
    return "mentor" if any(thing.mentor_id == story_id for thing in others) else None


def part_of(thing: Thing) -> Part:
    """A thing as it is told of."""
    return Part(thing.id, thing.kind, thing.state, WORDS.state(thing.kind, thing.state), thing.said_at, thing.facts)


def _named(parts: Iterable[Part], fact: str) -> str | None:
    # What the story begins with comes first; of one that was not heard of itself, what hangs on it knows the name.
    return next((str(part.facts[fact]) for part in parts if fact in part.facts), None)


def _steps(rows: Sequence[Row], kinds: Mapping[UUID, str | None]) -> tuple[Step, ...]:
    by_id = {row["id"]: row for row in rows}
    order = in_causal_order(
        Caused(row["happened_at"], row["recorded_at"], row["sequence"] or "", row["id"], row["causation_id"])
        for row in by_id.values()
    )
    return tuple(_step(by_id[identifier], kinds.get(by_id[identifier]["thing_id"])) for identifier in order)


def _step(row: Row, kind: str | None, words: Vocabulary = WORDS) -> Step:
    data: Mapping[str, Any] = row["data"] or {}
    return Step(
        event_id=row["id"],
        type=row["type"],
        service=row["source"].removeprefix(_OUR_SOURCES),
        at=row["happened_at"],
        recorded_at=row["recorded_at"],
        thing_id=row["thing_id"],
        kind=kind,
        what=words.event(row["type"], kind, row["data"]),
        from_state=_text(data, "from"),
        to_state=_text(data, "to"),
        actor=_text(data, "actor"),
        reason=_text(data, "reason"),
        why=tuple(_why(data))[:_MOST_WHY],
        rules_version=_text(data, "rules_version"),
        see=_see(data),
        caused_by=row["causation_id"],
        correlation_id=row["correlation_id"],
        trace_id=row["trace_id"],
        waited=_waited(row),
        kept_after=(row["received_at"] - row["recorded_at"]).total_seconds(),
        follow_up_ids=tuple(UUID(each["follow_up_id"]) for each in data.get("follow_ups", ())),
    )


def _waited(row: Row) -> float | None:
    """From its cause's record to its own; of what a form caused, from when the form was sent."""
    since: datetime | None = row["caused_at"]
    if since is None and row["causation_id"] is not None:
        since = row["happened_at"]  # what follows from a form has the form's own time
    return None if since is None else max(0.0, (row["recorded_at"] - since).total_seconds())


def _why(data: Mapping[str, Any]) -> Iterable[tuple[str, Words]]:
    cause = data.get("cause")
    listed = [each for name in ("reasons", "asked", "flags", "remedies") for each in data.get(name) or ()]
    for each in (*([cause] if cause else ()), *listed):
        if isinstance(each, dict) and isinstance(each.get("fr"), str) and isinstance(each.get("en"), str):
            yield str(each.get("code")), Words(fr=each["fr"], en=each["en"])


def _see(data: Mapping[str, Any]) -> str | None:
    """The command that explains a fit, an unplaced project, or a need that nobody answers."""
    if "application_id" not in data or not ("fit" in data or "cause" in data):
        return None
    need = f" {data['need_id']}" if "need_id" in data else ""
    return None if "pair_id" in data else f"engage explain {data['application_id']}{need}"


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None


def _now(parts: Sequence[Part], words: Vocabulary = WORDS) -> Iterable[Waiting]:
    is_held = any(part.kind == "assignment" and part.state in _LIVE_ASSIGNMENTS for part in parts)
    for part in parts:
        if part.kind == "application" and part.state == "registered" and not is_held:
            yield Waiting(part.id, part.kind, part.called, words.unplaced.waits, None, words.unplaced.next)
        called = words.state(part.kind, part.state)
        if called.waits is not None and part.kind is not None:
            until = part.facts.get(called.until) if called.until else None
            yield Waiting(part.id, part.kind, called, called.waits, None if until is None else str(until), called.next)


def _dead_letter(thing: Thing) -> DeadLetter:
    facts = thing.facts
    place = str(facts.get("service")), str(facts.get("topic")), int(facts["partition"]), int(facts["offset"])
    return DeadLetter(thing.id, *place, thing.parent_id, str(facts.get("reason")), thing.said_at)
